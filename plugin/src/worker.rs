//! The worker: what is done for one instance, from its frames to its hops of sound. The threads that do it, and who is served when, are the
//! [`engine`](crate::engine)'s.

mod batches;
#[cfg(test)]
mod dice;
mod governor;
pub(crate) mod history;
pub(crate) mod instance;
mod knots;
mod latent;
mod levels;
mod listeners;
pub(crate) mod model;
mod renderer;
mod sound;
mod stride;
#[cfg(test)]
#[path = "../../models/tests/support/tiny_model.rs"]
#[allow(dead_code)]
pub(crate) mod tiny_model;
mod voicing;
