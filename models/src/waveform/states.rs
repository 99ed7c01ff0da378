//! What a half of a waveform model keeps from block to block.

use super::past::Past;

/// The states of one half of one stream, in the order of its tensors, and what the maps of layers were that can be shifted in time.
///
/// Equal states and equal sound give equal sound from then on, bit for bit.
#[derive(Debug, Clone, Default)]
pub struct States {
    pub(super) values: Vec<Vec<f32>>,
    pub(super) pasts: Vec<Past>,
}

impl States {
    /// Whether both are the same, bit for bit.
    pub fn same_bits(&self, other: &Self) -> bool {
        let same = |a: &[f32], b: &[f32]| {
            let pairs = a.iter().zip(b);
            a.len() == b.len()
                && pairs.fold(true, |same, (a, b)| same & (a.to_bits() == b.to_bits()))
        };
        let mut pairs = self.values.iter().zip(&other.values);
        let mut pasts = self.pasts.iter().zip(&other.pasts);
        self.values.len() == other.values.len()
            && pairs.all(|(a, b)| same(a, b))
            && pasts.all(|(a, b)| same(a.blocks(), b.blocks()))
    }
}
