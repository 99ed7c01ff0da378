//! From the states of slots and of the parts mixer to a [`Program`].

mod mix;

use netbend_dsp::number::nearest_f32;

use super::{Entry, Program};
use crate::bends::drift::{self, Drift};
use crate::bends::selection::{SelectionKind, permutation, share_count};
use crate::bends::transform::TransformKind;
use crate::bends::{BendFrame, BendTarget};
use crate::package::manifest::{Layer, LayerClusters, Manifest, Part};

/// Builds programs for one model. Owns its scratch memory: after the first few programs it no longer
/// allocates.
#[derive(Debug, Clone)]
pub struct ProgramBuilder {
    /// Values of the latent vector: what layer 0 has for features.
    latent_size: usize,
    /// Features of each layer.
    layers: Vec<usize>,
    /// Standard deviation of each layer's activation.
    deviations: Vec<f32>,
    /// `[layer][cluster][member]`.
    clusters: Vec<Vec<Vec<usize>>>,
    /// Those of a sound, likewise; empty where there are none.
    sound_clusters: Vec<Vec<Vec<usize>>>,
    parts: Vec<Part>,
    program: Program,
    order: Vec<usize>,
    heights: Vec<f64>,
    selected: Vec<bool>,
    features: Vec<f32>,
}

impl ProgramBuilder {
    /// A builder for the layers, clusters and parts of `manifest`.
    pub fn new(manifest: &Manifest) -> Self {
        let clusters_of = |layer: usize| {
            (0..)
                .map_while(|cluster| manifest.cluster(layer, cluster).map(<[usize]>::to_vec))
                .collect()
        };
        Self {
            latent_size: manifest.latent_size,
            layers: manifest.layers.iter().map(|layer| layer.features).collect(),
            deviations: manifest.layers.iter().map(Layer::deviation).collect(),
            clusters: (1..=manifest.layers.len()).map(clusters_of).collect(),
            sound_clusters: Vec::new(),
            parts: manifest.parts.clone(),
            program: Program::new(),
            order: Vec::new(),
            heights: Vec::new(),
            selected: Vec::new(),
            features: Vec::new(),
        }
    }

    /// What [`SelectionKind::SoundCluster`] selects from now on; an empty list selects nothing. Layers and features that the model does
    /// not have are left out.
    pub fn set_sound_clusters(&mut self, groups: &[LayerClusters]) {
        self.sound_clusters = vec![Vec::new(); self.layers.len()];
        for group in groups {
            let place = group.layer.wrapping_sub(1);
            let Some(&features) = self.layers.get(place) else {
                continue;
            };
            self.sound_clusters[place] = group.clusters.clone();
            for cluster in &mut self.sound_clusters[place] {
                cluster.retain(|&feature| feature < features);
            }
        }
    }

    /// Starts a new program.
    pub fn clear(&mut self) {
        self.program.clear();
    }

    /// The program built so far.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// Adds the state of one slot for batch item `item`. An idle slot, a layer, a cluster or a part that does
    /// not exist and an empty share add nothing. `random_stream` keys the slot's draw: its place in the
    /// list of bends, so that two slots of one layer draw different features.
    pub fn add(&mut self, item: usize, random_stream: u64, state: &BendFrame) {
        let target = state.target;
        let layer = usize::from(target.layer);
        let features = match layer.checked_sub(1) {
            None if target.transform.acts_on_latent() => self.latent_size,
            None => return,
            Some(place) => match self.layers.get(place) {
                Some(&features) => features,
                None => return,
            },
        };
        if !state.is_active() {
            return;
        }
        let key = (
            u64::from(target.seed),
            random_stream << 8 | u64::from(target.layer),
        );
        self.order.clear();
        match target.selection {
            SelectionKind::All => self.order.extend(0..features),
            SelectionKind::Random => {
                let heights = &mut self.heights;
                draw(features, key, target.drift, heights, &mut self.order);
                self.order.truncate(share_count(features, state.share));
            }
            SelectionKind::Cluster | SelectionKind::SoundCluster | SelectionKind::Part => {
                let group = match target.selection {
                    SelectionKind::Part => in_part(&self.parts, layer, &target),
                    SelectionKind::SoundCluster => {
                        member(&self.sound_clusters, layer, target.cluster)
                    }
                    _ => member(&self.clusters, layer, target.cluster),
                };
                if group.is_empty() {
                    return; // there is no "everything but" a group that does not exist
                }
                if state.share < 1.0 {
                    let heights = &mut self.heights;
                    draw(group.len(), key, target.drift, heights, &mut self.order);
                    self.order.truncate(share_count(group.len(), state.share));
                    self.order
                        .iter_mut()
                        .for_each(|place| *place = group[*place]);
                } else {
                    self.order.extend_from_slice(group);
                }
            }
        }
        self.features.clear();
        if target.inverted {
            self.selected.clear();
            self.selected.resize(features, false);
            for &feature in &self.order {
                if let Some(selected) = self.selected.get_mut(feature) {
                    *selected = true;
                }
            }
            let rest = self
                .selected
                .iter()
                .enumerate()
                .filter(|(_, selected)| !**selected);
            self.features
                .extend(rest.map(|(feature, _)| nearest_f32(feature)));
        } else {
            self.features
                .extend(self.order.iter().map(|&feature| nearest_f32(feature)));
        }
        if self.features.is_empty() {
            return;
        }
        let mut parameters = state.parameters;
        if target.relative && target.transform == TransformKind::BinaryThresh {
            // The latent's values are about N(0, 1): they count as they are.
            let deviation = layer
                .checked_sub(1)
                .and_then(|place| self.deviations.get(place));
            parameters[0] *= deviation.copied().unwrap_or(1.0);
        }
        self.program.push(&Entry {
            layer,
            item,
            transform: target.transform,
            amount: state.amount.min(1.0),
            parameters,
            features: &self.features,
        });
    }
}

/// Writes an order of `0..count`: drawn once, or where its drift stands.
fn draw(
    count: usize,
    key: (u64, u64),
    drift: Drift,
    heights: &mut Vec<f64>,
    order: &mut Vec<usize>,
) {
    match drift.is_still() {
        true => permutation(count, key.0, key.1, order),
        false => drift::order(count, key, drift, heights, order),
    }
}

/// The features of a cluster of a 1-based layer; none where it does not exist.
fn member(clusters: &[Vec<Vec<usize>>], layer: usize, cluster: u16) -> &[usize] {
    clusters
        .get(layer.wrapping_sub(1))
        .and_then(|layer| layer.get(usize::from(cluster)))
        .map_or(&[], Vec::as_slice)
}

/// The features by which a 1-based layer carries the part that `target` means; none where there is no such part.
fn in_part<'a>(parts: &'a [Part], layer: usize, target: &BendTarget) -> &'a [usize] {
    let part = match target.part {
        Some(name) => parts.iter().find(|part| part.name == name),
        None => parts.get(usize::from(target.cluster)),
    };
    part.map_or(&[], |part| part.features(layer))
}

#[cfg(test)]
mod tests;
