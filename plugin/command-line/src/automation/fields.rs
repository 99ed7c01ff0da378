//! The fields of a line, as people and spreadsheets write them.

use anyhow::{Result, bail};
use netbend_models::text::nearest::quoted;

/// What stands between two fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Separator {
    Comma,
    Semicolon,
    Tab,
}

impl Separator {
    /// The one that the file's first line uses.
    pub(super) fn of(line: &str) -> Self {
        if line.contains(';') {
            Self::Semicolon
        } else if line.matches('\t').count() >= 2 {
            Self::Tab
        } else {
            Self::Comma
        }
    }

    fn letter(self) -> char {
        match self {
            Self::Comma => ',',
            Self::Semicolon => ';',
            Self::Tab => '\t',
        }
    }

    /// The number in `text` with a decimal point: where fields are not separated by commas, decimals may be.
    pub(super) fn with_point(self, text: &str) -> String {
        let is_decimal =
            self != Self::Comma && !text.contains('.') && text.matches(',').count() == 1;
        if is_decimal {
            text.replace(',', ".")
        } else {
            text.to_owned()
        }
    }
}

/// The three fields of a line, without quotes and spaces about them.
pub(super) fn split(line: &str, separator: Separator) -> Result<[String; 3]> {
    let mut fields = vec![String::new()];
    let mut is_quoted = false;
    for letter in line.chars() {
        match letter {
            '"' => is_quoted = !is_quoted,
            letter if letter == separator.letter() && !is_quoted => fields.push(String::new()),
            letter => {
                if let Some(field) = fields.last_mut() {
                    field.push(letter);
                }
            }
        }
    }
    if is_quoted {
        bail!("`{}` found; a quote does not end", quoted(line));
    }
    let mut fields: Vec<_> = fields.iter().map(|field| field.trim().to_owned()).collect();
    // Spreadsheets fill lines up.
    while fields.len() > 3 && fields.last().is_some_and(String::is_empty) {
        fields.pop();
    }
    match <[String; 3]>::try_from(fields) {
        Ok(fields) => Ok(fields),
        Err(fields) if fields.len() > 3 && separator == Separator::Comma => bail!(
            "`{}` found; expected seconds,id,value, decimals with a point",
            quoted(line)
        ),
        Err(_) => bail!("`{}` found; expected seconds,id,value", quoted(line)),
    }
}
