//! Bytes to text: UTF-8 with or without a byte order mark, and UTF-16 of either byte order.

use std::char::DecodeUtf16Error;

/// Why bytes are no text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoText {
    /// Some byte is none of UTF-8.
    #[error("byte {byte:#04x} in line {line} is not UTF-8")]
    NotUtf8 {
        /// The byte.
        byte: u8,
        /// Where, counted from 1.
        line: usize,
    },
    /// An odd number of bytes.
    #[error("it begins as UTF-16 and ends within a character")]
    HalfUtf16,
    /// One half of a pair of surrogates.
    #[error("it begins as UTF-16, of which {0}")]
    NotUtf16(DecodeUtf16Error),
    /// A character that no text holds.
    #[error("line {line} holds a byte of 0")]
    Zero {
        /// Where, counted from 1.
        line: usize,
    },
}

/// The text that `bytes` are, or why they are none.
pub(crate) fn decode(bytes: Vec<u8>) -> Result<String, NoText> {
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

fn utf_8(bytes: Vec<u8>) -> Result<String, NoText> {
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..at]
            .iter()
            .filter(|b| **b == b'\n')
            .count()
            + 1;
        NoText::NotUtf8 {
            byte: error.as_bytes()[at],
            line,
        }
    })?;
    no_zeros(text)
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, NoText> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(NoText::HalfUtf16);
    }
    let units = pairs.iter().map(|pair| unit(*pair));
    let text: Result<String, _> = char::decode_utf16(units).collect();
    no_zeros(text.map_err(NoText::NotUtf16)?)
}

fn no_zeros(text: String) -> Result<String, NoText> {
    match text.lines().position(|line| line.contains('\0')) {
        Some(line) => Err(NoText::Zero { line: line + 1 }),
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
            let said = decode(bytes.to_vec()).unwrap_err().to_string();
            assert!(said.contains(expected), "{expected}: {said}");
        }
    }
}
