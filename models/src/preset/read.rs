//! YAML to [`Preset`], with the line of whatever is wrong.

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};
use serde_saphyr::Spanned;

use super::{FORMAT, Preset, PresetError, entry, latent, limits, sound, weights};
use crate::cluster::sound_clusters;
use crate::identity::{sha256_of_text, wrong_with_name};
use crate::nearest::{did_you_mean, quoted};
use crate::text_kind::TextKind;
use crate::yaml;

/// The file's root.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Root {
    #[serde(default, deserialize_with = "given")]
    netbend: Option<Spanned<u64>>,
    #[serde(default, deserialize_with = "given")]
    model: Option<Spanned<String>>,
    #[serde(default, deserialize_with = "given")]
    model_sha256: Option<Spanned<String>>,
    #[serde(default, deserialize_with = "given")]
    voice: Option<Spanned<f64>>,
    #[serde(default, deserialize_with = "given")]
    mix: Option<Spanned<f64>>,
    #[serde(default, deserialize_with = "given")]
    seed: Option<Spanned<u32>>,
    #[serde(default, deserialize_with = "given")]
    latent: Group<latent::Found>,
    #[serde(default, deserialize_with = "given")]
    transforms: Group<Vec<Spanned<entry::Found>>>,
    /// network-bending lists there what its own program offers.
    #[serde(rename = "all-transforms")]
    _all_transforms: Option<IgnoredAny>,
    #[serde(default, deserialize_with = "given")]
    weights: Group<Vec<Spanned<weights::Found>>>,
    #[serde(default, deserialize_with = "given")]
    sound_clusters: Group<sound_clusters::Read>,
    // What `sound` reads. A nested structure would need serde's `flatten`, which loses the lines.
    #[serde(default, deserialize_with = "given")]
    pub(super) voice_floor: Option<Spanned<f64>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) voice_ceiling: Option<Spanned<f64>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) voice_smoothing: Option<Spanned<f64>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) transient_lock: Option<Spanned<f64>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) band_low: Option<Spanned<f64>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) band_high: Option<Spanned<f64>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) auto_gain: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    pub(super) phase: Option<Spanned<String>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) phase_iterations: Option<Spanned<u64>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) phase_look_ahead: Option<Spanned<u64>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) stereo: Option<Spanned<String>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) sidechain: Option<bool>,
}

/// What stands beneath a key that may be left out; within, `None` where it is left blank, which is refused by [`Reader::group`].
type Group<T> = Option<Spanned<Option<T>>>;

/// A key that may be left out, but not left blank: a blank value would be another one than was meant.
pub(super) fn given<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    T::deserialize(deserializer).map(Some)
}

pub(super) fn read(text: &str, file: &str) -> Result<Preset, PresetError> {
    let said = |line: u64, message: String| PresetError {
        file: file.to_owned(),
        line,
        message,
    };
    let kind = TextKind::of(text);
    if let Some(what) = kind.said().filter(|_| kind != TextKind::Preset) {
        let message = format!("{what}; expected a preset, with bends beneath `transforms:`");
        return Err(said(0, message));
    }
    let root: Root = yaml::read(text).map_err(|wrong| said(wrong.line, wrong.message))?;
    let reader = Reader { file };
    if let Some(format) = &root.netbend
        && format.value != FORMAT
    {
        let message = match format.value {
            newer if newer > FORMAT => {
                format!("preset format {newer} found, {FORMAT} expected; update Netbend")
            }
            other => format!("preset format {other} found; expected {FORMAT}"),
        };
        return Err(reader.error(format, message));
    }
    if let Some(model) = &root.model
        && let Some(wrong) = wrong_with_name(&model.value)
    {
        let message = format!(
            "model `{}` found: {wrong}; expected a model's name, not a path",
            quoted(&model.value)
        );
        return Err(reader.error(model, message));
    }
    let model_sha256 = match &root.model_sha256 {
        None => None,
        Some(found) => Some(sha256_of_text(&found.value).ok_or_else(|| {
            let message = format!(
                "model-sha256 `{}` found; expected 64 hexadecimal digits (see `netbend inspect`)",
                quoted(&found.value)
            );
            reader.error(found, message)
        })?),
    };
    let transforms = reader.group(
        "transforms",
        root.transforms.as_ref(),
        "a list of bends, or `[]`",
    )?;
    let transforms = transforms.map_or(&[][..], Vec::as_slice);
    limits::count(&reader, "bends", transforms)?;
    let weights = reader.group(
        "weights",
        root.weights.as_ref(),
        "a list of bends of weights, or `[]`",
    )?;
    let weights = weights.map_or(&[][..], Vec::as_slice);
    let latent = reader.group(
        "latent",
        root.latent.as_ref(),
        "keys of latent play, or `{}`",
    )?;
    reader.group(
        "sound-clusters",
        root.sound_clusters.as_ref(),
        "the clusters of a sound",
    )?;
    limits::count(&reader, "bends of weights", weights)?;
    let defaults = Preset::default();
    let sound = sound::read(&reader, &root)?;
    let mut preset = Preset {
        voice: reader.unit("voice", root.voice.as_ref(), defaults.voice)?,
        mix: reader.unit("mix", root.mix.as_ref(), defaults.mix)?,
        seed: root.seed.as_ref().map_or(defaults.seed, |seed| seed.value),
        latent: latent::read(&reader, latent)?,
        sound,
        model_sha256,
        source: file.to_owned(),
        ..defaults
    };
    for entry in transforms {
        preset.lines.push(entry.value.layer.referenced.line());
        preset.bends.push(entry::read(&reader, &entry.value)?);
    }
    for entry in weights {
        preset
            .weight_lines
            .push(entry.value.layer.referenced.line());
        preset.weights.push(weights::read(&reader, &entry.value)?);
    }
    preset.model = root.model.map(|model| model.value);
    preset.sound_clusters = root
        .sound_clusters
        .and_then(|found| found.value)
        .map(|read| read.check(file))
        .transpose()?;
    Ok(preset)
}

pub(super) struct Reader<'a> {
    file: &'a str,
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
    fn group<'f, T>(
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
