//! The manifest: what a model says of itself, as JSON in the ONNX metadata property `netbend`.

mod check;
mod description;
mod flaw;
mod json;
mod kind;
mod parts;

use serde::{Deserialize, Serialize};

use crate::bends::part_name::PartName;
use crate::error::ModelError;
pub use description::{ClusterDescription, LayerDescription};
pub(super) use json::read as read_json;
pub(super) use kind::check as check_kind;
pub(crate) use kind::is_waveform;
pub use parts::{Part, PartLayer};

/// The metadata property that holds the manifest.
pub const METADATA_KEY: &str = "netbend";
/// Frames a window may have.
pub const FRAMES: std::ops::RangeInclusive<usize> = 8..=1_024;
/// The last frame that reaches the latent is this one or a later one: the shortest stride must fit.
pub const LEAST_SEEN_FRAME: usize = 4;
/// Bins at the top that models whose manifest says nothing of it do not see: their five unpadded 5 × 5
/// convolutions of stride 2 reach bin 508 of 513.
const UNSEEN_BINS: usize = 4;
/// The manifest format this version reads.
pub const FORMAT: u32 = 1;
/// Smallest [`Layer::deviation()`].
pub const MIN_DEVIATION: f32 = 1e-6;
/// Largest [`Layer::deviation()`].
pub const MAX_DEVIATION: f32 = 1e6;

/// What a model is, how audio is presented to it and where it can be bent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Format of the manifest, [`FORMAT`].
    pub netbend: u32,
    /// Short name, the one presets use.
    pub name: String,
    /// Version of the model.
    pub version: String,
    /// Rate of the training audio in hertz.
    pub sample_rate: u32,
    /// FFT length in samples at [`sample_rate`](Self::sample_rate).
    pub fft_size: usize,
    /// Hop in samples at [`sample_rate`](Self::sample_rate).
    pub hop: usize,
    /// Frequency bins the network sees.
    pub bins: usize,
    /// Frames of one window.
    pub frames: usize,
    /// Index of the newest frame that reaches the latent; later frames of the window are not seen.
    pub last_seen_frame: usize,
    /// Index of the highest bin that reaches the latent; see [`top_seen_bin`](Self::top_seen_bin).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen_bin: Option<usize>,
    /// How decibels become network units.
    pub decibels: Decibels,
    /// How the level is taken out of a window before the network.
    pub level: Level,
    /// The names of the tensors that are fed and read.
    pub tensors: Tensors,
    /// Length of the latent vector.
    pub latent_size: usize,
    /// What the latents of the training data are like; latents are drawn from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latent_prior: Option<LatentPrior>,
    /// The bendable layers, from the latent to the output.
    pub layers: Vec<Layer>,
    /// Clusters of features, found by `netbend cluster`.
    #[serde(default)]
    pub clusters: Vec<LayerClusters>,
    /// The parts of the mix that it was trained to carry apart, at most [`MOST_PARTS`](crate::bends::part_name::MOST_PARTS); empty where it
    /// was trained without.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    /// Licence of the weights.
    #[serde(default)]
    pub licence: String,
    /// How the model was made: data, command, seed, figures.
    #[serde(default)]
    pub training: serde_json::Value,
}

/// `unit = clip((dB − level − floor) / (reference − floor), 0, (ceiling − floor) / (reference − floor))`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Decibels {
    /// Becomes 0.
    pub floor_db: f32,
    /// Becomes 1.
    pub reference_db: f32,
    /// The largest value, clipped.
    pub ceiling_db: f32,
}

/// [`Level::kind`]: the largest magnitude of the window.
pub const WINDOW_PEAK: &str = "window-peak";
/// [`Level::kind`]: nothing is taken out; the window goes in as it is.
pub const NO_LEVEL: &str = "none";

/// The level taken out of a window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Level {
    /// [`WINDOW_PEAK`] or [`NO_LEVEL`].
    pub kind: String,
    /// The level moves in steps of this size, in decibels. Of no meaning where there is no level.
    #[serde(default)]
    pub step_db: f32,
}

/// Tensor names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tensors {
    /// Input `[batch, 1, frames, bins]` in network units.
    pub spectrogram: String,
    /// Output `[batch, latent_size]`, the posterior's mean.
    pub latent_mean: String,
    /// Output `[batch, latent_size]`, the posterior's log-variance; empty where there is none.
    #[serde(default)]
    pub latent_log_variance: String,
    /// The tensor `[batch, latent_size]` the decoder starts from.
    pub latent: String,
    /// Output `[batch, 1, frames, bins]` in network units.
    pub decoded: String,
}

/// The latents of the training data, dimension by dimension.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LatentPrior {
    /// Their mean, `[latent_size]`.
    pub mean: Vec<f32>,
    /// Their standard deviation, `[latent_size]`, 0 or more.
    pub std: Vec<f32>,
}

/// A bendable layer: the activation `[batch, features, rows, columns]` behind a tensor name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Layer {
    /// 1-based number, as presets count.
    pub index: usize,
    /// Name of the activation tensor.
    pub tensor: String,
    /// Number of features.
    pub features: usize,
    /// Rows of an activation map: time.
    pub rows: usize,
    /// Columns of an activation map: frequency.
    pub columns: usize,
    /// Standard deviation of the activation over typical latents, above 0: what a relative threshold counts in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deviation: Option<f32>,
}

impl Layer {
    /// The activation's standard deviation; 1 where the model does not say.
    pub fn deviation(&self) -> f32 {
        self.deviation.unwrap_or(1.0)
    }
}

/// The clusters of one layer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LayerClusters {
    /// 1-based layer number.
    pub layer: usize,
    /// Feature indices (0-based) of each cluster.
    pub clusters: Vec<Vec<usize>>,
    /// What ablating each of them takes away, where it was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<LayerDescription>,
}

impl Manifest {
    /// Reads and checks a manifest.
    ///
    /// # Errors
    /// [`ModelError::Structure`] where it is of a kind of model that is not played,
    /// [`ModelError::Manifest`] naming the field that is wrong and what was expected.
    pub fn from_json(json: &str) -> Result<Self, ModelError> {
        check_kind(json)?;
        let manifest: Self = json::read(json)?;
        manifest.check()?;
        Ok(manifest)
    }

    /// Index of the highest bin that reaches the latent. A manifest that does not say is that of a model with
    /// the encoder of the one that ships, which does not see its four highest.
    pub fn top_seen_bin(&self) -> usize {
        self.last_seen_bin
            .unwrap_or(self.bins.saturating_sub(1 + UNSEEN_BINS))
    }

    /// The part called `name`.
    pub fn part(&self, name: &PartName) -> Option<&Part> {
        self.parts.iter().find(|part| part.name == *name)
    }

    /// The parts' names, in their order.
    pub fn part_names(&self) -> impl Iterator<Item = PartName> + Clone {
        self.parts.iter().map(|part| part.name)
    }

    /// The clusters of 1-based layer `layer`, where it has any.
    pub fn layer_clusters(&self, layer: usize) -> Option<&LayerClusters> {
        self.clusters.iter().find(|group| group.layer == layer)
    }

    /// The features of cluster `cluster` of 1-based layer `layer`.
    pub fn cluster(&self, layer: usize, cluster: usize) -> Option<&[usize]> {
        self.layer_clusters(layer)
            .and_then(|group| group.clusters.get(cluster))
            .map(Vec::as_slice)
    }
}
