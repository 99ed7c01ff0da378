//! [`Preset`] to YAML.

use serde::Serialize;

use super::{FORMAT, Preset};
use crate::bend::{Bend, Selection};
use crate::cluster::sound_clusters::Written;

#[derive(Serialize)]
struct Root<'a> {
    netbend: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<&'a str>,
    voice: f32,
    mix: f32,
    seed: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    latent: Option<super::latent::Written>,
    transforms: Vec<Entry<'a>>,
    #[serde(rename = "sound-clusters", skip_serializing_if = "Option::is_none")]
    sound_clusters: Option<Written<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    layer: usize,
    transform: &'a str,
    params: &'a [f32],
    features: &'a str,
    #[serde(rename = "feature-param", skip_serializing_if = "Option::is_none")]
    feature_param: Option<Number>,
    amount: f32,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Number {
    Share(f32),
    Index(usize),
}

pub(super) fn write(preset: &Preset) -> String {
    let root = Root {
        netbend: FORMAT,
        model: preset.model.as_deref(),
        voice: preset.voice,
        mix: preset.mix,
        seed: preset.seed,
        latent: super::latent::write(&preset.latent),
        transforms: preset.bends.iter().map(entry).collect(),
        sound_clusters: preset.sound_clusters.as_ref().map(Written::of),
    };
    // Plain structs of numbers and strings always serialise.
    serde_saphyr::to_string(&root).unwrap_or_default()
}

fn entry(bend: &Bend) -> Entry<'_> {
    let (features, feature_param) = match bend.selection {
        Selection::All => ("all", None),
        Selection::Random(share) => ("random", Some(Number::Share(share))),
        Selection::Cluster(index) => ("cluster", Some(Number::Index(index))),
        Selection::SoundCluster(index) => ("sound-cluster", Some(Number::Index(index))),
    };
    Entry {
        layer: bend.layer,
        transform: bend.transform.name(),
        params: &bend.parameters,
        features,
        feature_param,
        amount: bend.amount,
    }
}
