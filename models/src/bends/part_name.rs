//! What a part of the mix is called: kick, snare, hats.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};

/// Most parts that a model may have.
pub const MOST_PARTS: usize = 8;
/// Bytes of a name at most.
pub const LONGEST_PART_NAME: usize = 32;

/// The name of a part: one to [`LONGEST_PART_NAME`] bytes that can be printed, without space at either end.
///
/// # Real-time safety
/// Plain data: a copy allocates nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartName {
    /// Zero behind the name.
    bytes: [u8; LONGEST_PART_NAME],
    length: u8,
}

impl PartName {
    /// The name that `text` is; `None` where it is too long, empty, has space around it or cannot be printed.
    pub fn new(text: &str) -> Option<Self> {
        let mut bytes = [0; LONGEST_PART_NAME];
        let length = u8::try_from(text.len()).ok().filter(|length| *length > 0)?;
        if text.trim() != text || text.chars().any(char::is_control) {
            return None;
        }
        bytes
            .get_mut(..text.len())?
            .copy_from_slice(text.as_bytes());
        Some(Self { bytes, length })
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        let bytes = self.bytes.get(..usize::from(self.length));
        bytes.map_or("", |bytes| std::str::from_utf8(bytes).unwrap_or(""))
    }

    /// Whether `text` is this name, in whatever case.
    pub fn is_said_by(&self, text: &str) -> bool {
        self.as_str().to_lowercase() == text.trim().to_lowercase()
    }
}

impl fmt::Display for PartName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl fmt::Debug for PartName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), formatter)
    }
}

impl Serialize for PartName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for PartName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text).ok_or_else(|| {
            D::Error::custom(format!(
                "a part's name of {} bytes found; expected 1 to {LONGEST_PART_NAME} that can be printed, without space around them",
                text.len()
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_it_was_made_of() {
        let longest = "x".repeat(LONGEST_PART_NAME);
        for text in ["hats", "bass drum", "Glöckchen", "808", longest.as_str()] {
            let name = PartName::new(text).unwrap();
            assert_eq!((name.as_str(), name.to_string().as_str()), (text, text));
        }
        assert_eq!(PartName::new("hats"), PartName::new("hats"));
        assert_ne!(PartName::new("hats"), PartName::new("hat"));
        assert!(PartName::new("Hats").unwrap().is_said_by(" hATS "));
    }

    #[test]
    fn what_is_no_name_makes_none() {
        let long = "x".repeat(LONGEST_PART_NAME + 1);
        for text in ["", " ", " hats", "hats ", "ha\nts", "ha\0ts", long.as_str()] {
            assert_eq!(PartName::new(text), None, "{text:?}");
        }
        assert_eq!(PartName::new(&"x".repeat(300)), None);
    }
}
