//! What a stream of frames is: what both of its ends, the audio thread and the pool, agree on.
//!
//! | module | what it is |
//! |---|---|
//! | `controls` | the parameters' values, as they travel with a frame |
//! | `latency` | latency modes and the one latency formula |
//! | `morph` | controls between two settings |
//! | `shape` | what a stream is opened with |
//! | `source` | where controls come from |
//! | `waveform` | what a stream of a waveform model is opened with |

pub(crate) mod controls;
pub(crate) mod latency;
mod morph;
pub(crate) mod shape;
pub(crate) mod source;
pub(crate) mod waveform;
