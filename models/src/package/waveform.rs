//! The manifest of a waveform model, as JSON in the ONNX metadata property `netbend`.

mod check;

use serde::{Deserialize, Serialize};

use super::manifest::{LayerClusters, read_json};
use crate::error::ModelError;

/// The manifest format this version reads.
pub const FORMAT: u32 = 1;

/// What a waveform model is, how it is run block by block and where it can be bent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WaveformManifest {
    /// Format of the manifest, [`FORMAT`].
    pub netbend: u32,
    /// Short name.
    pub name: String,
    /// Version of the model.
    pub version: String,
    /// Samples per second.
    pub sample_rate: u32,
    /// Samples of a block.
    pub block: usize,
    /// Samples that a step of the latent stands for.
    pub ratio: usize,
    /// Dimensions of the latent.
    pub latent_size: usize,
    /// Channels that go in: 1 or 2.
    pub channels_in: usize,
    /// Channels that come out: 1 or 2.
    pub channels_out: usize,
    /// The names of the tensors that are fed and read.
    pub tensors: WaveformTensors,
    /// What is kept from block to block.
    pub states: Vec<StateTensor>,
    /// Whether silence leads to a rest that stands still.
    #[serde(default)]
    pub rest_settled: bool,
    /// What is drawn in every block.
    #[serde(default)]
    pub noise: Vec<NoiseTensor>,
    /// The maps that can be bent, in the order they are computed.
    pub layers: Vec<WaveformLayer>,
    /// The weights that nn~ lists, in its order.
    #[serde(default)]
    pub weights: Vec<WeightTensor>,
    /// How late what comes out is.
    pub latency: MeasuredLatency,
    /// Clusters of features, by the numbers of [`numbered_layers`](WaveformManifest::numbered_layers).
    #[serde(default)]
    pub clusters: Vec<LayerClusters>,
    /// Licence of the weights, where the file says one.
    #[serde(default)]
    pub licence: Option<String>,
    /// Whose terms hold.
    #[serde(default)]
    pub terms: String,
}

/// Tensor names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaveformTensors {
    /// Input `[1, channels_in, block]`.
    pub audio: String,
    /// The map `[1, latent_size, block / ratio]` that the decoder starts from.
    pub latent: String,
    /// Output `[1, channels_out, block]`.
    pub output: String,
}

/// A state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateTensor {
    /// What the model calls it.
    pub name: String,
    /// The tensor it goes in by.
    pub input: String,
    /// The tensor it comes out by.
    pub output: String,
    /// Its size.
    pub shape: Vec<usize>,
    /// Its element type; `float32` alone is played.
    #[serde(rename = "type")]
    pub element: String,
    /// What it is at rest.
    pub rest: Rest,
}

/// What a state is at rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rest {
    /// 0.
    Zeros,
    /// The initialiser of the input's name.
    Initializer,
}

/// An input of random numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoiseTensor {
    /// The tensor.
    pub name: String,
    /// Its size.
    pub shape: Vec<usize>,
    /// How its numbers lie.
    pub distribution: Distribution,
    /// What it is for.
    pub place: NoisePlace,
}

/// How random numbers lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Distribution {
    /// About 0 with a deviation of 1.
    Normal,
    /// From 0 to 1.
    Uniform,
}

/// What random numbers are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NoisePlace {
    /// The encoder's own spread.
    Encoder,
    /// Latent dimensions that the latent leaves out.
    Padding,
    /// Noise that is part of the sound.
    Synthesis,
}

/// A map `[rows, features, steps]` that can be bent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaveformLayer {
    /// Its number among all, from 1 on, in the order they are computed.
    pub index: usize,
    /// What nn~'s users know it by.
    pub name: String,
    /// Its tensor.
    pub tensor: String,
    /// What it is.
    pub kind: LayerKind,
    /// Where it is computed.
    pub half: Half,
    /// Rows of the batch: 2 where both channels go through the same weights.
    pub rows: usize,
    /// Features.
    pub features: usize,
    /// Steps of time in a block.
    pub steps: usize,
    /// Whether it is one of the few that are shown; the others are fine detail.
    pub shown: bool,
}

/// What a map is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LayerKind {
    /// The first of its size.
    Stage,
    /// Behind a convolution.
    Convolution,
    /// Two branches, added.
    Sum,
    /// The latent.
    Latent,
    /// What comes out.
    Output,
}

/// A half of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Half {
    /// Sound to latent.
    Encoder,
    /// Latent to sound.
    Decoder,
}

/// A tensor of weights as nn~ lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeightTensor {
    /// Its name.
    pub name: String,
    /// Its size.
    pub shape: Vec<usize>,
    /// How many numbers it holds.
    pub size: usize,
    /// Whether a block uses it.
    pub used: bool,
}

/// How late what comes out is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeasuredLatency {
    /// In samples of the model's rate; nothing where it could not be measured.
    #[serde(default)]
    pub samples: Option<i64>,
    /// How it was measured.
    #[serde(default)]
    pub method: String,
}

impl WaveformManifest {
    /// Reads and checks a manifest.
    ///
    /// # Errors
    /// [`ModelError::Manifest`] naming the field that is wrong and what was expected.
    pub fn from_json(json: &str) -> Result<Self, ModelError> {
        let manifest: Self = read_json(json)?;
        manifest.check()?;
        Ok(manifest)
    }

    /// Steps of the latent in a block.
    pub fn steps(&self) -> usize {
        self.block / self.ratio.max(1)
    }

    /// Samples of the model's rate between what goes in and what comes out; 0 where that is not known.
    pub fn latency_samples(&self) -> usize {
        let samples = self.latency.samples.unwrap_or(0);
        usize::try_from(samples).unwrap_or(0)
    }

    /// The layers as bends number them, from 1 on: those that are shown in the order they are computed, then all others. The latent is none of
    /// them: it is layer 0.
    pub fn numbered_layers(&self) -> impl Iterator<Item = &WaveformLayer> {
        let but_latent = || {
            self.layers
                .iter()
                .filter(|layer| layer.kind != LayerKind::Latent)
        };
        let shown = but_latent().filter(|layer| layer.shown);
        shown.chain(but_latent().filter(|layer| !layer.shown))
    }

    /// How many of the [numbered](Self::numbered_layers) layers are shown.
    pub fn shown_layers(&self) -> usize {
        let shown = self.numbered_layers().take_while(|layer| layer.shown);
        shown.count()
    }
}

/// Numbers of a tensor.
pub(crate) fn count(shape: &[usize]) -> usize {
    shape
        .iter()
        .fold(1_usize, |all, &size| all.saturating_mul(size))
}
