//! What lies in files: ONNX Runtime, the models and the presets, and what must be known of a model before it is loaded.
//!
//! | module | thread | what it is |
//! |---|---|---|
//! | `folders` | main, worker | where ONNX Runtime and the models lie |
//! | `format` | main | what a stream must know of a model, read from its file's outline |
//! | `hashes` | any but audio | which file has which hash |
//! | `library` | main, and a thread that scans | the presets there are |

mod folders;
pub(crate) mod format;
pub(crate) mod hashes;
pub(crate) mod library;
pub(crate) mod shelf;

#[cfg(test)]
pub(crate) use folders::VARIABLE;
pub(crate) use folders::model_files;
pub use folders::{DEFAULT_MODEL, PARTS_MODEL, Resources, user_folder};
