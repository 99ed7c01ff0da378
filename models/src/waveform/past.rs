//! What the maps of a layer were before a block, so that they can be made late.

use netbend_dsp::number::{cut, nearest_f64};

use crate::node::operator::sequence::{Before, LEAST_STEPS};
use crate::package::waveform::{LayerKind, WaveformLayer, WaveformManifest};

/// By how many seconds maps shifted by 1 are late.
pub const SECONDS: f64 = 0.5;
/// Numbers of a layer that are kept at most; a layer of more is not shifted in time.
const MOST: usize = 1 << 22;

/// Whether a layer is shifted in time, by whether it is shown and the steps of its blocks: fine layers and those of few steps are not.
pub fn is_shifted(shown: bool, steps: usize) -> bool {
    shown && steps >= LEAST_STEPS
}

/// By how many of its steps a layer shifted by 1 is late; 0 where it [is not shifted](is_shifted) in time. Nor is the latent.
pub fn steps(manifest: &WaveformManifest, layer: &WaveformLayer) -> usize {
    if !is_shifted(layer.shown, layer.steps) || layer.kind == LayerKind::Latent {
        return 0;
    }
    let rate = f64::from(manifest.sample_rate) / nearest_f64(manifest.block.max(1));
    let steps = cut::<usize>((SECONDS * rate * nearest_f64(layer.steps)).round());
    let kept = steps
        .saturating_mul(layer.features)
        .saturating_mul(layer.rows);
    if kept <= MOST { steps.max(1) } else { 0 }
}

/// The last blocks of a layer.
#[derive(Debug, Clone)]
pub struct Past {
    /// Twice as many blocks as are kept, so that they lie one after the other without being moved for every block.
    values: Vec<f32>,
    block: usize,
    kept: usize,
    end: usize,
    whole: usize,
}

impl Past {
    /// Of a layer that was 0; `None` where it is not shifted in time.
    pub fn new(manifest: &WaveformManifest, layer: &WaveformLayer) -> Option<Self> {
        let whole = steps(manifest, layer);
        let block = layer.rows * layer.features * layer.steps;
        let kept = whole.div_ceil(layer.steps.max(1)) * block;
        (kept > 0).then(|| Self {
            values: vec![0.0; 2 * kept],
            block,
            kept,
            end: kept,
            whole,
        })
    }

    /// The blocks `[block, row, feature, step]`, the oldest first.
    pub fn blocks(&self) -> &[f32] {
        &self.values[self.end - self.kept..self.end]
    }

    /// The same, for [`apply`](crate::node::operator::sequence::apply).
    pub fn before(&self) -> Before<'_> {
        Before {
            blocks: self.blocks(),
            whole: self.whole,
        }
    }

    /// A block `[row, feature, step]` is over. What is no number counts as 0; what is of another size is left out.
    pub fn push(&mut self, block: &[f32]) {
        if block.len() != self.block {
            return;
        }
        if self.end == self.values.len() {
            self.values.copy_within(self.kept.., 0);
            self.end = self.kept;
        }
        let to = &mut self.values[self.end..self.end + self.block];
        for (to, value) in to.iter_mut().zip(block) {
            *to = if value.is_finite() { *value } else { 0.0 };
        }
        self.end += self.block;
    }

    /// As if all blocks had been as the last one.
    pub(super) fn stand_still(&mut self) {
        let last = self.blocks()[self.kept - self.block..].to_vec();
        for block in self.values.chunks_exact_mut(self.block) {
            block.copy_from_slice(&last);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_blocks_are_kept_in_order() {
        let mut past = Past {
            values: vec![0.0; 12],
            block: 2,
            kept: 6,
            end: 6,
            whole: 3,
        };
        for n in 1..20_u8 {
            past.push(&[f32::from(n), f32::NAN]);
            past.push(&[7.0]);
            let expected: Vec<f32> = (0..3_u8)
                .flat_map(|back| [(f32::from(n) - 2.0 + f32::from(back)).max(0.0), 0.0])
                .collect();
            assert_eq!(past.blocks(), expected);
        }
        past.stand_still();
        assert_eq!(past.blocks(), [19.0, 0.0, 19.0, 0.0, 19.0, 0.0]);
    }
}
