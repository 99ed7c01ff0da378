//! Shared by the integration tests of this crate: where ONNX Runtime lies, and a tiny autoencoder made
//! from nothing.
#![allow(dead_code)] // Each test binary uses its own part.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A failed expectation is a failed test.

pub mod export_models;
pub mod many_operators;
pub mod mutants;
pub mod naive_weights;
pub mod own_models;
pub mod stream_models;
pub mod tiny_metric;
pub mod tiny_model;
pub mod wide_model;

use std::path::PathBuf;

use netbend_models::Runtime;

/// The runtime that `cargo xtask setup` unpacked.
pub fn runtime() -> &'static Runtime {
    let folder = std::env::var_os("NETBEND_RESOURCES").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/Netbend.resources"),
        PathBuf::from,
    );
    Runtime::load(&[folder])
        .expect("run these tests with `cargo xtask test`, which sets up ONNX Runtime")
}
