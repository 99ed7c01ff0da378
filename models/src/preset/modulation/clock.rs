//! A rate, as a note or in hertz, and from when time counts.

use serde_saphyr::Spanned;

use super::value::word;
use crate::bends::modulation::{HERTZ_RANGE, NoteValue, Rate, Retrigger};
use crate::error::PresetError;
use crate::preset::reader::Reader;

/// What the keys `key` (a note) and `hertz` say, of which one at most is given.
pub(super) fn rate(
    reader: &Reader<'_>,
    key: &str,
    note: Option<&Spanned<String>>,
    hertz: Option<&Spanned<f64>>,
    default: Rate,
) -> Result<Rate, PresetError> {
    match (note, hertz) {
        (None, None) => Ok(default),
        (None, Some(_)) => {
            let hertz = reader.number("hertz", hertz, 1.0, HERTZ_RANGE, "hertz")?;
            Ok(Rate::Hertz(hertz))
        }
        (Some(_), Some(hertz)) => {
            let message = format!("both `{key}` and `hertz` found; expected one of them");
            Err(reader.error(hertz, message))
        }
        (Some(note), None) => NoteValue::from_name(&note.value)
            .map(Rate::Note)
            .ok_or_else(|| {
                let names: Vec<_> = NoteValue::all().map(NoteValue::name).collect();
                let names: Vec<_> = names.iter().map(String::as_str).collect();
                reader.error(note, reader.word(key, &note.value, &names))
            }),
    }
}

/// What to write for the keys of a note and of hertz.
pub(super) fn written(rate: Rate) -> (Option<String>, Option<f32>) {
    match rate {
        Rate::Note(note) => (Some(note.name()), None),
        Rate::Hertz(hertz) => (None, Some(hertz)),
    }
}

/// What the key `retrigger` says.
pub(super) fn retrigger(
    reader: &Reader<'_>,
    found: Option<&Spanned<String>>,
) -> Result<Retrigger, PresetError> {
    let known = Retrigger::ALL.map(|one| (one.name(), one));
    word(reader, "retrigger", found, Retrigger::default(), known)
}
