//! Netbend tested the way it is used: its built CLAP plugin loaded by a host, its built command
//! line run as a program.
//!
//! | module | what it is |
//! |---|---|
//! | [`host`] | a small CLAP host in this process; `cargo xtask demo` plays through it too |
//! | [`audio`] | multi-channel sound and WAV files |
//! | [`measure`] | level, null depth and delay of sounds |
//! | [`built`] | where the bundles and programs under test are |
//! | [`alone`] | a test in a process of its own, with resources of its own |
//!
//! The tests themselves are in `tests/tests/`. They need the bundles: run `cargo xtask test`.

pub mod alone;
pub mod audio;
pub mod built;
pub mod host;
pub mod measure;
