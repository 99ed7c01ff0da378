//! What the engine and the worker tell the editor and other programs of themselves. Any thread may read it.
//!
//! | module | what it is |
//! |---|---|
//! | `status` | what the engine is doing |
//! | `quality` | how much work a stride is worth while deadlines are near |
//! | `scope` | the last seconds of input and output |
//! | `layout`, `labels` | what the model is made of, and what its clusters are called |

pub(crate) mod labels;
pub(crate) mod layout;
pub(crate) mod quality;
pub(crate) mod scope;
pub(crate) mod status;
