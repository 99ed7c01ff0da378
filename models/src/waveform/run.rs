//! What a block of a waveform model is run with.

use super::noise::NoiseAmounts;
use crate::node::program::Program;
use crate::run::weights::BendableWeights;

/// What a half is run with beside sound and states.
#[derive(Debug, Clone, Copy)]
pub struct Run<'r> {
    /// The bends.
    pub program: &'r Program,
    /// Bent weights in place of the model's.
    pub weights: Option<&'r BendableWeights>,
    /// Number of the block, which keys what is drawn.
    pub block: i64,
    /// Seed of what is drawn.
    pub seed: u32,
    /// How much of that there is.
    pub noise: NoiseAmounts,
}
