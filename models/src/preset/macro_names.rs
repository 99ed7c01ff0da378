//! What the macros are called. None of it is heard.

use serde_saphyr::Spanned;

use super::reader::Reader;
use crate::bends::modulation::MACROS;
use crate::error::PresetError;
use crate::text::line::{is_barred, one_line};

/// Longest name of a macro, in characters.
pub const LONGEST_MACRO_NAME: usize = 24;

/// Names of the macros; those without one go by their numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MacroNames([String; MACROS]);

impl MacroNames {
    /// What a macro is called, counted from 0, if it has a name.
    pub fn get(&self, number: usize) -> Option<&str> {
        let name = self.0.get(number)?;
        (!name.is_empty()).then_some(name.as_str())
    }

    /// Calls a macro something: one line of up to [`LONGEST_MACRO_NAME`] characters, what is beyond is left out. An empty name is none.
    pub fn set(&mut self, number: usize, name: &str) {
        let plain: String = name.chars().filter(|letter| !is_barred(*letter)).collect();
        let short: String = one_line(&plain).chars().take(LONGEST_MACRO_NAME).collect();
        if let Some(own) = self.0.get_mut(number) {
            *own = one_line(&short);
        }
    }

    /// Whether none has a name.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(String::is_empty)
    }

    /// As a preset has them: as many as it takes.
    pub(super) fn written(&self) -> Vec<String> {
        let count = self.0.iter().rposition(|name| !name.is_empty());
        self.0[..count.map_or(0, |last| last + 1)].to_vec()
    }

    pub(super) fn read(
        reader: &Reader<'_>,
        found: &Spanned<Vec<Spanned<String>>>,
    ) -> Result<Self, PresetError> {
        let count = found.value.len();
        if count > MACROS {
            let message = format!("{count} macro-names found; expected at most {MACROS}");
            return Err(reader.error(found, message));
        }
        let mut names = Self::default();
        for (number, name) in found.value.iter().enumerate() {
            names.set(number, &name.value);
            if names.get(number).unwrap_or("") != name.value {
                let length = name.value.chars().count();
                let message = format!(
                    "a macro's name of {length} characters found; expected one line of up to {LONGEST_MACRO_NAME} that can be read"
                );
                return Err(reader.error(name, message));
            }
        }
        Ok(names)
    }
}
