//! Reading one value of a preset, or saying on which line it is none.

use serde::{Deserialize, Deserializer};
use serde_saphyr::Spanned;

use crate::error::PresetError;
use crate::text::nearest::{did_you_mean, quoted};

/// A key that may be left out, but not left blank: a blank value would be another one than was meant.
pub(super) fn given<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    T::deserialize(deserializer).map(Some)
}

/// Reads values of a file.
pub(super) struct Reader<'a> {
    /// Its name, for errors.
    pub(super) file: &'a str,
}

impl Reader<'_> {
    pub(super) fn error<T>(&self, at: &Spanned<T>, message: String) -> PresetError {
        PresetError {
            file: self.file.to_owned(),
            line: at.referenced.line(),
            message,
        }
    }

    /// What stands beneath `key`, if that is there.
    pub(super) fn group<'f, T>(
        &self,
        key: &str,
        found: Option<&'f Spanned<Option<T>>>,
        expected: &str,
    ) -> Result<Option<&'f T>, PresetError> {
        match found {
            None => Ok(None),
            Some(found) => match &found.value {
                Some(value) => Ok(Some(value)),
                None => {
                    let message =
                        format!("key `{key}` is left blank; expected {expected}, or no such key");
                    Err(self.error(found, message))
                }
            },
        }
    }

    /// What to say of a word that is none of those `known`.
    pub(super) fn word(&self, key: &str, found: &str, known: &[&str]) -> String {
        let list = format!("expected one of {}", known.join(", "));
        let hint = did_you_mean(found, known.iter().copied(), String::new);
        let hint = if hint.is_empty() {
            hint
        } else {
            format!("; {hint}")
        };
        format!("{key} `{}` found; {list}{hint}", quoted(found))
    }

    /// A number in 0–1.
    pub(super) fn unit(
        &self,
        key: &str,
        found: Option<&Spanned<f64>>,
        default: f32,
    ) -> Result<f32, PresetError> {
        match found {
            None => Ok(default),
            Some(number) if (0.0..=1.0).contains(&number.value) => Ok(number.value as f32),
            Some(number) => Err(self.error(
                number,
                format!("{key} {} found; expected 0 to 1", number.value),
            )),
        }
    }

    /// A number within `range`, counted in `unit`.
    pub(super) fn number(
        &self,
        key: &str,
        found: Option<&Spanned<f64>>,
        default: f32,
        (least, most): (f32, f32),
        unit: &str,
    ) -> Result<f32, PresetError> {
        match found {
            None => Ok(default),
            Some(number) if (f64::from(least)..=f64::from(most)).contains(&number.value) => {
                Ok(number.value as f32)
            }
            Some(number) => Err(self.error(
                number,
                format!(
                    "{key} {} found; expected {least} to {most} ({unit})",
                    number.value
                ),
            )),
        }
    }
}
