//! With which weights a decoder runs.

use crate::run::weights::BendableWeights;

/// The weights a decode runs with.
#[derive(Clone, Copy)]
pub(in crate::run::bender) enum Weights<'w> {
    /// The model's.
    Own,
    /// As [`WeightedDecoder::set`](crate::run::weights::decoder::WeightedDecoder::set) has left them.
    Set,
    /// These.
    Bent(&'w BendableWeights),
}
