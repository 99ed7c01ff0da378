//! A small VST3 host in this process: [`Bundle`] opens a `.vst3`, [`Plugin`] is one instance,
//! [`play`](Plugin::play) plays a sound through it, [`process`](Plugin::process) hands over a single
//! [`Block`] with whatever the format lets a host put there: null addresses, missing buses, changes out of order.
//!
//! Sounds, blocks, buses and automation are those of the CLAP [`host`](crate::host); values are normalised, from 0 to 1.
//!
//! # Thread model
//! Everything runs on the thread that created the instance, which stands for the host's main and
//! audio threads in turn. What the plugin asks for is done between blocks ([`Plugin::pump`]).

mod block;
mod bundle;
mod buses;
mod changes;
mod events;
mod half;
mod handler;
mod params;
mod play;
mod plugin;
mod preset;
mod state;
mod stream;
#[cfg(target_os = "linux")]
mod view;

pub use block::{Block, Buses};
pub use bundle::{Bundle, Class};
pub use buses::{Arrangement, BusInfo, Direction};
pub use changes::Changes;
pub use half::Half;
pub use params::{Param, Unit};
pub use play::{Beside, Play};
pub use plugin::{Mode, Plugin};
pub use preset::PresetFile;
pub use stream::{Stream, Trouble};
#[cfg(target_os = "linux")]
pub use view::View;
