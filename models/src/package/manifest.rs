//! The manifest: what a model says of itself, as JSON in the ONNX metadata property `netbend`.

mod description;
mod flaw;
mod json;
mod parts;

use serde::{Deserialize, Serialize};

use crate::bends::part_name::PartName;
use crate::error::ModelError;
use crate::onnx::printed::printed;
pub use description::{ClusterDescription, LayerDescription};
use flaw::Flaw;
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
/// Characters of a name or a version.
const LONGEST_NAME: usize = 128;
/// Decibels lie within this, either way: beyond, nothing is heard, and 32-bit floats run out.
const MOST_DB: f32 = 400.0;
/// The reference lies at least so far above the floor, in decibels: what is between is what the network tells apart.
const LEAST_RANGE_DB: f32 = 1.0;
/// Steps in which a level may move, in decibels.
const LEVEL_STEP_DB: std::ops::RangeInclusive<f32> = 0.01..=100.0;
/// Largest magnitude a value of [`LatentPrior`] may have.
const MAX_LATENT: f32 = 1e6;
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

impl Decibels {
    fn check(&self) -> Result<(), Flaw> {
        let all = [self.floor_db, self.reference_db, self.ceiling_db];
        let sane = all.iter().all(|db| (-MOST_DB..=MOST_DB).contains(db));
        let ordered = self.reference_db - self.floor_db >= LEAST_RANGE_DB
            && self.reference_db <= self.ceiling_db;
        match sane && ordered {
            true => Ok(()),
            false => Err(Flaw(format!(
                "decibel range: floor {} dB, reference {} dB, ceiling {} dB found; expected floor < reference ≤ ceiling within ±{MOST_DB} dB, the reference \
                 {LEAST_RANGE_DB} dB above the floor or more",
                self.floor_db, self.reference_db, self.ceiling_db
            ))),
        }
    }
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

impl Tensors {
    fn check(&self) -> Result<(), Flaw> {
        let named = [
            ("spectrogram", &self.spectrogram),
            ("latent_mean", &self.latent_mean),
            ("latent", &self.latent),
            ("decoded", &self.decoded),
        ];
        for (position, (key, name)) in named.iter().enumerate() {
            if name.is_empty() {
                return Err(Flaw(format!(
                    "tensors.{key} is empty; expected the name of a tensor"
                )));
            }
            // A latent may be the mean itself.
            let twice = named[..position].iter().find(|(_, n)| n == name);
            if let Some((other, _)) =
                twice.filter(|(other, _)| (*other, *key) != ("latent_mean", "latent"))
            {
                return Err(Flaw(format!(
                    "tensors.{other} and tensors.{key} are both `{}`; expected two tensors",
                    printed(name)
                )));
            }
        }
        Ok(())
    }
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
    /// [`ModelError::Manifest`] naming the field that is wrong and what was expected.
    pub fn from_json(json: &str) -> Result<Self, ModelError> {
        let manifest: Self = json::read(json)?;
        manifest.check()?;
        Ok(manifest)
    }

    pub(crate) fn check(&self) -> Result<(), ModelError> {
        let fail = |message: String| Err(ModelError::Manifest(message));
        if self.netbend != FORMAT {
            return fail(format!(
                "format {} found, {FORMAT} expected; update Netbend",
                self.netbend
            ));
        }
        if self.name.is_empty()
            || self.name.chars().count() > LONGEST_NAME
            || !self
                .name
                .chars()
                .all(|c| c.is_alphanumeric() || "-_ ".contains(c))
        {
            return fail(format!(
                "name `{}` must be letters, digits, `-`, `_` or spaces, {LONGEST_NAME} at most",
                self.name.chars().take(LONGEST_NAME).collect::<String>()
            ));
        }
        if self.version.chars().count() > LONGEST_NAME || self.version.chars().any(char::is_control)
        {
            return fail(format!(
                "a version of {} characters; expected {LONGEST_NAME} at most, all of which can be printed",
                self.version.chars().count()
            ));
        }
        if !(8_000..=192_000).contains(&self.sample_rate)
            || !(64..=16_384).contains(&self.fft_size)
            || !self.fft_size.is_power_of_two()
            || self.hop.checked_mul(4) != Some(self.fft_size)
            || !(2..=self.fft_size / 2 + 1).contains(&self.bins)
        {
            return fail(format!(
                "rate {} Hz, FFT {}, hop {}, {} bins do not fit together; expected a power of two, a \
                 quarter of it and at most half of it plus one",
                self.sample_rate, self.fft_size, self.hop, self.bins
            ));
        }
        if !FRAMES.contains(&self.frames)
            || !(LEAST_SEEN_FRAME..self.frames).contains(&self.last_seen_frame)
        {
            return fail(format!(
                "{} frames with the last one seen at {}; expected {} to {} and an index inside, {LEAST_SEEN_FRAME} or more",
                self.frames,
                self.last_seen_frame,
                FRAMES.start(),
                FRAMES.end()
            ));
        }
        if let Some(last) = self.last_seen_bin
            && last >= self.bins
        {
            return fail(format!(
                "last_seen_bin {last}; expected an index below {}",
                self.bins
            ));
        }
        self.decibels.check()?;
        let step = self.level.step_db;
        let steps = match self.level.kind.as_str() {
            NO_LEVEL => step.is_finite(),
            WINDOW_PEAK => LEVEL_STEP_DB.contains(&step),
            _ => false,
        };
        if !steps {
            return fail(format!(
                "level `{}` with a step of {} dB found; expected `{WINDOW_PEAK}` with a step of {} to {} dB, or `{NO_LEVEL}`",
                printed(&self.level.kind),
                self.level.step_db,
                LEVEL_STEP_DB.start(),
                LEVEL_STEP_DB.end()
            ));
        }
        self.tensors.check()?;
        if !(1..=65_536).contains(&self.latent_size) {
            return fail(format!(
                "latent size {}; expected 1 to 65536",
                self.latent_size
            ));
        }
        if let Some(prior) = &self.latent_prior {
            for (name, values) in [("mean", &prior.mean), ("std", &prior.std)] {
                if values.len() != self.latent_size {
                    return fail(format!(
                        "latent_prior.{name} has {} values; expected the latent's {}",
                        values.len(),
                        self.latent_size
                    ));
                }
                let lowest = if name == "std" { 0.0 } else { -MAX_LATENT };
                if let Some(odd) = values.iter().find(|x| !(lowest..=MAX_LATENT).contains(*x)) {
                    return fail(format!(
                        "latent_prior.{name} holds {odd}; expected {lowest} to {MAX_LATENT}"
                    ));
                }
            }
        }
        if self.layers.is_empty() || self.layers.len() > 64 {
            return fail(format!(
                "{} bendable layers; expected 1 to 64",
                self.layers.len()
            ));
        }
        for (position, layer) in self.layers.iter().enumerate() {
            if layer.index != position + 1 {
                return fail(format!(
                    "layer {} found where {} was expected",
                    layer.index,
                    position + 1
                ));
            }
            let sizes = [layer.features, layer.rows, layer.columns];
            if sizes.iter().any(|size| !(1..=65_536).contains(size)) {
                return fail(format!(
                    "layer {}: sizes {sizes:?}; expected 1 to 65536",
                    layer.index
                ));
            }
            let deviation = layer.deviation();
            if !(MIN_DEVIATION..=MAX_DEVIATION).contains(&deviation) {
                return fail(format!(
                    "layer {}: deviation {deviation}; expected {MIN_DEVIATION} to {MAX_DEVIATION}",
                    layer.index
                ));
            }
        }
        let mut tensors: Vec<&str> = self
            .layers
            .iter()
            .map(|layer| layer.tensor.as_str())
            .collect();
        tensors.sort_unstable();
        if let Some(pair) = tensors.windows(2).find(|pair| pair[0] == pair[1]) {
            return fail(format!("two layers are the tensor `{}`", pair[0]));
        }
        for (position, group) in self.clusters.iter().enumerate() {
            if self.clusters[..position]
                .iter()
                .any(|other| other.layer == group.layer)
            {
                return fail(format!("clusters for layer {} twice", group.layer));
            }
            let Some(layer) = self.layers.get(group.layer.wrapping_sub(1)) else {
                return fail(format!(
                    "clusters for layer {}, which does not exist",
                    group.layer
                ));
            };
            if group
                .clusters
                .iter()
                .flatten()
                .any(|&feature| feature >= layer.features)
            {
                return fail(format!(
                    "a cluster of layer {} names a feature that does not exist",
                    group.layer
                ));
            }
            for cluster in &group.clusters {
                let mut taken = vec![false; layer.features];
                let mut features = cluster.iter();
                if let Some(twice) = features.find(|f| std::mem::replace(&mut taken[**f], true)) {
                    return fail(format!(
                        "a cluster of layer {} names feature {twice} twice",
                        group.layer
                    ));
                }
            }
            if let Some(description) = &group.description
                && let Err(problem) = description.check(group.clusters.len())
            {
                return fail(format!("layer {}: {problem}", group.layer));
            }
        }
        let features: Vec<_> = self.layers.iter().map(|layer| layer.features).collect();
        parts::check(&self.parts, &features)?;
        Ok(())
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
