//! YAML to [`Preset`], with the line of whatever is wrong.

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::{FORMAT, Preset, PresetError, entry, latent, sound, weights};
use crate::cluster::sound_clusters;

/// The file's root. Keys not listed are ignored.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Root {
    netbend: Option<Spanned<u64>>,
    model: Option<Spanned<String>>,
    voice: Option<Spanned<f64>>,
    mix: Option<Spanned<f64>>,
    seed: Option<Spanned<u32>>,
    latent: Option<latent::Found>,
    transforms: Option<Vec<Spanned<entry::Found>>>,
    weights: Option<Vec<Spanned<weights::Found>>>,
    sound_clusters: Option<sound_clusters::Read>,
    // What `sound` reads. A nested structure would need serde's `flatten`, which loses the lines.
    pub(super) voice_floor: Option<Spanned<f64>>,
    pub(super) voice_ceiling: Option<Spanned<f64>>,
    pub(super) voice_smoothing: Option<Spanned<f64>>,
    pub(super) transient_lock: Option<Spanned<f64>>,
    pub(super) band_low: Option<Spanned<f64>>,
    pub(super) band_high: Option<Spanned<f64>>,
    pub(super) auto_gain: Option<bool>,
    pub(super) phase: Option<Spanned<String>>,
    pub(super) phase_iterations: Option<Spanned<u64>>,
    pub(super) phase_look_ahead: Option<Spanned<u64>>,
    pub(super) stereo: Option<Spanned<String>>,
    pub(super) sidechain: Option<bool>,
}

pub(super) fn read(text: &str, file: &str) -> Result<Preset, PresetError> {
    let root: Root = serde_saphyr::from_str(text).map_err(|error| PresetError {
        file: file.to_owned(),
        line: error.location().map_or(0, |location| location.line()),
        message: error.to_string(),
    })?;
    let reader = Reader { file };
    if let Some(format) = &root.netbend
        && format.value != FORMAT
    {
        let message = format!(
            "preset format {} found, {FORMAT} expected; update Netbend",
            format.value
        );
        return Err(reader.error(format, message));
    }
    if let Some(model) = &root.model
        && (model.value.is_empty()
            || model.value.contains(['/', '\\', ':'])
            || model.value.contains(".."))
    {
        let message = format!(
            "model `{}` found; expected a model's name, not a path",
            model.value
        );
        return Err(reader.error(model, message));
    }
    let defaults = Preset::default();
    let sound = sound::read(&reader, &root)?;
    let mut preset = Preset {
        model: root.model.map(|model| model.value),
        voice: reader.unit("voice", root.voice.as_ref(), defaults.voice)?,
        mix: reader.unit("mix", root.mix.as_ref(), defaults.mix)?,
        seed: root.seed.map_or(defaults.seed, |seed| seed.value),
        sound_clusters: root
            .sound_clusters
            .map(|read| read.check(file))
            .transpose()?,
        latent: latent::read(&reader, root.latent.as_ref())?,
        sound,
        source: file.to_owned(),
        ..defaults
    };
    for entry in root.transforms.unwrap_or_default() {
        preset.lines.push(entry.value.layer.referenced.line());
        preset.bends.push(entry::read(&reader, &entry.value)?);
    }
    for entry in root.weights.unwrap_or_default() {
        preset
            .weight_lines
            .push(entry.value.layer.referenced.line());
        preset.weights.push(weights::read(&reader, &entry.value)?);
    }
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
