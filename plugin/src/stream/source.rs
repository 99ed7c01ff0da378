//! Where the controls of a stream come from.

use super::controls::Controls;

/// The most channels of a stream.
pub const MAX_CHANNELS: usize = 2;

/// Samples that come in, of the input and the sidechain. A channel that is shorter than `samples` ends in silence.
#[derive(Debug, Clone, Copy)]
pub struct Incoming<'a> {
    /// How many there are.
    pub samples: usize,
    /// The input; channels that there are not are empty.
    pub input: [&'a [f32]; MAX_CHANNELS],
    /// The sidechain.
    pub sidechain: [&'a [f32]; MAX_CHANNELS],
}

/// Says what the controls are at the end of each hop of a block. A closure from the samples of the block that lie before to controls is one.
///
/// # Real-time safety
/// It is asked by the audio thread.
pub trait ControlSource {
    /// Hears samples of the block before they are played; every one once, in order.
    fn hear(&mut self, _incoming: Incoming<'_>) {}

    /// The controls when `before` samples of the block, all heard, have passed.
    fn at(&mut self, before: usize) -> Controls;
}

impl<F: Fn(usize) -> Controls> ControlSource for F {
    fn at(&mut self, before: usize) -> Controls {
        self(before)
    }
}
