//! YAML to [`Preset`], with the line of whatever is wrong.

use std::path::Path;

use super::reader::Reader;
use super::root::Root;
use super::{
    FORMAT, Preset, entry, latent, limits, metadata, modulation, pads, parts, sound, weights,
};
use crate::error::PresetError;
use crate::identity::{sha256_of_text, wrong_with_name};
use crate::text::file::file_text;
use crate::text::kind::TextKind;
use crate::text::nearest::quoted;
use crate::text::yaml;

impl Preset {
    /// Reads a preset. `file` names the text in errors.
    ///
    /// # Errors
    /// [`PresetError`] with the line of the first thing that is wrong.
    pub fn from_yaml(text: &str, file: &str) -> Result<Self, PresetError> {
        read(text, file)
    }

    /// Reads the preset in the file at `path`: UTF-8, or UTF-16 with a byte order mark.
    ///
    /// # Errors
    /// [`PresetError`]: as [`from_yaml`](Self::from_yaml), where the file is something else, or cannot be read.
    pub fn load(path: &Path) -> Result<Self, PresetError> {
        let file = path.display().to_string();
        let text = file_text(path, "a preset").map_err(|wrong| PresetError {
            file: file.clone(),
            line: 0,
            message: wrong.to_string(),
        })?;
        Self::from_yaml(&text, &file)
    }
}

fn read(text: &str, file: &str) -> Result<Preset, PresetError> {
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
    let parts = reader.group(
        "parts",
        root.parts.as_ref(),
        "parts by their names, or `{}`",
    )?;
    reader.group(
        "sound-clusters",
        root.sound_clusters.as_ref(),
        "the clusters of a sound",
    )?;
    limits::count(&reader, "bends of weights", weights)?;
    let modulation = reader.group(
        "modulation",
        root.modulation.as_ref(),
        "modulators by their names, or `routes`",
    )?;
    let (modulation, macros, macro_names) = modulation::read(&reader, modulation)?;
    let pads = reader.group("pads", root.pads.as_ref(), "pads by their names, or `{}`")?;
    let pads = pads.map(|found| pads::read(&reader, found)).transpose()?;
    let defaults = Preset::default();
    let sound = sound::read(&reader, &root)?;
    let mut preset = Preset {
        metadata: metadata::read(&reader, &root)?,
        voice: reader.unit("voice", root.voice.as_ref(), defaults.voice)?,
        mix: reader.unit("mix", root.mix.as_ref(), defaults.mix)?,
        seed: root.seed.as_ref().map_or(defaults.seed, |seed| seed.value),
        latent: latent::read(&reader, latent)?,
        sound,
        modulation,
        macros,
        macro_names,
        pads,
        model_sha256,
        source: file.to_owned(),
        ..defaults
    };
    for (name, fader, line) in parts::read(&reader, parts)? {
        preset.parts.insert(name, fader);
        preset.part_lines.push(line);
    }
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
