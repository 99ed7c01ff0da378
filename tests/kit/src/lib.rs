//! What the tests of several crates share: where ONNX Runtime lies, small models made from nothing, spoilt ones, bends drawn from a seed.
//!
//! It knows models and no plugin, so that the tests of both can use it.

#![allow(clippy::unwrap_used, clippy::expect_used)] // A failed expectation is a failed test.

pub mod changes;
pub mod export_models;
pub mod many_operators;
pub mod mutants;
pub mod naive_weights;
pub mod own_models;
pub mod parted;
pub mod routes;
pub mod slow_model;
pub mod stream_models;
pub mod tiny_metric;
pub mod tiny_model;
pub mod waveform_model;
pub mod wide_model;

use std::path::PathBuf;

use netbend_models::Runtime;

/// The runtime that `cargo xtask setup` unpacked.
///
/// # Panics
/// If it is not there: a test without it must not pass.
pub fn runtime() -> &'static Runtime {
    let folder = std::env::var_os("NETBEND_RESOURCES").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/Netbend.resources"),
        PathBuf::from,
    );
    Runtime::load(&[folder])
        .expect("run these tests with `cargo xtask test`, which sets up ONNX Runtime")
}
