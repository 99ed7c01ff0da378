//! The built CLAP plugin, loaded and played as a host does.

#![allow(clippy::unwrap_used)] // helpers fail the way tests do

mod automation;
mod bends;
mod blocks;
mod clicks;
mod control_to_sound;
mod fixture;
mod freedom;
mod latency;
mod loading;
mod loudness;
mod neighbours;
mod parameters;
mod remote;
mod repeats;
mod sidechain;
mod state;
mod tail;
mod transients;
mod unbent;
