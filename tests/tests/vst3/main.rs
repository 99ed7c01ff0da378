//! The built VST3 plugin in a host that does all that the format allows.
//!
//! What takes the whole process down when it goes wrong is in a process of its own: see [`netbend_tests::alone`].

#![allow(clippy::unwrap_used)] // helpers fail the way tests do

mod arrangements;
mod blocks;
mod buses;
mod fixture;
mod offline;
mod parameters;
mod presets;
mod streams;
