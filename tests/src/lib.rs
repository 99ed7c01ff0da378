//! Netbend tested the way it is used: its built CLAP and VST3 plugins loaded by hosts, its built
//! command line run as a program.
//!
//! | module | what it is |
//! |---|---|
//! | [`host`] | a small CLAP host in this process; `cargo xtask demo` plays through it too |
//! | [`vst3`] | a small VST3 host in this process, which may say anything that the format allows |
//! | [`hosted`] | what both hosts have in common, for claims about both formats |
//! | [`sounding`] | the half of a plugin that plays, for a thread of its own |
//! | [`state`] | saved states, taken apart, spoilt and put together again |
//! | [`guard`] | what a thread does inside `process` that it is not to do |
//! | [`callbacks`] | calls of `process` drawn from a seed, with all that hosts do around them |
//! | [`fuzz`] | many spoilt states, one after the other |
//! | [`display`] | a virtual screen for editors to open on |
//! | `drag` | files dragged over an editor and dropped on it (Linux) |
//! | [`bus`] | one audio bus of a block, as odd as hosts make them |
//! | [`held`] | memory, threads and descriptors of this process |
//! | [`audio`] | multi-channel sound and WAV files |
//! | [`notes`] | notes as hosts play them |
//! | [`measure`] | level, null depth and delay of sounds |
//! | [`rendered`] | what the built command line makes of a sound |
//! | [`built`] | where the bundles and programs under test are |
//! | [`arguments`] | of the examples |
//! | [`alone`] | a test in a process of its own, with resources of its own |
//!
//! The tests themselves are in `tests/tests/`. They need the bundles: run `cargo xtask test`.

pub mod alone;
pub mod arguments;
pub mod audio;
pub mod built;
pub mod bus;
pub mod callbacks;
pub mod display;
#[cfg(target_os = "linux")]
pub mod drag;
pub mod fuzz;
pub mod guard;
pub mod held;
pub mod host;
pub mod hosted;
pub mod measure;
pub mod notes;
pub mod rendered;
pub mod sounding;
pub mod state;
pub mod vst3;
