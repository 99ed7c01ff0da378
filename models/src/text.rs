//! Text files that people write: sidecars, presets, cluster files, automation.
//!
//! UTF-8 with or without a byte order mark, and UTF-16, which PowerShell's `>` writes, of either byte order. A file is read no further than
//! [`MOST_BYTES`].

pub mod kind;
pub mod nearest;
pub(crate) mod yaml;

use std::io::Read as _;
use std::path::{Path, PathBuf};

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
        /// What was found.
        what: String,
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

/// The text that `bytes` are, or why they are none.
pub(crate) fn decode(bytes: Vec<u8>) -> Result<String, String> {
    match bytes.as_slice() {
        [0xef, 0xbb, 0xbf, text @ ..] => utf_8(text.to_vec()),
        [0xff, 0xfe, text @ ..] => utf_16(text, u16::from_le_bytes),
        [0xfe, 0xff, text @ ..] => utf_16(text, u16::from_be_bytes),
        // Without a mark: every other byte of what is mostly ASCII is 0.
        text if mostly_zero(text, 1) => utf_16(text, u16::from_le_bytes),
        text if mostly_zero(text, 0) => utf_16(text, u16::from_be_bytes),
        _ => utf_8(bytes),
    }
}

/// Whether most of the bytes at places `first`, `first` + 2 … are 0, and few of those between.
fn mostly_zero(bytes: &[u8], first: usize) -> bool {
    let zeros = |first: usize| {
        bytes
            .iter()
            .skip(first)
            .step_by(2)
            .filter(|b| **b == 0)
            .count()
    };
    let pairs = bytes.len() / 2;
    bytes.len().is_multiple_of(2)
        && pairs >= 2
        && zeros(first) * 10 > pairs * 7
        && zeros(1 - first) * 10 < pairs
}

fn utf_8(bytes: Vec<u8>) -> Result<String, String> {
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..at]
            .iter()
            .filter(|b| **b == b'\n')
            .count()
            + 1;
        format!(
            "byte {:#04x} in line {line} is not UTF-8",
            error.as_bytes()[at]
        )
    })?;
    no_zeros(text)
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err("it begins as UTF-16 and ends within a character".into());
    }
    let units = pairs.iter().map(|pair| unit(*pair));
    let text: Result<String, _> = char::decode_utf16(units).collect();
    no_zeros(text.map_err(|error| format!("it begins as UTF-16, of which {error}"))?)
}

fn no_zeros(text: String) -> Result<String, String> {
    match text.lines().position(|line| line.contains('\0')) {
        Some(line) => Err(format!("line {} holds a byte of 0", line + 1)),
        None => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "name: größe 𝄞\nlayer: 1\r\n";

    fn utf_16_of(text: &str, bytes: fn(u16) -> [u8; 2], mark: bool) -> Vec<u8> {
        let mark = mark.then_some(0xfeff);
        mark.into_iter()
            .chain(text.encode_utf16())
            .flat_map(bytes)
            .collect()
    }

    #[test]
    fn the_same_text_is_read_however_it_was_saved() {
        let marked = [b"\xef\xbb\xbf", TEXT.as_bytes()].concat();
        let little = u16::to_le_bytes;
        let big = u16::to_be_bytes;
        for bytes in [
            TEXT.as_bytes().to_vec(),
            marked,
            utf_16_of(TEXT, little, true),
            utf_16_of(TEXT, big, true),
            utf_16_of(TEXT, little, false),
            utf_16_of(TEXT, big, false),
        ] {
            assert_eq!(decode(bytes).as_deref(), Ok(TEXT));
        }
        for nothing in [&b""[..], b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"] {
            assert_eq!(decode(nothing.to_vec()).as_deref(), Ok(""));
        }
        assert_eq!(decode(b"a".to_vec()).as_deref(), Ok("a"));
    }

    #[test]
    fn what_is_no_text_says_why() {
        for (bytes, expected) in [
            (&b"a: 1\nb: \xe9\n"[..], "0xe9 in line 2"),
            (b"\xff\xfea\0b", "within a character"),
            (b"\xff\xfe\x00\xd8a\0", "UTF-16, of which"),
            (b"a: 1\nb\0: 2\nccccc", "line 2 holds a byte of 0"),
            (b"RIFF\xff\x00\x00\x01", "is not UTF-8"),
            (&[0; 64], "byte of 0"),
        ] {
            let said = decode(bytes.to_vec()).unwrap_err();
            assert!(said.contains(expected), "{expected}: {said}");
        }
    }

    #[test]
    fn files_are_read_up_to_a_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.yaml");
        std::fs::write(&path, utf_16_of(TEXT, u16::to_le_bytes, true)).unwrap();
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
