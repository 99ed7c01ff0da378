//! Text files that are given by hand: whatever else was given in their place is told apart.

use std::io::{self, Read as _};
use std::path::Path;

use super::decode::{NoText, decode};
use super::kind::{MOST_BYTES, of_bytes};

/// What is wrong with a file that was given.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WrongFile {
    /// The system would not.
    #[error(transparent)]
    Read(#[from] io::Error),
    /// It is no regular file.
    #[error("{found} found; expected {expected}")]
    NoFile {
        /// What it is.
        found: &'static str,
        /// What it should be.
        expected: String,
    },
    /// It is surely no text.
    #[error("this is {what}; expected {expected}")]
    OfAnotherKind {
        /// What it is, and where it belongs.
        what: &'static str,
        /// What it should be.
        expected: String,
    },
    /// It is longer than any text of Netbend's.
    #[error("more than {} MB found; expected {expected}, which is never so long", MOST_BYTES >> 20)]
    TooLong {
        /// What it should be.
        expected: String,
    },
    /// It is no text.
    #[error("this is not text ({what}); expected {expected}, saved as UTF-8")]
    NotText {
        /// Why.
        what: NoText,
        /// What it should be.
        expected: String,
    },
}

/// The text of a file that is to be `expected` (`a preset`).
///
/// # Errors
/// [`WrongFile`].
pub fn file_text(path: &Path, expected: &str) -> Result<String, WrongFile> {
    refuse_no_file(path, expected)?;
    let expected = || expected.to_owned();
    // Read once: the file may be a pipe.
    let mut bytes = Vec::new();
    std::fs::File::open(path).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes))?;
    if let Some(what) = of_bytes(&bytes) {
        return Err(WrongFile::OfAnotherKind {
            what,
            expected: expected(),
        });
    }
    if bytes.len() as u64 > MOST_BYTES {
        return Err(WrongFile::TooLong {
            expected: expected(),
        });
    }
    decode(bytes).map_err(|what| WrongFile::NotText {
        what,
        expected: expected(),
    })
}

/// Refuses what is no regular file, which might never end or wait for ever, but a pipe that the program was started with: `<(…)` of a shell,
/// or its standard input.
///
/// # Errors
/// [`WrongFile::NoFile`], or [`WrongFile::Read`] where the system says nothing of `path`.
pub fn refuse_no_file(path: &Path, expected: &str) -> Result<(), WrongFile> {
    let about = std::fs::metadata(path)?;
    let found = if about.is_file() || is_handed_over(path, &about) {
        return Ok(());
    } else if about.is_dir() {
        "a folder"
    } else {
        "a pipe or a device"
    };
    Err(WrongFile::NoFile {
        found,
        expected: expected.to_owned(),
    })
}

/// Whether this is a pipe whose other end is there already.
#[cfg(unix)]
fn is_handed_over(path: &Path, about: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    let descriptors = ["/dev/fd", "/dev/stdin", "/proc/self/fd"];
    about.file_type().is_fifo() && descriptors.iter().any(|folder| path.starts_with(folder))
}

/// Elsewhere pipes have no names among files.
#[cfg(not(unix))]
fn is_handed_over(_: &Path, _: &std::fs::Metadata) -> bool {
    false
}
