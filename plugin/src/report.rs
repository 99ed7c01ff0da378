//! What the engine and the worker tell the editor and other programs of themselves. Any thread may read it.
//!
//! | module | what it is |
//! |---|---|
//! | `status` | what the engine is doing |
//! | `magma` | the colours of levels |
//! | `maps` | what the network's layers did in the last second |
//! | `meters` | peaks that went in and out |
//! | `quality` | how much work a stride is worth while deadlines are near |
//! | `recent` | the last moments of the input |
//! | `scope` | the last seconds of input and output |
//! | `layout`, `labels` | what the model is made of, and what its clusters are called |

pub(crate) mod labels;
pub(crate) mod layout;
pub(crate) mod magma;
pub(crate) mod maps;
pub(crate) mod meters;
pub(crate) mod quality;
pub(crate) mod recent;
pub(crate) mod scope;
pub(crate) mod status;
