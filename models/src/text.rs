//! Text files as people's programs write them: UTF-8, or UTF-16 with a byte order mark as some Windows shells write it.

use std::io::{Error, ErrorKind, Read as _};
use std::path::Path;

/// Bytes of a text file that are read at most.
pub const MOST_BYTES: u64 = 16 << 20;

/// The text of the file at `path`, without a byte order mark.
///
/// # Errors
/// What the system says; [`ErrorKind::InvalidData`] where the file is no text, [`ErrorKind::FileTooLarge`] beyond [`MOST_BYTES`].
pub fn read_text(path: &Path) -> Result<String, Error> {
    decode(&read_bytes(path)?)
}

/// The bytes of the file at `path`, read no further than a text may be long.
///
/// # Errors
/// As [`read_text`].
pub(crate) fn read_bytes(path: &Path) -> Result<Vec<u8>, Error> {
    let file = std::fs::File::open(path)?;
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        let message = format!("longer than {} MB; expected a text file", MOST_BYTES >> 20);
        return Err(Error::new(ErrorKind::FileTooLarge, message));
    }
    Ok(bytes)
}

/// The text that `bytes` are.
///
/// # Errors
/// [`ErrorKind::InvalidData`] where they are none.
pub(crate) fn decode(bytes: &[u8]) -> Result<String, Error> {
    let invalid = |message: String| Error::new(ErrorKind::InvalidData, message);
    let utf_16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let (pairs, rest) = bytes.as_chunks::<2>();
        let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
        match String::from_utf16(&units) {
            Ok(text) if rest.is_empty() => Ok(text),
            _ => Err(invalid(
                "begins as UTF-16 and is none; save it as UTF-8".into(),
            )),
        }
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf_16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf_16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] | rest => match std::str::from_utf8(rest) {
            Ok(text) => Ok(text.to_owned()),
            Err(error) => {
                let before = &rest[..error.valid_up_to()];
                let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
                Err(invalid(format!(
                    "line {line} is not valid UTF-8; save the file as UTF-8"
                )))
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_in_every_usual_encoding() {
        let text = "mix: 0.5 # wärmer\r\n";
        let utf_16 = |unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
            let units = std::iter::once(0xfeff).chain(text.encode_utf16());
            units.flat_map(unit).collect()
        };
        let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        for bytes in [
            text.as_bytes().to_vec(),
            marked,
            utf_16(u16::to_le_bytes),
            utf_16(u16::to_be_bytes),
        ] {
            assert_eq!(decode(&bytes).unwrap(), text);
        }
    }

    #[test]
    fn what_is_no_text_is_said_to_be_none() {
        for (bytes, expected) in [
            (&b"a: 1\nb: \xe4\n"[..], "line 2"),
            (b"\xff\xfea", "UTF-16"),
            (b"\xff\xfe\x00\xd8", "UTF-16"),
        ] {
            let error = decode(bytes).unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
        }
    }
}
