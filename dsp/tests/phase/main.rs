//! Reconstructed phases reach the figures they were chosen for. Run with `--nocapture` to see them.

#![allow(clippy::unwrap_used)] // clippy.toml allows it in tests, but not in their helpers

mod figures;
mod streaming;
mod support;
