//! The preset's `parts` mapping: faders of the mixer, by the parts' names.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;

use super::reader::{Reader, given};
use crate::bends::part_mix::{FADER_RANGE_DB, PartFader};
use crate::bends::part_name::{LONGEST_PART_NAME, MOST_PARTS, PartName};
use crate::error::PresetError;
use crate::text::nearest::quoted;

/// What stands beneath `parts`.
pub(super) type Found = BTreeMap<String, Spanned<Option<Fader>>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fader {
    #[serde(default, deserialize_with = "given")]
    gain: Option<Spanned<f64>>,
    #[serde(default, deserialize_with = "given")]
    mute: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    solo: Option<bool>,
}

/// The faders, each with its line.
pub(super) fn read(
    reader: &Reader<'_>,
    found: Option<&Found>,
) -> Result<Vec<(PartName, PartFader, u64)>, PresetError> {
    let mut faders = Vec::new();
    for (text, fader) in found.into_iter().flatten() {
        let Some(name) = PartName::new(text) else {
            let message = format!(
                "part `{}` found; expected a name of 1 to {LONGEST_PART_NAME} bytes without space around it",
                quoted(text)
            );
            return Err(reader.error(fader, message));
        };
        if faders.len() == MOST_PARTS {
            let message =
                format!("more than {MOST_PARTS} parts found; expected at most {MOST_PARTS}");
            return Err(reader.error(fader, message));
        }
        let Some(value) = &fader.value else {
            let message = format!(
                "part `{name}` is left blank; expected `gain`, `mute` or `solo` beneath it, or no such part"
            );
            return Err(reader.error(fader, message));
        };
        let read = PartFader {
            gain_db: reader.number("gain", value.gain.as_ref(), 0.0, FADER_RANGE_DB, "dB")?,
            is_muted: value.mute.unwrap_or(false),
            is_soloed: value.solo.unwrap_or(false),
        };
        faders.push((name, read, fader.referenced.line()));
    }
    Ok(faders)
}

#[derive(Serialize)]
pub(super) struct Written {
    #[serde(skip_serializing_if = "Option::is_none")]
    gain: Option<f32>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    mute: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    solo: bool,
}

/// The mapping to write; none where every fader is as it is at first.
pub(super) fn write(faders: &BTreeMap<PartName, PartFader>) -> Option<BTreeMap<PartName, Written>> {
    let moved = faders
        .iter()
        .filter(|(_, fader)| **fader != PartFader::default());
    let written: BTreeMap<_, _> = moved
        .map(|(name, fader)| {
            let written = Written {
                gain: (fader.gain_db != 0.0).then_some(fader.gain_db),
                mute: fader.is_muted,
                solo: fader.is_soloed,
            };
            (*name, written)
        })
        .collect();
    (!written.is_empty()).then_some(written)
}

#[cfg(test)]
mod tests {
    use super::super::Preset;
    use super::*;
    use crate::test_support::{manifest, parts};

    #[test]
    fn faders_are_read_and_written_back_and_left_out_at_their_defaults() {
        let text = "parts:\n  hats: {gain: -12.5, solo: true}\n  kick:\n    mute: true\n  tones: {gain: 0}\n  \"808\": {solo: true}\n  \"no\": {mute: true}\n";
        let preset = Preset::from_yaml(text, "mix.yaml").unwrap();
        let hats = PartFader {
            gain_db: -12.5,
            is_muted: false,
            is_soloed: true,
        };
        assert_eq!(
            preset.parts.get(&PartName::new("hats").unwrap()),
            Some(&hats)
        );
        assert_eq!(preset.parts.len(), 5);
        let written = preset.to_yaml();
        assert!(!written.contains("tones"), "{written}");
        let again = Preset::from_yaml(&written, "again.yaml").unwrap();
        assert_eq!((again.parts.len(), again.to_yaml()), (4, written));
        assert!(!Preset::default().to_yaml().contains("parts"));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (text, line, expected) in [
            (
                "parts:\n  hats: {gain: 12.5}\n",
                2,
                "gain 12.5 found; expected -60 to 12 (dB)",
            ),
            ("parts:\n  hats: {gain: .nan}\n", 2, "-60 to 12"),
            ("parts:\n  hats: {level: 1}\n", 2, "level"),
            ("parts:\n  hats:\n", 2, "part `hats` is left blank"),
            (
                "parts:\n  \" hats\": {mute: true}\n",
                2,
                "without space around it",
            ),
            ("parts:\n", 1, "`parts` is left blank"),
        ] {
            let error = Preset::from_yaml(text, "bad.yaml").unwrap_err();
            assert!(error.message.contains(expected), "{text}: {error}");
            assert_eq!(error.line, line, "{text}: {error}");
        }
        let many: String = (0..9)
            .map(|n| format!("  p{n}: {{mute: true}}\n"))
            .collect();
        let error = Preset::from_yaml(&format!("parts:\n{many}"), "many.yaml").unwrap_err();
        assert!(error.message.contains("at most 8"), "{error}");
    }

    #[test]
    fn a_part_that_the_model_does_not_have_is_refused() {
        let preset = Preset::from_yaml("parts:\n  hat: {mute: true}\n", "mix.yaml").unwrap();
        let mut manifest = manifest();
        let error = preset.check(&manifest).unwrap_err();
        assert!(error.message.contains("has no parts"), "{error}");
        manifest.parts = parts();
        let error = preset.check(&manifest).unwrap_err();
        assert!(error.message.contains("did you mean `hats`?"), "{error}");
        assert_eq!(error.line, 2);
    }
}
