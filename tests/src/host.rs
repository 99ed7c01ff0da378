//! A small CLAP host in this process, as patient as a DAW's bounce: [`Bundle`] opens a `.clap`,
//! [`Plugin`] is one instance, [`render`](Plugin::render) plays a sound through it.
//!
//! # Thread model
//! Everything runs on the thread that created the instance, which stands for the host's main and
//! audio threads in turn. What the plugin asks of the main thread is done between blocks
//! ([`Plugin::pump`]).

mod bundle;
#[cfg(target_os = "linux")]
mod editor;
mod error;
mod free;
mod half;
mod handlers;
mod layout;
mod params;
mod plugin;
mod presets;
mod remote;
mod render;
mod state;

pub use bundle::{Bundle, Descriptor};
pub use error::HostError;
pub use half::Half;
pub use handlers::Heard;
pub use layout::{Layout, Port};
pub(crate) use params::change;
pub use params::{Param, param_id};
pub use plugin::{Plugin, Sidechain};
pub use presets::{Folder, Preset, Presets, Refused};
pub use remote::RemotePage;
pub use render::{Automation, Blocks, Point};
