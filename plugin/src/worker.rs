//! The worker: what is done for one instance, from its frames to its hops of sound. The threads that do it, and who is served when, are the
//! [`engine`](crate::engine)'s.

mod allowance;
mod batches;
mod governor;
pub(crate) mod history;
pub(crate) mod instance;
mod knots;
mod latent;
mod levels;
mod listeners;
mod listening;
pub(crate) mod model;
mod moment;
mod playing;
mod reach;
mod renderer;
mod sound_clusters;
mod stride;
#[cfg(test)]
pub(crate) mod tests;
mod voicing;
pub(crate) mod waveform;

pub(crate) use batches::DecodedItem;
pub(crate) use levels::{ItemLevel, LevelledWindow, Meter, of_window};
