//! A tensor that can be bent.

use super::role::Role;

/// One tensor of weights or biases that can be bent.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightLayer {
    /// 1-based number, in the order the decoder's nodes use the tensors.
    pub number: usize,
    /// The name it has in the file.
    pub tensor: String,
    /// That name without what exporters add, fit to be printed.
    pub name: String,
    /// What it does in the network.
    pub role: Role,
    /// Its dimensions.
    pub shape: Vec<usize>,
    /// Standard deviation of its points: the σ of the formulas.
    pub deviation: f32,
}

impl WeightLayer {
    /// Number of points.
    pub fn points(&self) -> usize {
        self.shape.iter().product()
    }
}
