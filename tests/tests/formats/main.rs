//! What holds in both formats: states that have been tampered with, the parts mixer, and the editor.

#![allow(clippy::unwrap_used)] // helpers fail the way tests do

#[cfg(target_os = "linux")]
mod cards;
mod ceiling;
#[cfg(target_os = "linux")]
mod dice;
mod discovery;
mod drawn;
#[cfg(target_os = "linux")]
mod drops;
#[cfg(target_os = "linux")]
mod editor;
#[cfg(target_os = "linux")]
mod kept;
#[cfg(target_os = "linux")]
mod keys;
mod modulators;
mod morph;
mod mutations;
#[cfg(target_os = "linux")]
mod network;
mod notes;
#[cfg(target_os = "linux")]
mod pads;
mod parts;
#[cfg(target_os = "linux")]
mod pictures;
#[cfg(target_os = "linux")]
mod presets;
mod rates;
#[cfg(target_os = "linux")]
mod saved;
#[cfg(target_os = "linux")]
mod shown;
mod sound;
mod states;
#[cfg(target_os = "linux")]
mod steps;
mod waveform;
#[cfg(target_os = "linux")]
mod window;
