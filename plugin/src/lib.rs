//! Netbend: bends a neural network while you play it.
//!
//! | module | thread | what it is |
//! |---|---|---|
//! | [`boundary`] | main and audio | what hosts of either format call: it makes whatever they pass safe for the plugin |
//! | [`plugin`] | main and audio | the plugin around everything below |
//! | [`hosted`] | any | what an instance of the plugin shares with the boundary |
//! | [`params`], [`controls`] | any | the parameters, and their values as they travel with a frame |
//! | [`latency`] | any | latency modes and the one latency formula |
//! | [`stream_shape`], [`model_facts`] | any, main | what a stream is opened with for a model, and what must be known of the model for it |
//! | [`processor`] | audio | samples ↔ frames, dry/wet, gain, guard |
//! | [`exchange`] | audio ↔ pool | the lock-free rings between the two |
//! | [`pool_thread`] | pool | that a thread is one of the pool, as a type |
//! | [`engine`] | pool, loader | the threads and models that all instances of a process share |
//! | [`worker`] | pool | what is done for one instance: the model, the bends, resynthesis |
//! | [`sound_clusters`] | any but audio | the clusters of a sound, as state, editor and worker share them |
//! | [`status`], [`scope`], [`cluster_labels`], [`model_facts`] | any | what the engine is doing, what its model is made of and what its clusters are called, for the editor |
//! | `model_hashes` | any but audio | which file has which hash |
//! | [`effort`] | any | how much work a stride is worth while deadlines are near |
//! | [`resources`] | main, loader | where ONNX Runtime and the models lie |
//! | [`editor`] | GUI | the window |
//! | [`measure`] | main | what Netbend costs, for benches and examples |
//! | [`standalone`] | main | the program with a window of its own, and what it remembers |
//! | [`cli`] | main | the `netbend` command line, on the same processor |

mod aside;
pub mod boundary;
pub mod cli;
pub mod cluster_labels;
pub mod controls;
pub mod editor;
pub mod effort;
pub mod engine;
pub mod exchange;
pub mod hosted;
pub mod latency;
mod left;
pub mod measure;
pub mod model_facts;
mod model_hashes;
pub mod model_parts;
pub mod params;
mod pinned;
pub mod plugin;
pub mod pool_thread;
mod priority;
pub mod processor;
pub mod resources;
pub mod scope;
pub mod sound_clusters;
pub mod standalone;
pub mod status;
pub mod stream_shape;
mod wake_up;
pub mod worker;

pub use plugin::Netbend;
