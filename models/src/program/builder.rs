//! From the states of slots to a [`Program`].

use super::{Entry, Program};
use crate::bend::BendFrame;
use crate::manifest::Manifest;
use crate::selection::{SelectionKind, permutation, share_count};

/// Builds programs for one model. Owns its scratch memory: after the first few programs it no longer
/// allocates.
#[derive(Debug)]
pub struct ProgramBuilder {
    /// Features of each layer.
    layers: Vec<usize>,
    /// `[layer][cluster][member]`.
    clusters: Vec<Vec<Vec<usize>>>,
    program: Program,
    order: Vec<usize>,
    features: Vec<f32>,
}

impl ProgramBuilder {
    /// A builder for the layers and clusters of `manifest`.
    pub fn new(manifest: &Manifest) -> Self {
        let clusters_of = |layer: usize| {
            (0..)
                .map_while(|cluster| manifest.cluster(layer, cluster).map(<[usize]>::to_vec))
                .collect()
        };
        Self {
            layers: manifest.layers.iter().map(|layer| layer.features).collect(),
            clusters: (1..=manifest.layers.len()).map(clusters_of).collect(),
            program: Program::new(),
            order: Vec::new(),
            features: Vec::new(),
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

    /// Adds the state of one slot for batch item `item`. An idle slot, a layer or a cluster that does
    /// not exist and an empty share add nothing. `stream` keys the slot's random draw: its place in the
    /// list of bends, so that two slots of one layer draw different features.
    pub fn add(&mut self, item: usize, stream: u64, state: &BendFrame) {
        let target = state.target;
        let layer = usize::from(target.layer);
        let Some(&features) = self.layers.get(layer.wrapping_sub(1)) else {
            return;
        };
        if !state.is_active() {
            return;
        }
        self.order.clear();
        match target.selection {
            SelectionKind::All => self.order.extend(0..features),
            SelectionKind::Random => {
                let stream = stream << 8 | u64::from(target.layer);
                permutation(features, u64::from(target.seed), stream, &mut self.order);
                self.order.truncate(share_count(features, state.share));
            }
            SelectionKind::Cluster => {
                if let Some(cluster) = self.clusters[layer - 1].get(usize::from(target.cluster)) {
                    self.order.extend_from_slice(cluster);
                }
            }
        }
        if self.order.is_empty() {
            return;
        }
        self.features.clear();
        self.features
            .extend(self.order.iter().map(|&feature| feature as f32));
        self.program.push(&Entry {
            layer,
            item,
            transform: target.transform,
            amount: state.amount.min(1.0),
            parameters: state.parameters,
            features: &self.features,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bend::BendTarget;
    use crate::transform::TransformKind;

    fn state(amount: f32, share: f32) -> BendFrame {
        BendFrame {
            target: BendTarget {
                layer: 2,
                transform: TransformKind::ScalarMultiply,
                selection: SelectionKind::Random,
                cluster: 0,
                seed: 3,
            },
            share,
            amount,
            parameters: [2.0, 0.0],
        }
    }

    fn features(stream: u64, state: BendFrame) -> Vec<f32> {
        let mut builder = ProgramBuilder::new(&crate::test_support::manifest());
        builder.add(1, stream, &state);
        Program::entries(builder.program().words())
            .next()
            .map_or(Vec::new(), |e| e.features.to_vec())
    }

    #[test]
    fn idle_slots_and_what_does_not_exist_add_nothing() {
        let mut elsewhere = state(1.0, 1.0);
        elsewhere.target.layer = 9;
        let mut clusterless = state(1.0, 1.0);
        clusterless.target.selection = SelectionKind::Cluster;
        clusterless.target.cluster = 7;
        let nothing = [
            state(0.0, 1.0),
            state(f32::NAN, 1.0),
            state(1.0, 0.0),
            elsewhere,
            clusterless,
        ];
        for state in nothing {
            assert!(features(0, state).is_empty(), "{state:?}");
        }
    }

    #[test]
    fn a_larger_share_only_adds_features() {
        let mut previous: Vec<f32> = Vec::new();
        for share in [0.25, 0.5, 0.75, 1.0] {
            let now = features(0, state(1.0, share));
            assert!(now.starts_with(&previous) && now.len() > previous.len());
            previous = now;
        }
    }

    #[test]
    fn two_slots_of_one_layer_draw_apart() {
        let draws: Vec<_> = (0..4)
            .map(|stream| features(stream, state(1.0, 0.5)))
            .collect();
        assert!(draws.iter().any(|draw| *draw != draws[0]));
    }
}
