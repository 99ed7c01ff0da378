//! Netbend: bends a neural network while you play it.
//!
//! This crate is the plugin. What other programs of Netbend need of it is [`offline`]; the standalone program plays an [`Instance`] of it.
//!
//! Its rooms, from the ground up; each stands on those above it in this list:
//!
//! | module | thread | what it is |
//! |---|---|---|
//! | `threads` | any but audio | threads and how they treat each other |
//! | `resources` | any but audio | where ONNX Runtime and the models lie, and what must be known of a model |
//! | `stream` | any | what a stream is: controls that travel with a frame, latency, shape |
//! | `modulation` | audio | what moves by itself, frame by frame |
//! | `params` | any | the parameters, presets, the clusters of a sound |
//! | `report` | any | what the engine is doing, for the editor and other programs |
//! | `player` | audio and any | the standalone program's loop in place of a device's input |
//! | `keep` | audio and any | the last minute of what went in and out, and what is kept of it |
//! | `exchange` | audio ↔ pool | the lock-free rings between the two |
//! | `processor` | audio | samples ↔ frames, dry/wet, gain, guard |
//! | `worker` | pool | what is done for one instance: the model, the bends, resynthesis |
//! | `engine` | pool, loader | the threads and models that all instances of a process share |
//! | `audition` | any but audio and pool | settings tried out before they are heard: dice |
//! | `editor` | GUI | the window |
//! | `host` | main and audio | what hosts see: the plugin, and the boundary around it |
//! | [`offline`] | main | the plugin without a host |

#![cfg_attr(
    not(test),
    deny(
        clippy::cast_lossless,
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss
    )
)]

mod audition;
mod editor;
mod engine;
mod error;
mod exchange;
mod host;
mod keep;
mod modulation;
pub mod offline;
mod params;
mod player;
mod processor;
mod report;
mod resources;
mod stream;
mod threads;
mod worker;

pub use host::instance::Instance;
pub use host::plugin::Netbend;
pub use nice_plug_egui::{Times, take_times};
pub use player::{Deck, Loop, Player, Shown, Tempo, Wish};
pub use resources::user_folder;
