//! What the features of every layer did in the last second, for the editor. Written by the worker while the view is open, read by the editor;
//! the audio thread never touches it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use netbend_models::node::activity::{Activity, BANDS};

/// Columns kept of each layer.
pub const COLUMNS: usize = 48;
/// What is left of a layer's peak with every new column.
const FALL: f32 = 0.995;

/// The pictures of all layers.
#[derive(Debug, Default)]
pub struct Maps {
    open: AtomicBool,
    layers: Mutex<Layers>,
}

/// The pictures, the latent's first.
#[derive(Debug, Default)]
pub struct Layers {
    /// In the order of the layers.
    pub layers: Vec<LayerMaps>,
    /// Columns ever written, of any layer.
    pub written: u64,
}

/// The picture of one layer: a ring of columns.
#[derive(Debug)]
pub struct LayerMaps {
    /// 1-based layer, or 0 for the latent.
    pub layer: usize,
    /// How many features it has.
    pub features: usize,
    /// `[column][feature][band]`, in the layer's own units.
    values: Vec<f32>,
    /// The oldest column.
    next: usize,
    /// The highest value of late.
    peak: f32,
    /// Which features are bent now.
    bent: Vec<bool>,
}

impl Maps {
    /// Called by the editor when its view opens and closes.
    pub fn set_open(&self, open: bool) {
        self.open.store(open, Ordering::Relaxed);
    }

    /// Whether pictures are wanted.
    pub fn is_open(&self) -> bool {
        self.open.load(Ordering::Relaxed)
    }

    /// Adds what the layers did; the features that are `bent` there, `(layer, features)`.
    pub(crate) fn push(&self, activities: &[Activity], bent: &[(usize, Vec<usize>)]) {
        if activities.is_empty() {
            return;
        }
        let mut layers = self.layers.lock().unwrap_or_else(PoisonError::into_inner);
        for activity in activities {
            layers.push(activity);
        }
        for layer in &mut layers.layers {
            layer.bent.fill(false);
            let of_layer = bent.iter().filter(|(number, _)| *number == layer.layer);
            for &feature in of_layer.flat_map(|(_, features)| features) {
                if let Some(is_bent) = layer.bent.get_mut(feature) {
                    *is_bent = true;
                }
            }
        }
    }

    /// Another model plays: its layers are others.
    pub(crate) fn clear(&self) {
        let mut layers = self.layers.lock().unwrap_or_else(PoisonError::into_inner);
        layers.layers.clear();
        layers.written += 1;
    }

    /// Hands the pictures to `read`, briefly holding up the worker.
    pub fn read<T>(&self, read: impl FnOnce(&Layers) -> T) -> T {
        read(&self.layers.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Layers {
    fn push(&mut self, activity: &Activity) {
        let place = self
            .layers
            .partition_point(|layer| layer.layer < activity.layer);
        let is_known = self
            .layers
            .get(place)
            .is_some_and(|layer| layer.layer == activity.layer);
        if !is_known {
            self.layers.insert(place, LayerMaps::new(activity.layer, 0));
        }
        if let Some(layer) = self.layers.get_mut(place) {
            if layer.features != activity.features {
                *layer = LayerMaps::new(activity.layer, activity.features);
            }
            for column in activity
                .values
                .chunks_exact((layer.features * BANDS).max(1))
            {
                layer.push(column);
                self.written += 1;
            }
        }
    }
}

impl LayerMaps {
    fn new(layer: usize, features: usize) -> Self {
        Self {
            layer,
            features,
            values: vec![0.0; COLUMNS * features * BANDS],
            next: 0,
            peak: 0.0,
            bent: vec![false; features],
        }
    }

    /// Whether feature `feature` is bent.
    pub fn is_bent(&self, feature: usize) -> bool {
        self.bent.get(feature).copied().unwrap_or(false)
    }

    fn push(&mut self, column: &[f32]) {
        let size = self.features * BANDS;
        let to = self
            .values
            .get_mut(self.next * size..(self.next + 1) * size);
        if let Some(to) = to
            && to.len() == column.len()
        {
            to.copy_from_slice(column);
        }
        self.next = (self.next + 1) % COLUMNS;
        let peak = column.iter().fold(0.0_f32, |peak, &value| peak.max(value));
        self.peak = peak.max(self.peak * FALL);
    }

    /// What feature `feature` did `back` columns ago, 0 being the newest: a value for each band, 0 to 1 of the layer's peak of late.
    pub fn levels(&self, feature: usize, back: usize) -> impl Iterator<Item = f32> + '_ {
        let column = (self.next + 2 * COLUMNS - 1 - back.min(COLUMNS)) % COLUMNS;
        let start = (column * self.features + feature) * BANDS;
        let scale = if self.peak > 0.0 {
            1.0 / self.peak
        } else {
            0.0
        };
        let bands = self.values.get(start..start + BANDS).unwrap_or(&[]);
        bands
            .iter()
            .map(move |value| (value * scale).clamp(0.0, 1.0))
    }

    /// How much feature `feature` does now, 0 to 1: its highest band in the newest columns.
    pub fn level(&self, feature: usize) -> f32 {
        let newest = (0..4).flat_map(|back| self.levels(feature, back));
        newest.fold(0.0, f32::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn activity(layer: usize, values: &[f32]) -> Activity {
        Activity {
            number: 1,
            layer,
            features: 2,
            values: values.iter().flat_map(|value| [*value; BANDS]).collect(),
        }
    }

    #[test]
    fn columns_go_round_and_levels_are_shares_of_the_peak() {
        let maps = Maps::default();
        maps.push(&[activity(3, &[1.0, 2.0]), activity(0, &[0.0, 0.0])], &[]);
        for _ in 0..2 * COLUMNS {
            let bent = [(3, vec![1, 9]), (2, vec![0])];
            maps.push(&[activity(3, &[4.0, 1.0, 2.0, 0.5])], &bent);
        }
        maps.read(|layers| {
            let [latent, layer] = layers.layers.as_slice() else {
                panic!("{layers:?}");
            };
            assert_eq!((latent.layer, layer.layer), (0, 3));
            assert_eq!([0, 1].map(|feature| layer.is_bent(feature)), [false, true]);
            assert!(!latent.is_bent(0));
            assert_eq!(latent.level(0), 0.0);
            let newest: Vec<_> = layer.levels(0, 0).collect();
            let older: Vec<_> = layer.levels(0, 1).collect();
            assert_eq!(newest.len(), BANDS);
            assert!((newest[0] - 0.5).abs() < 0.01 && (older[0] - 1.0).abs() < 0.01);
            assert!((layer.level(1) - 0.25).abs() < 0.01);
            assert_eq!(layer.levels(2, 0).count(), BANDS, "of the next column");
        });
        maps.clear();
        assert!(maps.read(|layers| layers.layers.is_empty()));
    }
}
