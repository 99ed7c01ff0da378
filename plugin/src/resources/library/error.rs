//! What may be done with presets, and why it cannot be.

use std::io;

use netbend_models::error::PresetError;

/// Whether another preset of that name may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// It may not.
    New,
    /// It goes to those that were removed.
    InPlaceOf,
}

/// Why something cannot be done with a preset.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LibraryError {
    /// The system names no folder for the user's data.
    #[error("the system names no folder for your data")]
    NoFolder,
    /// It has no name.
    #[error("it has no name; type one")]
    NoName,
    /// There is one of that name.
    #[error("there is a preset `{0}` already")]
    Exists(String),
    /// It is not the user's.
    #[error("it came with Netbend and stays as it is; save your own under another name")]
    Factory,
    /// Its file cannot be read.
    #[error(transparent)]
    Preset(#[from] PresetError),
    /// The system would not write it.
    #[error("it cannot be written: {0}")]
    Write(io::Error),
}
