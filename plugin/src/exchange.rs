//! What travels between the audio thread and the worker: frames one way, hops of sound the other.
//!
//! Both directions are single-producer single-consumer rings of boxes. Every box is made when the
//! stream is opened and goes round in a circle (filled, consumed, returned empty), so neither thread
//! ever allocates or frees one while sound is running.
//!
//! | end | thread | may wait |
//! |---|---|---|
//! | [`LiveEnd`] | the audio thread of a host that plays in real time | never |
//! | [`OfflineEnd`] | that of a host that renders offline | for the worker |
//! | [`WorkerEnd`] | a [pool thread](crate::threads::pool_thread) | never |

mod audio;
mod boxes;
mod linked_magnitudes;
mod open;
mod progress;
mod worker;

pub(crate) use audio::AudioSide;
pub use audio::{AudioEnd, LiveEnd, OfflineEnd};
pub use boxes::{Frame, Hop, MAX_CHANNELS};
pub use linked_magnitudes::linked_magnitudes;
pub use open::open;
pub use progress::Progress;
pub use worker::WorkerEnd;
