//! The modulators of one stream: its clock, what followers hear, and the controls they make of the parameters. Audio thread.

use netbend_dsp::number::signed;

use super::NetbendParams;
use super::pads::Seen;
use super::side::{Moment, Side};
use crate::modulation::{Clock, KeyEvent, PadPlayer, Transport};
use crate::stream::controls::Controls;
use crate::stream::source::{ControlSource, Incoming};

/// The modulators of one stream.
#[derive(Debug)]
pub struct Modulators {
    clock: Clock,
    /// Of A and of B.
    sides: [Side; 2],
    pads: PadPlayer,
    hands: Seen,
    plays_on: bool,
}

impl Modulators {
    /// For a stream of so many channels. Not for the audio thread.
    pub fn new(sample_rate: f32, channels: usize) -> Self {
        Self {
            clock: Clock::new(sample_rate),
            sides: std::array::from_fn(|_| Side::new(sample_rate, channels)),
            pads: PadPlayer::new(),
            hands: Seen::default(),
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
        self.pads.reset();
        self.hands = Seen::default();
        self.plays_on = false;
    }

    /// Whether sound is made that does not end with the input, since the last hop.
    pub fn plays_on(&self) -> bool {
        self.plays_on
    }

    /// A note is played `before` samples after the next block's first. It acts at the end of its hop, as parameters do. Notes may be told in any
    /// order, and those of a block before [`block`](Self::block).
    ///
    /// # Real-time safety
    /// As [`reset`](Self::reset).
    pub fn play(&mut self, before: usize, note: KeyEvent) {
        let sample = self.clock.samples().saturating_add(signed(before));
        self.pads.push(sample, note);
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
        let Modulators {
            clock,
            sides,
            pads,
            hands,
            plays_on,
        } = &mut *self.modulators;
        let (now, store) = (clock.now(), &self.params.pads);
        let hands = store.hands(hands);
        let played = pads.end_hop(clock.samples(), &store.current(), &hands, now.free);
        let moment = Moment { now: &now, played };
        let controls = self.params.moving_controls(sides, moment);
        store.show(played.lit, pads.last());
        *plays_on = controls.plays_on();
        controls
    }
}
