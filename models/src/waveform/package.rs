//! A waveform model's file, read, checked and cut into halves, before any runtime is involved.

use std::path::{Path, PathBuf};

use super::halves::{HalfGraph, split};
use crate::bends::weights::WeightLayer;
use crate::error::ModelError;
use crate::error::fault::contained;
use crate::identity::hash;
use crate::node::weights::FoundWeight;
use crate::onnx::budget::Cost;
use crate::onnx::check::check;
use crate::onnx::limits;
use crate::onnx::printed::printed;
use crate::onnx::proto::ModelProto;
use crate::onnx::shapes::Shapes;
use crate::package::manifest::{
    Decibels, FORMAT, Layer, Level, METADATA_KEY, Manifest, NO_LEVEL, Tensors, is_waveform,
};
use crate::package::waveform::{WaveformLayer, WaveformManifest};
use crate::package::{decoded, read};
use crate::run::weights::BendableWeights;

/// A waveform model that passed every check.
#[derive(Debug, Clone)]
pub struct WaveformPackage {
    path: PathBuf,
    bytes: u64,
    sha256: String,
    manifest: WaveformManifest,
    model: ModelProto,
    pub(super) encoder: HalfGraph,
    pub(super) decoder: HalfGraph,
}

impl WaveformPackage {
    /// Whether the file at `path` says that it holds a waveform model. Reads its outline.
    pub fn is_at(path: &Path) -> bool {
        crate::package::format::is_waveform_file(path)
    }

    /// Reads and checks the file at `path`.
    ///
    /// # Errors
    /// Every [`ModelError`] but `Runtime`.
    pub fn load(path: &Path) -> Result<Self, ModelError> {
        contained(|| Self::from_bytes(path, &read(path)?))
    }

    /// Checks a model held in memory, read from the file at `path`.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn from_bytes(path: &Path, content: &[u8]) -> Result<Self, ModelError> {
        let model = decoded(content)?;
        let json = model.metadata(METADATA_KEY).unwrap_or("");
        if json.len() > limits::MANIFEST_BYTES {
            return Err(ModelError::Manifest(format!(
                "{} bytes long; at most {} are accepted",
                json.len(),
                limits::MANIFEST_BYTES
            )));
        }
        if !is_waveform(json) {
            return Err(ModelError::Manifest(
                "it is not that of a waveform model; `cargo xtask import` writes such files".into(),
            ));
        }
        let manifest = WaveformManifest::from_json(json)?;
        check(&model)?;
        let (encoder, decoder) = split(&model, &manifest)?;
        let tensors = &manifest.tensors;
        let audio = (
            &tensors.audio,
            vec![1, manifest.channels_in, manifest.block],
        );
        let latent = (
            &tensors.latent,
            vec![1, manifest.latent_size, manifest.steps()],
        );
        let output = (
            &tensors.output,
            vec![1, manifest.channels_out, manifest.block],
        );
        let layers = |half| {
            manifest
                .layers
                .iter()
                .filter(move |layer| layer.half == half)
        };
        use crate::package::waveform::Half;
        follow(
            "encoder",
            &encoder,
            audio,
            latent.clone(),
            layers(Half::Encoder),
        )?;
        follow("decoder", &decoder, latent, output, layers(Half::Decoder))?;
        Ok(Self {
            path: path.to_owned(),
            bytes: content.len() as u64,
            sha256: hash(content),
            manifest,
            model,
            encoder,
            decoder,
        })
    }

    /// Where the file was.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Size of the file in bytes.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// SHA-256 of the file, in hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// What the model says of itself.
    pub fn manifest(&self) -> &WaveformManifest {
        &self.manifest
    }

    /// The whole graph.
    pub fn model(&self) -> &ModelProto {
        &self.model
    }

    /// The weights that can be bent, in the order of their numbers.
    pub fn weight_layers(&self) -> Vec<WeightLayer> {
        let found = self.weights().into_iter();
        found.map(|weight| weight.layer).collect()
    }

    /// Those weights, unbent.
    pub(crate) fn bendable_weights(&self) -> BendableWeights {
        BendableWeights::alone(self.weights())
    }

    pub(super) fn weights(&self) -> Vec<FoundWeight> {
        super::weights::find(&self.model, &self.manifest)
    }

    /// Number of weights (elements of all initializers).
    pub fn weight_count(&self) -> usize {
        let graph = self.model.graph.iter();
        let tensors = graph.flat_map(|graph| &graph.initializer);
        tensors.filter_map(|tensor| tensor.element_count()).sum()
    }

    /// What presets, clusters, slots and the editor know of the model: layers and features as those of any other. A map's rows are its steps,
    /// and it has one column. What a spectrogram is to the model is of no meaning.
    pub fn face(&self) -> Manifest {
        let own = &self.manifest;
        let layer = |(index, layer): (usize, &WaveformLayer)| Layer {
            index,
            tensor: layer.tensor.clone(),
            features: layer.features,
            rows: layer.steps,
            columns: 1,
            deviation: None,
        };
        Manifest {
            netbend: FORMAT,
            name: own.name.clone(),
            version: own.version.clone(),
            sample_rate: own.sample_rate,
            fft_size: 1_024,
            hop: 256,
            bins: 513,
            frames: 128,
            last_seen_frame: 124,
            last_seen_bin: None,
            decibels: Decibels {
                floor_db: -80.0,
                reference_db: 0.0,
                ceiling_db: 20.0,
            },
            level: Level {
                kind: NO_LEVEL.to_owned(),
                step_db: 0.0,
            },
            tensors: Tensors {
                spectrogram: own.tensors.audio.clone(),
                latent_mean: own.tensors.latent.clone(),
                latent_log_variance: String::new(),
                latent: own.tensors.latent.clone(),
                decoded: own.tensors.output.clone(),
            },
            latent_size: own.latent_size,
            latent_prior: None,
            layers: (1..).zip(own.numbered_layers()).map(layer).collect(),
            clusters: own.clusters.clone(),
            parts: Vec::new(),
            licence: own.licence.clone().unwrap_or_default(),
            training: serde_json::Value::Null,
        }
    }
}

/// Whether a half computes what the manifest says, at a cost that is accepted.
fn follow<'l>(
    what: &str,
    half: &HalfGraph,
    input: (&String, Vec<usize>),
    output: (&String, Vec<usize>),
    layers: impl Iterator<Item = &'l WaveformLayer>,
) -> Result<(), ModelError> {
    let graph = half
        .model
        .graph
        .as_ref()
        .ok_or_else(|| ModelError::Structure("the file holds no graph".into()))?;
    let mut given = vec![(input.0.as_str(), input.1)];
    let states = half.states.iter();
    given.extend(states.map(|state| (state.input.as_str(), state.shape.clone())));
    let noise = half.noise.iter();
    given.extend(noise.map(|(_, noise)| (noise.name.as_str(), noise.shape.clone())));
    let shapes = Shapes::infer(graph, &given)?;
    Cost::of(graph, &shapes).check(what, 1)?;
    expect(&shapes, "the half's output", output.0, &output.1)?;
    for state in &half.states {
        let name = format!("state `{}`", printed(&state.name));
        expect(&shapes, &name, &state.output, &state.shape)?;
    }
    for layer in layers {
        let size = [layer.rows, layer.features, layer.steps];
        expect(
            &shapes,
            &format!("layer {}", layer.index),
            &layer.tensor,
            &size,
        )?;
    }
    Ok(())
}

fn expect(shapes: &Shapes, what: &str, tensor: &str, dims: &[usize]) -> Result<(), ModelError> {
    let found = match shapes.of(tensor) {
        Some(found) if found == dims => return Ok(()),
        Some(found) => format!("which the graph computes as {found:?}"),
        None => "which its half of the graph does not compute".into(),
    };
    Err(ModelError::Manifest(format!(
        "{what} is the tensor `{}` of {dims:?}, {found}; import the model again",
        printed(tensor)
    )))
}
