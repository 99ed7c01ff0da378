//! The preset's `pads` mapping: what notes do.

use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;

use super::reader::{Reader, given};
use crate::bends::pads::{HIGHEST_NOTE, PADS, Pad, PadAction, Pads};
use crate::error::PresetError;

/// What stands beneath `pads`.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Found {
    #[serde(rename = "pad-1", default, deserialize_with = "given")]
    pad_1: Option<One>,
    #[serde(rename = "pad-2", default, deserialize_with = "given")]
    pad_2: Option<One>,
    #[serde(rename = "pad-3", default, deserialize_with = "given")]
    pad_3: Option<One>,
    #[serde(rename = "pad-4", default, deserialize_with = "given")]
    pad_4: Option<One>,
    #[serde(rename = "pad-5", default, deserialize_with = "given")]
    pad_5: Option<One>,
    #[serde(rename = "pad-6", default, deserialize_with = "given")]
    pad_6: Option<One>,
    #[serde(rename = "pad-7", default, deserialize_with = "given")]
    pad_7: Option<One>,
    #[serde(rename = "pad-8", default, deserialize_with = "given")]
    pad_8: Option<One>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct One {
    #[serde(default, deserialize_with = "given")]
    note: Option<Spanned<u64>>,
    #[serde(default, deserialize_with = "given")]
    action: Option<Spanned<String>>,
    #[serde(default, deserialize_with = "given")]
    velocity: Option<bool>,
}

/// The pads that are spoken of, the others as they are where nothing is said.
pub(super) fn read(reader: &Reader<'_>, found: &Found) -> Result<Pads, PresetError> {
    let all: [_; PADS] = [
        &found.pad_1,
        &found.pad_2,
        &found.pad_3,
        &found.pad_4,
        &found.pad_5,
        &found.pad_6,
        &found.pad_7,
        &found.pad_8,
    ];
    let mut pads = Pads::default();
    for (pad, found) in pads.0.iter_mut().zip(all) {
        if let Some(found) = found {
            *pad = one(reader, found, *pad)?;
        }
    }
    Ok(pads)
}

fn one(reader: &Reader<'_>, found: &One, default: Pad) -> Result<Pad, PresetError> {
    let note = match &found.note {
        None => default.note,
        Some(number) => u8::try_from(number.value)
            .ok()
            .filter(|note| *note <= HIGHEST_NOTE)
            .ok_or_else(|| {
                let message = format!("note {} found; expected 0 to {HIGHEST_NOTE}", number.value);
                reader.error(number, message)
            })?,
    };
    let action = match &found.action {
        None => default.action,
        Some(word) => PadAction::from_name(&word.value).ok_or_else(|| {
            let names: Vec<_> = PadAction::all().map(PadAction::name).collect();
            let names: Vec<_> = names.iter().map(String::as_str).collect();
            reader.error(word, reader.word("action", &word.value, &names))
        })?,
    };
    Ok(Pad {
        note,
        action,
        velocity: found.velocity.unwrap_or(default.velocity),
    })
}

#[derive(Serialize)]
pub(super) struct Written {
    #[serde(rename = "pad-1", skip_serializing_if = "Option::is_none")]
    pad_1: Option<WrittenPad>,
    #[serde(rename = "pad-2", skip_serializing_if = "Option::is_none")]
    pad_2: Option<WrittenPad>,
    #[serde(rename = "pad-3", skip_serializing_if = "Option::is_none")]
    pad_3: Option<WrittenPad>,
    #[serde(rename = "pad-4", skip_serializing_if = "Option::is_none")]
    pad_4: Option<WrittenPad>,
    #[serde(rename = "pad-5", skip_serializing_if = "Option::is_none")]
    pad_5: Option<WrittenPad>,
    #[serde(rename = "pad-6", skip_serializing_if = "Option::is_none")]
    pad_6: Option<WrittenPad>,
    #[serde(rename = "pad-7", skip_serializing_if = "Option::is_none")]
    pad_7: Option<WrittenPad>,
    #[serde(rename = "pad-8", skip_serializing_if = "Option::is_none")]
    pad_8: Option<WrittenPad>,
}

#[derive(Serialize)]
struct WrittenPad {
    note: u8,
    action: String,
    velocity: bool,
}

/// The mapping to write: those that differ from what they are where nothing is said. A mapping without one says that all are so.
pub(super) fn write(pads: &Pads) -> Written {
    let defaults = Pads::default();
    let place = |place: usize| {
        let (pad, default) = (pads.0.get(place)?, defaults.0.get(place)?);
        (pad != default).then(|| WrittenPad {
            note: pad.note,
            action: pad.action.name(),
            velocity: pad.velocity,
        })
    };
    Written {
        pad_1: place(0),
        pad_2: place(1),
        pad_3: place(2),
        pad_4: place(3),
        pad_5: place(4),
        pad_6: place(5),
        pad_7: place(6),
        pad_8: place(7),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

    use crate::Preset;
    use crate::bends::pads::{PadAction, Pads};

    #[test]
    fn pads_are_read_as_they_were_written() {
        let mut pads = Pads::default();
        pads.0[1].note = 127;
        pads.0[4].action = PadAction::Freeze;
        pads.0[6].velocity = false;
        pads.0[7].action = PadAction::Step(1);
        for pads in [Some(pads), Some(Pads::default()), None] {
            let preset = Preset {
                pads,
                ..Preset::default()
            };
            let text = preset.to_yaml();
            assert_eq!(text.contains("pads:"), pads.is_some(), "{text}");
            let read = Preset::from_yaml(&text, "pads.yaml").unwrap();
            assert_eq!(read.pads, pads, "{text}");
        }
    }

    #[test]
    fn what_is_left_out_is_as_where_nothing_is_said() {
        let text = "pads:\n  pad-3: {action: lfos}\n  pad-8: {note: 0}\n";
        let read = Preset::from_yaml(text, "pads.yaml").unwrap().pads.unwrap();
        let mut expected = Pads::default();
        expected.0[2].action = PadAction::Lfos;
        expected.0[7].note = 0;
        assert_eq!(read, expected);
    }

    #[test]
    fn what_no_pad_can_do_is_refused_with_its_line() {
        for (text, said) in [
            (
                "pads:\n  pad-1: {note: 128}\n",
                "note 128 found; expected 0 to 127",
            ),
            (
                "pads:\n  pad-1: {action: slot-9}\n",
                "action `slot-9` found",
            ),
            ("pads:\n  pad-9: {note: 1}\n", "pad-9"),
            ("pads:\n  pad-1: {key: 1}\n", "key"),
            ("pads:\n", "left blank"),
        ] {
            let error = Preset::from_yaml(text, "pads.yaml").unwrap_err();
            assert!(error.message.contains(said), "{text}: {error}");
            assert!(error.line > 0, "{text}: {error}");
        }
    }
}
