//! [`Preset`] to YAML.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{FORMAT, Preset, entry, latent, metadata, modulation, pads, parts, sound, weights};
use crate::bends::part_name::PartName;
use crate::cluster::sound_clusters;

#[derive(Serialize)]
struct Root<'a> {
    netbend: u64,
    #[serde(flatten)]
    metadata: metadata::Written<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<&'a str>,
    #[serde(rename = "model-sha256", skip_serializing_if = "Option::is_none")]
    model_sha256: Option<&'a str>,
    voice: f32,
    mix: f32,
    seed: u32,
    #[serde(flatten)]
    sound: sound::Written,
    #[serde(skip_serializing_if = "Option::is_none")]
    latent: Option<latent::Written>,
    transforms: Vec<entry::Written<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    weights: Vec<weights::Written>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parts: Option<BTreeMap<PartName, parts::Written>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    modulation: Option<modulation::Written>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pads: Option<pads::Written>,
    #[serde(rename = "sound-clusters", skip_serializing_if = "Option::is_none")]
    sound_clusters: Option<sound_clusters::Written<'a>>,
}

impl Preset {
    /// Writes the preset, in a form [`from_yaml`](Self::from_yaml) reads back unchanged.
    pub fn to_yaml(&self) -> String {
        write(self)
    }
}

fn write(preset: &Preset) -> String {
    let root = Root {
        netbend: FORMAT,
        metadata: metadata::write(&preset.metadata),
        model: preset.model.as_deref(),
        model_sha256: preset.model_sha256.as_deref(),
        voice: preset.voice,
        mix: preset.mix,
        seed: preset.seed,
        sound: sound::write(&preset.sound),
        latent: latent::write(&preset.latent),
        transforms: preset.bends.iter().map(entry::write).collect(),
        weights: preset.weights.iter().map(weights::write).collect(),
        parts: parts::write(&preset.parts),
        modulation: modulation::write(&preset.modulation, &preset.macros, &preset.macro_names),
        pads: preset.pads.as_ref().map(pads::write),
        sound_clusters: preset
            .sound_clusters
            .as_ref()
            .map(sound_clusters::Written::of),
    };
    // Plain structs of numbers and strings always serialise.
    serde_saphyr::to_string(&root).unwrap_or_default()
}
