//! From slots that change over the frames of a window to a [`Program`].
//!
//! Each layer's rows are coarser than frames; a row's controls are the mean over the frames it speaks
//! for ([`TimeAxis::span`]). A slot that switches layer, transform or selection inside the window
//! becomes one entry for each of its states, each with an amount of 0 outside its own frames: nothing
//! leaks backwards or forwards in time.

use super::{Entry, Program};
use crate::bend::{BendFrame, BendTarget, MAX_PARAMETERS};
use crate::manifest::Manifest;
use crate::selection::{SelectionKind, permutation, share_count};
use crate::time_axis::TimeAxis;

/// States of one slot in one window that are told apart; older ones are dropped.
const MAX_TARGETS: usize = 8;

/// Builds programs for one model. Owns its scratch memory: after the first few programs it no longer
/// allocates.
#[derive(Debug)]
pub struct ProgramBuilder {
    layers: Vec<LayerPlan>,
    clusters: Vec<Vec<Vec<usize>>>,
    program: Program,
    order: Vec<usize>,
    features: Vec<f32>,
    rows: RowControls,
}

#[derive(Debug)]
struct LayerPlan {
    features: usize,
    /// For each row the frames it speaks for, with their weights (which sum to 1).
    rows: Vec<Vec<(usize, f32)>>,
}

#[derive(Debug, Default)]
struct RowControls {
    counts: Vec<f32>,
    amounts: Vec<f32>,
    parameters: [Vec<f32>; MAX_PARAMETERS],
}

impl ProgramBuilder {
    /// A builder for the layers and clusters of `manifest`, whose rows lie on `axes`.
    pub fn new(manifest: &Manifest, axes: &[TimeAxis]) -> Self {
        let layers = manifest
            .layers
            .iter()
            .zip(axes)
            .map(|(layer, axis)| LayerPlan {
                features: layer.features,
                rows: (0..layer.rows)
                    .map(|row| weights(axis, row, manifest.last_seen_frame))
                    .collect(),
            })
            .collect();
        let clusters = (1..=manifest.layers.len())
            .map(|layer| {
                (0..)
                    .map_while(|k| manifest.cluster(layer, k).map(<[usize]>::to_vec))
                    .collect()
            })
            .collect();
        Self {
            layers,
            clusters,
            program: Program::new(),
            order: Vec::new(),
            features: Vec::new(),
            rows: RowControls::default(),
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

    /// Adds one slot, given its state at every frame of the window, for batch item `item`. Frames
    /// after the last one the model sees are ignored. `stream` keys the slot's random draws: its
    /// place in the list of bends, so that two slots of one layer draw different features.
    pub fn add_track(&mut self, item: usize, stream: u64, track: &[BendFrame]) {
        let mut targets: [Option<BendTarget>; MAX_TARGETS] = [None; MAX_TARGETS];
        let mut found = 0;
        for frame in track.iter().rev().filter(|frame| frame.amount > 0.0) {
            if found < MAX_TARGETS && !targets[..found].contains(&Some(frame.target)) {
                targets[found] = Some(frame.target);
                found += 1;
            }
        }
        for target in targets[..found].iter().rev().flatten() {
            self.add_target(item, stream, *target, track);
        }
    }

    fn add_target(&mut self, item: usize, stream: u64, target: BendTarget, track: &[BendFrame]) {
        let layer_number = usize::from(target.layer);
        let Some(layer) = self.layers.get(layer_number.wrapping_sub(1)) else {
            return;
        };
        self.order.clear();
        match target.selection {
            SelectionKind::All => self.order.extend(0..layer.features),
            SelectionKind::Random => {
                let stream = stream << 8 | u64::from(target.layer);
                permutation(
                    layer.features,
                    u64::from(target.seed),
                    stream,
                    &mut self.order,
                );
            }
            SelectionKind::Cluster => {
                let clusters = &self.clusters[layer_number - 1];
                if let Some(cluster) = clusters.get(usize::from(target.cluster)) {
                    self.order.extend_from_slice(cluster);
                }
            }
        }
        self.rows.fill(layer, target, track, self.order.len());
        let most = self
            .rows
            .counts
            .iter()
            .fold(0.0_f32, |most, &count| most.max(count));
        if most == 0.0 {
            return;
        }
        self.features.clear();
        self.features.extend(
            self.order[..most as usize]
                .iter()
                .map(|&feature| feature as f32),
        );
        self.program.push(&Entry {
            layer: layer_number,
            item,
            transform: target.transform,
            features: &self.features,
            counts: &self.rows.counts,
            amounts: &self.rows.amounts,
            parameters: [&self.rows.parameters[0], &self.rows.parameters[1]],
        });
    }
}

impl RowControls {
    /// Averages the frames of `track` that are on `target` over each row.
    fn fill(
        &mut self,
        layer: &LayerPlan,
        target: BendTarget,
        track: &[BendFrame],
        selected: usize,
    ) {
        self.counts.clear();
        self.amounts.clear();
        self.parameters.iter_mut().for_each(Vec::clear);
        for weights in &layer.rows {
            let (mut amount, mut share, mut weight_sum) = (0.0, 0.0, 0.0);
            let mut parameters = [0.0; MAX_PARAMETERS];
            for &(index, weight) in weights {
                let Some(frame) = track.get(index) else {
                    continue;
                };
                if frame.target != target || !(frame.amount > 0.0) {
                    continue;
                }
                amount += weight * frame.amount.min(1.0);
                weight_sum += weight;
                share += weight * frame.share;
                for (sum, value) in parameters.iter_mut().zip(frame.parameters) {
                    *sum += weight * value;
                }
            }
            if weight_sum > 0.0 {
                share /= weight_sum;
                parameters.iter_mut().for_each(|value| *value /= weight_sum);
            }
            let count = match target.selection {
                _ if !(amount > 0.0) => 0,
                SelectionKind::Random => share_count(layer.features, share),
                SelectionKind::All | SelectionKind::Cluster => selected,
            };
            self.counts.push(count as f32);
            // Weights sum to 1 only up to rounding; a constant amount of 1 must stay exactly 1.
            self.amounts
                .push(if amount > 1.0 - 1e-6 { 1.0 } else { amount });
            for (column, value) in self.parameters.iter_mut().zip(parameters) {
                column.push(value);
            }
        }
    }
}

/// The frames a row speaks for and their weights. Frames beyond either end of what the model sees
/// count as the frame at that end.
fn weights(axis: &TimeAxis, row: usize, last_frame: usize) -> Vec<(usize, f32)> {
    let (from, to) = axis.span(row);
    let length = to - from;
    let mut weights: Vec<(usize, f32)> = Vec::new();
    let first = (from + 0.5).floor() as i64;
    let last = (to + 0.5).ceil() as i64;
    for frame in first..last {
        let (start, end) = (frame as f64 - 0.5, frame as f64 + 0.5);
        let overlap = (end.min(to) - start.max(from)).max(0.0) / length;
        if overlap <= 0.0 {
            continue;
        }
        let index = frame.clamp(0, last_frame as i64) as usize;
        match weights.last_mut() {
            Some((previous, weight)) if *previous == index => *weight += overlap as f32,
            _ => weights.push((index, overlap as f32)),
        }
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transform::TransformKind;

    fn builder() -> ProgramBuilder {
        let manifest = crate::test_support::manifest();
        let axes: Vec<_> = manifest
            .layers
            .iter()
            .map(|layer| TimeAxis::proportional(layer.rows, manifest.frames))
            .collect();
        ProgramBuilder::new(&manifest, &axes)
    }

    fn frame(amount: f32, share: f32) -> BendFrame {
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

    #[test]
    fn weights_of_every_row_sum_to_one() {
        for plan in builder().layers {
            for row in plan.rows {
                let sum: f32 = row.iter().map(|(_, weight)| weight).sum();
                assert!((sum - 1.0).abs() < 1e-5);
            }
        }
    }

    #[test]
    fn an_idle_slot_adds_nothing() {
        let mut builder = builder();
        builder.add_track(1, 0, &[frame(0.0, 1.0); 16]);
        builder.add_track(1, 0, &[frame(1.0, 0.0); 16]);
        assert!(builder.program().is_empty());
    }

    #[test]
    fn a_constant_slot_bends_the_same_features_in_every_row() {
        let mut builder = builder();
        builder.add_track(1, 0, &[frame(1.0, 0.5); 16]);
        let entries: Vec<_> = Program::entries(builder.program().words()).collect();
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].features.len(), 2);
        assert!(entries[0].amounts.iter().all(|&amount| amount == 1.0));
        assert!(entries[0].counts.iter().all(|&count| count == 2.0));
        assert!(
            entries[0].parameters[0]
                .iter()
                .all(|&k| (k - 2.0).abs() < 1e-6)
        );
    }

    #[test]
    fn a_larger_share_only_adds_features() {
        let mut previous: Vec<f32> = Vec::new();
        for share in [0.25, 0.5, 0.75, 1.0] {
            let mut builder = builder();
            builder.add_track(0, 0, &[frame(1.0, share); 16]);
            let entry = Program::entries(builder.program().words()).next().unwrap();
            assert!(entry.features.starts_with(&previous));
            assert!(entry.features.len() > previous.len());
            previous = entry.features.to_vec();
        }
    }

    #[test]
    fn a_switch_inside_the_window_becomes_two_entries_that_do_not_overlap() {
        let mut builder = builder();
        let mut track = [frame(1.0, 1.0); 16];
        for frame in &mut track[8..] {
            frame.target.transform = TransformKind::Ablate;
        }
        builder.add_track(1, 0, &track);
        let entries: Vec<_> = Program::entries(builder.program().words()).collect();
        assert_eq!(entries.len(), 2);
        assert_eq!(entries[0].transform, TransformKind::ScalarMultiply);
        for (before, after) in entries[0].amounts.iter().zip(entries[1].amounts) {
            assert!((before + after - 1.0).abs() < 1e-5);
        }
    }
}
