//! What the standalone program plays into the plugin in place of a device's input: a loop, round and round.
//!
//! | module | thread | what it is |
//! |---|---|---|
//! | `cycle` | any | a loop, and its tempo |
//! | `console` | any but audio | what is wished, what is shown and said |
//! | `handle` | any but audio | what plays, as everybody but the audio thread sees it |
//! | `deck` | audio | plays the loop, and tapes what goes out |
//!
//! Reading, resampling and writing files is the standalone program's: here is what it shares with the audio thread and the editor.

mod console;
mod cycle;
mod deck;
mod handle;

pub use console::{Shown, Wish};
pub use cycle::{Loop, Tempo};
pub use deck::Deck;
pub use handle::{LEVELS_DB, Player};
