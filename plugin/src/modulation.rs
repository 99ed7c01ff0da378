//! Modulators over time: what moves by itself, frame by frame.
//!
//! Values come from the transport and the sound alone, so that a bounce is what was heard at blocks of any size, and the song's next time
//! round is like the first. Audio thread; nothing here allocates, locks or panics.
//!
//! | module | what it is |
//! |---|---|
//! | `clock` | from samples to the song's time |
//! | `ear` | what a follower hears |
//! | `band` | the band it hears |
//! | `generator` | all modulators of one setting, as values of their sources |
//! | `lfo`, `sequencer`, `wander` | values at a place of their cycles |
//! | `notes` | notes on their way, and those that are held |
//! | `pads` | what pads come to |
//! | `offsets` | how far every target is moved, and what pads hold |

mod band;
mod clock;
mod ear;
mod generator;
mod lfo;
mod notes;
mod offsets;
mod pads;
mod sequencer;
mod wander;

pub use clock::{Clock, Now, Transport};
pub(crate) use generator::Generator;
pub(crate) use lfo::value as lfo_value;
pub use notes::KeyEvent;
pub(crate) use offsets::Offsets;
pub(crate) use pads::{Hands, PadPlayer, Played};
pub(crate) use wander::value as wander_value;

/// Places of a cycle are told this exactly: two ways of counting to the same place find the same one.
const STEPS_OF_A_CYCLE: f64 = 16_777_216.0;

/// `cycles` on a grid that holds every whole number: what is a rounding error before one is that one.
fn snapped(cycles: f64) -> f64 {
    (cycles * STEPS_OF_A_CYCLE).round() / STEPS_OF_A_CYCLE
}
