//! Netbend: bends a neural network while you play it.
//!
//! This crate is the plugin, for hosts and as a program of its own. What other programs of Netbend need of it is [`offline`].
//!
//! | module | thread | what it is |
//! |---|---|---|
//! | `boundary` | main and audio | what hosts of either format call: it makes whatever they pass safe for the plugin |
//! | `plugin` | main and audio | the plugin around everything below |
//! | `hosted` | any | what an instance of the plugin shares with the boundary |
//! | `params`, `controls` | any | the parameters, and their values as they travel with a frame |
//! | `latency` | any | latency modes and the one latency formula |
//! | `stream_shape`, `model_facts` | any, main | what a stream is opened with for a model, and what must be known of the model for it |
//! | `processor` | audio | samples ↔ frames, dry/wet, gain, guard |
//! | `exchange` | audio ↔ pool | the lock-free rings between the two |
//! | `engine` | pool, loader | the threads and models that all instances of a process share |
//! | `worker` | pool | what is done for one instance: the model, the bends, resynthesis |
//! | `sound_clusters` | any but audio | the clusters of a sound, as state, editor and worker share them |
//! | `status`, `scope`, `cluster_labels`, `model_facts` | any | what the engine is doing, what its model is made of and what its clusters are called, for the editor |
//! | `model_hashes` | any but audio | which file has which hash |
//! | `effort` | any | how much work a stride is worth while deadlines are near |
//! | `resources` | main, worker | where ONNX Runtime and the models lie |
//! | `editor` | GUI | the window |
//! | [`standalone`] | main | the program with a window of its own, and what it remembers |
//! | [`offline`] | main | the plugin without a host |

mod aside;
mod bell;
mod boundary;
mod cluster_labels;
mod controls;
mod editor;
mod effort;
mod engine;
mod exchange;
mod hosted;
mod latency;
mod left;
mod linked;
mod model_facts;
mod model_hashes;
mod model_parts;
pub mod offline;
mod params;
mod pinned;
mod plugin;
mod priority;
mod processor;
mod resources;
mod scope;
mod sound_clusters;
pub mod standalone;
mod status;
mod stream_shape;
mod worker;

pub use plugin::Netbend;
