//! What a half of a waveform model keeps from block to block.

/// The states of one half of one stream, in the order of its tensors.
///
/// Equal states and equal sound give equal sound from then on, bit for bit.
#[derive(Debug, Clone, Default)]
pub struct States {
    pub(super) values: Vec<Vec<f32>>,
}

impl States {
    /// Whether both are the same, bit for bit.
    pub fn same_bits(&self, other: &Self) -> bool {
        let same = |a: &Vec<f32>, b: &Vec<f32>| {
            let pairs = a.iter().zip(b);
            a.len() == b.len()
                && pairs.fold(true, |same, (a, b)| same & (a.to_bits() == b.to_bits()))
        };
        let mut pairs = self.values.iter().zip(&other.values);
        self.values.len() == other.values.len() && pairs.all(|(a, b)| same(a, b))
    }
}
