//! Text files that people write: sidecars, presets, cluster files, automation.
//!
//! UTF-8 with or without a byte order mark, and UTF-16, which PowerShell's `>` writes, of either byte order. A file is read no further than
//! [`MOST_BYTES`].

mod decode;
pub mod file;
pub mod kind;
pub mod line;
pub mod nearest;
pub(crate) mod yaml;

use std::io::Read as _;
use std::path::{Path, PathBuf};

pub use decode::NoText;
use decode::decode;

/// Bytes of a file that are read at most.
pub const MOST_BYTES: u64 = 1 << 20;

/// Why a text could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// The system would not.
    #[error("{path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is longer than [`MOST_BYTES`].
    #[error("{path} has more than {MOST_BYTES} bytes; a text of that size is none of Netbend's")]
    TooLong {
        /// The file.
        path: PathBuf,
    },
    /// It is no text.
    #[error("{path} is not text: {what}; save it as UTF-8")]
    NotText {
        /// The file.
        path: PathBuf,
        /// Why.
        what: NoText,
    },
}

/// The text of the file at `path`, without a byte order mark.
///
/// # Errors
/// [`TextError`].
pub fn read_text(path: &Path) -> Result<String, TextError> {
    let failed = |source| TextError::Read {
        path: path.to_owned(),
        source,
    };
    let file = std::fs::File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(TextError::TooLong {
            path: path.to_owned(),
        });
    }
    decode(bytes).map_err(|what| TextError::NotText {
        path: path.to_owned(),
        what,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "name: größe 𝄞\nlayer: 1\r\n";

    #[test]
    fn files_are_read_up_to_a_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.yaml");
        let marked = format!("\u{feff}{TEXT}");
        let utf_16: Vec<u8> = marked.encode_utf16().flat_map(u16::to_le_bytes).collect();
        std::fs::write(&path, utf_16).unwrap();
        assert_eq!(read_text(&path).unwrap(), TEXT);
        std::fs::write(&path, vec![b'a'; MOST_BYTES as usize + 1]).unwrap();
        assert!(
            read_text(&path)
                .unwrap_err()
                .to_string()
                .contains("more than")
        );
        std::fs::write(&path, b"\xff").unwrap();
        let said = read_text(&path).unwrap_err().to_string();
        assert!(
            said.contains("a.yaml is not text") && said.contains("save it as UTF-8"),
            "{said}"
        );
        assert!(read_text(&folder.path().join("none")).is_err());
    }
}
