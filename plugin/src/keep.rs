//! The last minute of what went in and out, to be kept by a button.
//!
//! | module | thread | what it is |
//! |---|---|---|
//! | `bars` | any | how long bars are |
//! | `ring` | audio and any | the last minute, in memory |
//! | `files` | any but audio | what is kept, as files |
//! | `setting` | any but audio | whether the last minute is remembered, for each user |
//! | `keeper` | any but audio | what an instance remembers, and what is kept of it |
//!
//! What it costs: 2 sounds × 2 channels × 60 s × the rate × 4 bytes, 46 MB at 48 kHz, of which the system gives what has been played so far.

mod bars;
mod files;
mod keeper;
mod ring;
mod setting;

pub use bars::Bars;
pub use keeper::{Beside, Keeper};
pub use ring::Ring;
