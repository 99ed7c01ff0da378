//! The modulators of one stream: its clock, what followers hear, and the controls they make of the parameters. Audio thread.

use super::NetbendParams;
use super::side::Side;
use crate::modulation::{Clock, Transport};
use crate::stream::controls::Controls;
use crate::stream::source::{ControlSource, Incoming};

/// The modulators of one stream.
#[derive(Debug)]
pub struct Modulators {
    clock: Clock,
    /// Of A and of B.
    sides: [Side; 2],
    plays_on: bool,
}

impl Modulators {
    /// For a stream of so many channels. Not for the audio thread.
    pub fn new(sample_rate: f32, channels: usize) -> Self {
        Self {
            clock: Clock::new(sample_rate),
            sides: std::array::from_fn(|_| Side::new(sample_rate, channels)),
            plays_on: false,
        }
    }

    /// The stream begins anew, as its processor does.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn reset(&mut self) {
        self.clock.reset();
        self.sides.iter_mut().for_each(|side| side.reset());
        self.plays_on = false;
    }

    /// Whether sound is made that does not end with the input, since the last hop.
    pub fn plays_on(&self) -> bool {
        self.plays_on
    }

    /// The controls of the next block, at whose first sample the host says that its transport is there.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics, nor does what it gives.
    pub fn block<'a>(
        &'a mut self,
        params: &'a NetbendParams,
        transport: &Transport,
    ) -> MovingControls<'a> {
        self.clock.begin_block(transport);
        MovingControls {
            modulators: self,
            params,
        }
    }
}

/// The controls of one block.
pub struct MovingControls<'a> {
    modulators: &'a mut Modulators,
    params: &'a NetbendParams,
}

impl ControlSource for MovingControls<'_> {
    fn hear(&mut self, incoming: Incoming<'_>) {
        for side in &mut self.modulators.sides {
            side.hear(incoming);
        }
        self.modulators.clock.advance(incoming.samples);
    }

    fn at(&mut self, _before: usize) -> Controls {
        let now = self.modulators.clock.now();
        let controls = self
            .params
            .moving_controls(&mut self.modulators.sides, &now);
        self.modulators.plays_on = controls.plays_on();
        controls
    }
}
