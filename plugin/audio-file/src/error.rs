//! What can be wrong with an audio file.

use std::io;

/// Why a file was not read or written. Messages say what was found and what to do; the caller adds the file's name.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The system refused.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The file is something else.
    #[error("this is {0}; expected an audio file")]
    NotAudio(String),
    /// The file is audio of a kind that is not read, or not without help.
    #[error("{0}")]
    Unsupported(String),
    /// The file is audio, and too broken to be read.
    #[error("{0}")]
    Damaged(String),
    /// The file holds more than is read into memory.
    #[error(
        "the file holds more than {} million samples over all channels, which is more than Netbend reads into memory; cut it \
         into shorter files", crate::limits::MAX_SAMPLES / 1_000_000
    )]
    TooLong,
    /// The output's name, folder or format cannot be.
    #[error("{0}")]
    Output(String),
}

impl Error {
    pub(crate) fn damaged(text: impl Into<String>) -> Self {
        Self::Damaged(text.into())
    }

    pub(crate) fn unsupported(text: impl Into<String>) -> Self {
        Self::Unsupported(text.into())
    }
}
