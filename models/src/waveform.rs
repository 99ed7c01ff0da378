//! Waveform models: autoencoders of sound itself that play block by block, as `cargo xtask import` writes them.
//!
//! A block of samples goes through an encoder to some steps of a latent, and through a decoder to a block of samples. Both keep states from block
//! to block. Where the two are cut apart, the latent can be played, and a bent decoder shares the encoder with a clean one.
//!
//! | module | what it is |
//! |---|---|
//! | [`any`] | a file of either kind |
//! | [`package`] | a file that passed every check, before any runtime |
//! | [`states`] | what a stream keeps from block to block |
//! | [`past`] | what the maps of a layer were before |
//! | [`noise`] | what a model draws in a block |
//! | [`run`] | what a block is run with |
//! | [`player`] | a model ready to run: its sessions |
//!
//! What such a file says of itself is [`crate::package::waveform`]. The rest of Netbend sees a waveform model's layers, clusters and weights as those of any other: [`package::WaveformPackage::face`].

pub mod any;
mod halves;
mod inject;
pub mod noise;
pub mod package;
pub mod past;
pub mod player;
pub mod run;
pub mod states;
mod weights;

pub use any::AnyPackage;
pub use package::WaveformPackage;
pub use player::WaveformPlayer;
