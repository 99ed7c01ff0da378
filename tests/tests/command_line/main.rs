//! The built `netbend` command line, run as a program.

#![allow(clippy::unwrap_used)] // helpers fail the way tests do

mod bench;
mod cluster;
mod export;
mod files;
mod inspect;
mod model_hash;
mod netbend;
mod notes;
mod render;
mod sidechain;
mod surroundings;
mod trouble;
mod values;
mod variations;
mod waveform;
