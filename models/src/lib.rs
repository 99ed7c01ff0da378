//! Models and bending: reads a model package, checks it, puts bend nodes behind the layers of its
//! decoder, runs it through ONNX Runtime, and reads and writes the presets that say what to bend.
//!
//! # Thread model
//! Everything here runs on a worker thread or offline, never on an audio thread. [`bend::BendFrame`]
//! is plain data that an audio thread may fill in and send.
//!
//! # The way of a model
//! A file that holds a [`manifest`] is taken as it is. For any other there must be a [`sidecar`] beside it, with
//! whose help its graph is brought into the same form when it is loaded ([`package`]); whatever comes after
//! knows one kind of model only.
//!
//! # The way of a bend
//! [`preset`] (YAML) or plugin slots → [`bend::BendFrame`] per frame → [`program::ProgramBuilder`]
//! (features, amounts) → [`program::Program`] (a tensor) → [`operator`] (inside the graph). Bends of the
//! decoder's weights go their own way: [`weights`].

mod adapt;
pub mod bend;
pub mod bender;
pub mod cluster;
pub mod error;
pub mod export;
pub mod facts;
pub mod fault;
pub mod identity;
pub mod inject;
pub mod latent;
pub mod manifest;
pub mod measure;
pub mod nearest;
pub mod onnx;
pub mod operator;
pub mod package;
pub mod preset;
pub mod program;
pub mod runtime;
pub mod selection;
pub mod sidecar;
pub mod sound;
mod stream;
pub mod text;
pub mod text_kind;
pub mod transform;
pub mod trial;
pub mod weights;
mod yaml;

#[cfg(test)]
mod test_support;

pub use bender::Bender;
pub use error::{ModelError, RuntimeError};
pub use facts::ModelFacts;
pub use manifest::Manifest;
pub use package::Package;
pub use preset::Preset;
pub use runtime::Runtime;
