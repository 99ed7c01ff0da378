//! What stands at the root of a preset's file.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_saphyr::Spanned;

use super::reader::given;
use super::{entry, latent, modulation, pads, parts, weights};
use crate::cluster::sound_clusters;

/// The file's root.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Root {
    #[serde(default, deserialize_with = "given")]
    pub(super) netbend: Option<Spanned<u64>>,
    // What `metadata` reads. A nested structure would need serde's `flatten`, which loses the lines.
    #[serde(default, deserialize_with = "given")]
    pub(super) name: Option<Spanned<String>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) author: Option<Spanned<String>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) tags: Group<Vec<Spanned<String>>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) description: Option<Spanned<String>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) notes: Option<Spanned<String>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) model: Option<Spanned<String>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) model_sha256: Option<Spanned<String>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) voice: Option<Spanned<f64>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) mix: Option<Spanned<f64>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) seed: Option<Spanned<u32>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) latent: Group<latent::Found>,
    #[serde(default, deserialize_with = "given")]
    pub(super) transforms: Group<Vec<Spanned<entry::Found>>>,
    /// network-bending lists there what its own program offers.
    #[serde(rename = "all-transforms")]
    _all_transforms: Option<IgnoredAny>,
    #[serde(default, deserialize_with = "given")]
    pub(super) weights: Group<Vec<Spanned<weights::Found>>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) sound_clusters: Group<sound_clusters::Read>,
    #[serde(default, deserialize_with = "given")]
    pub(super) parts: Group<parts::Found>,
    #[serde(default, deserialize_with = "given")]
    pub(super) modulation: Group<modulation::Found>,
    #[serde(default, deserialize_with = "given")]
    pub(super) pads: Group<pads::Found>,
    // What `sound` reads, for the same reason.
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

/// What stands beneath a key that may be left out; within, `None` where it is left blank, which is refused by [`Reader::group`](super::reader::Reader::group).
pub(super) type Group<T> = Option<Spanned<Option<T>>>;
