//! Settings tried out on the last moments of the input before anybody hears them: dice and variations. Any thread but the audio thread and the
//! pool's.
//!
//! | module | what it is |
//! |---|---|
//! | `reference` | the sound that settings are tried on, as the network hears it |
//! | `verdict` | what settings make of it: how far it goes, how loud it gets, a picture |
//! | `judge` | finds that with a model of its own, of either kind |
//! | `draw` | settings at random |
//! | `best` | the best of what was tried |
//! | `search` | settings at random that go as far as is asked |
//! | `vary` | settings near others |
//! | `desk` | a thread that does all that |

mod best;
mod desk;
mod draw;
mod judge;
mod reference;
mod search;
mod vary;
mod verdict;

pub use best::Roll;
pub(crate) use desk::{Answer, Desk, Request, Wish};
pub use draw::{CARDS, Locks};
pub use judge::Judge;
pub use reference::Reference;
pub use search::{Range, roll};
pub use vary::vary;
pub use verdict::Verdict;
