//! The standard deviation of each layer's activation: what a relative threshold counts in.

use super::ActivationMaps;
use crate::error::ModelError;
use crate::package::manifest::{MAX_DEVIATION, MIN_DEVIATION};

/// Latents decoded at once: the last layers' maps take a megabyte each.
const BATCH: usize = 8;

/// The standard deviation of a layer's activation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LayerDeviation {
    /// 1-based layer number.
    pub layer: usize,
    /// Over every feature, place and latent; above 0.
    pub deviation: f32,
}

/// The deviation of each of the layers of `maps` over latents `[n, latent_size]`. `progress` is told how many are done.
///
/// # Errors
/// What [`ActivationMaps::of`] reports, and [`ModelError::Manifest`] where there are no latents or a layer is the same everywhere.
pub fn deviations(
    maps: &mut ActivationMaps,
    latents: &[f32],
    mut progress: impl FnMut(usize),
) -> Result<Vec<LayerDeviation>, ModelError> {
    let size = maps.latent_size();
    let numbers: Vec<usize> = maps.layers().iter().map(|layer| layer.index).collect();
    let mut moments = vec![Moments::default(); numbers.len()];
    for (batch, latents) in latents.chunks(BATCH * size).enumerate() {
        for (moments, maps) in moments.iter_mut().zip(maps.of(latents)?) {
            maps.iter().for_each(|value| moments.add(*value));
        }
        progress(batch * BATCH + latents.len() / size);
    }
    numbers
        .into_iter()
        .zip(moments)
        .map(|(layer, moments)| {
            let deviation = moments.deviation() as f32;
            if (MIN_DEVIATION..=MAX_DEVIATION).contains(&deviation) {
                Ok(LayerDeviation { layer, deviation })
            } else {
                Err(ModelError::Manifest(format!(
                    "layer {layer}: a deviation of {deviation} found; expected {MIN_DEVIATION} to {MAX_DEVIATION}"
                )))
            }
        })
        .collect()
}

/// Sums for a mean and a deviation. Activations lie near 0, so that plain sums of squares lose nothing in `f64`.
#[derive(Debug, Clone, Copy, Default)]
struct Moments {
    count: f64,
    sum: f64,
    squares: f64,
}

impl Moments {
    fn add(&mut self, value: f32) {
        let value = f64::from(value);
        self.count += 1.0;
        self.sum += value;
        self.squares += value * value;
    }

    /// Not a number where nothing was added.
    fn deviation(&self) -> f64 {
        let mean = self.sum / self.count;
        (self.squares / self.count - mean * mean).max(0.0).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deviation_is_that_of_all_values() {
        let mut moments = Moments::default();
        [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]
            .iter()
            .for_each(|value| moments.add(*value));
        assert_eq!(moments.deviation(), 2.0);
    }
}
