//! Models and bending: reads a model package, checks it, puts bend nodes behind the layers of its
//! decoder, runs it through ONNX Runtime, and reads and writes the presets that say what to bend.
//!
//! # Thread model
//! Everything here runs on a pool's or the loader's thread or offline, never on an audio thread. [`bends::BendFrame`]
//! is plain data that an audio thread may fill in and send.
//!
//! # The rooms, from the ground up
//! Each uses those above it in this list; `cargo xtask layers` holds the code to that.
//!
//! | room | what it knows |
//! |---|---|
//! | [`text`] | text files that people write: encodings, YAML, misspelt names |
//! | [`identity`] | what a model is called: a name, and the hash of its file |
//! | [`mod@error`] | what can go wrong, panics of libraries included |
//! | [`bends`] | what a bend is: transforms, selections, bends of weights, the keys of sound. No model, no file |
//! | [`onnx`] | graphs as data: read with bounds, checked, their shapes inferred, cut |
//! | [`package`] | a checked model before any runtime: manifest, sidecar, adaption |
//! | [`node`] | the bend node: the program it reads, the operator it is, its place in a graph |
//! | `incremental` | graphs that compute what is new in a stride alone |
//! | [`run`] | sessions of ONNX Runtime, and a model ready to run |
//! | [`mod@waveform`] | models of sound itself, block by block |
//! | [`cluster`] | which features belong together |
//! | [`preset`] | a set of bends as YAML |
//! | [`export`] | a bent model as a model |
//!
//! # The way of a model
//! A file that holds a [`manifest`](package::manifest) is taken as it is. For any other there must be a [`sidecar`](package::sidecar)
//! beside it, with whose help its graph is brought into the same form when it is loaded ([`package`]); whatever comes after
//! knows one kind of model only.
//!
//! # The way of a bend
//! [`preset`] (YAML) or plugin slots → [`bends::BendFrame`] per frame → [`node::program::ProgramBuilder`]
//! (features, amounts) → [`node::program::Program`] (a tensor) → [`node::operator`] (inside the graph). Bends of the
//! decoder's weights go their own way: [`bends::weights`] → [`node::weights`] → [`run::weights`].

#![cfg_attr(
    not(test),
    deny(
        clippy::cast_lossless,
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss
    )
)]

pub mod bends;
pub mod cluster;
pub mod error;
pub mod export;
pub mod identity;
mod incremental;
pub mod node;
pub mod onnx;
pub mod package;
pub mod preset;
pub mod run;
pub mod text;
pub mod waveform;

#[cfg(test)]
mod test_support;

pub use error::{ModelError, PresetError, RuntimeError};
pub use package::Package;
pub use package::format::{ModelFormat, WaveformFormat};
pub use package::manifest::Manifest;
pub use preset::Preset;
pub use run::bender::Bender;
pub use run::runtime::Runtime;
pub use waveform::{AnyPackage, WaveformPackage, WaveformPlayer};
