//! A model that runs: sessions of ONNX Runtime ([`runtime`]), and the encoder and the bendable decoder made of them ([`bender`]).
//!
//! Allocates and takes milliseconds: for a pool's thread, the loader's, or offline. Never on an audio thread.

pub mod bender;
pub mod latent;
pub mod measure;
pub mod runtime;
pub mod trial;
pub mod weights;
