//! A model package: one `.onnx` file, read, checked and taken apart, before any runtime is involved.
//!
//! Of a file whose metadata holds a manifest, what encoder and decoder need is taken as it is. For any other there must be a sidecar beside it; its graph
//! is then brought into the same form, so that a package is the same to whoever runs it.

mod adapt;
pub mod bands;
mod fit;
pub mod format;
pub(crate) mod halves;
pub mod manifest;
mod prune;
pub mod sidecar;
mod template;
pub mod waveform;
pub mod work;

use std::io::Read as _;
use std::path::{Path, PathBuf};

use prost::Message as _;

use crate::error::ModelError;
use crate::error::fault::contained;
use crate::identity::hash;
use crate::onnx::check::check;
use crate::onnx::limits;
use crate::onnx::metadata::replace_metadata;
use crate::onnx::precision;
use crate::onnx::proto::ModelProto;
use crate::package::adapt::{adapt, is_standard};
use crate::package::manifest::{METADATA_KEY, Manifest};
use crate::package::sidecar::Sidecar;
use crate::text::kind::said_of_bytes;
pub use template::template;

/// Key of the metadata entry that makes a file the metric which clusters features, and no model.
pub const METRIC_KEY: &str = "netbend-metric";

/// A model that passed every check.
#[derive(Debug, Clone)]
pub struct Package {
    path: PathBuf,
    bytes: u64,
    sha256: String,
    manifest: Manifest,
    model: ModelProto,
    sidecar: Option<PathBuf>,
    /// The layers' names in the file's own graph, where it was adapted.
    own_layers: Vec<String>,
}

impl Package {
    /// Reads and checks the file at `path`.
    ///
    /// # Errors
    /// Every [`ModelError`] but `Runtime`.
    pub fn load(path: &Path) -> Result<Self, ModelError> {
        contained(|| Self::from_bytes(path, &read(path)?))
    }

    /// Checks a model held in memory, read from the file at `path`: where it holds no manifest, a sidecar is looked for
    /// beside that file.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn from_bytes(path: &Path, content: &[u8]) -> Result<Self, ModelError> {
        let model = decoded(content)?;
        if model.metadata(METADATA_KEY).is_none()
            && let Some(beside) = Sidecar::path_beside(path)
        {
            let sidecar = Sidecar::load(&beside)?;
            let mut package = Self::adapted(path, content, model, &sidecar)?;
            package.sidecar = Some(beside);
            return Ok(package);
        }
        // Before its graph is held to what spectrogram models are made of.
        if let Some(json) = model.metadata(METADATA_KEY)
            && json.len() <= limits::MANIFEST_BYTES
        {
            manifest::check_kind(json)?;
        }
        let mut model = model;
        if let Some(graph) = model.graph.as_mut()
            && precision::is_needed(graph)
        {
            // A converter may have been at it since Netbend wrote it.
            precision::to_single(graph)?;
        }
        check(&model)?;
        let json = model.metadata(METADATA_KEY).ok_or_else(|| {
            match model.metadata(METRIC_KEY) {
                Some(_) => ModelError::Kind(
                    "this file is the metric that clusters a model's features, not a model; \
                     it goes with `netbend cluster --metric`"
                        .into(),
                ),
                None => ModelError::Manifest(format!(
                    "the metadata has no `{METADATA_KEY}` entry, and there is no {} beside it; is this a Netbend model? \
                     For one of your own, `netbend inspect --template` writes that file",
                    path.with_extension("yaml")
                        .file_name()
                        .unwrap_or_default()
                        .to_string_lossy()
                )),
            }
        })?;
        if json.len() > limits::MANIFEST_BYTES {
            return Err(ModelError::Manifest(format!(
                "{} bytes long; at most {} are accepted",
                json.len(),
                limits::MANIFEST_BYTES
            )));
        }
        let mut manifest = Manifest::from_json(json)?;
        let stated = manifest.tensors.clone();
        if let Some(graph) = model.graph.as_mut() {
            prune::prune(graph, &mut manifest)?;
        }
        if manifest.tensors != stated {
            let json = manifest_json(&manifest)?;
            let entry = (model.metadata_props.iter_mut())
                .find(|entry| entry.key.as_deref() == Some(METADATA_KEY));
            if let Some(entry) = entry {
                entry.value = Some(json);
            }
        }
        model.opset_import.retain(is_standard);
        check(&model)?;
        fit::check(&model, &manifest)?;
        Ok(Self::new(path, content, manifest, model))
    }

    /// Checks a model held in memory, with the sidecar that belongs to it.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn with_sidecar(
        path: &Path,
        content: &[u8],
        sidecar: &Sidecar,
    ) -> Result<Self, ModelError> {
        Self::adapted(path, content, decoded(content)?, sidecar)
    }

    fn adapted(
        path: &Path,
        content: &[u8],
        model: ModelProto,
        sidecar: &Sidecar,
    ) -> Result<Self, ModelError> {
        let adapted = adapt(model, sidecar, path)?;
        fit::check(&adapted.model, &adapted.manifest)?;
        let mut package = Self::new(path, content, adapted.manifest, adapted.model);
        package.own_layers = adapted.own_layers;
        Ok(package)
    }

    fn new(path: &Path, content: &[u8], manifest: Manifest, model: ModelProto) -> Self {
        Self {
            path: path.to_owned(),
            bytes: content.len() as u64,
            sha256: hash(content),
            manifest,
            model,
            sidecar: None,
            own_layers: Vec::new(),
        }
    }

    /// The model as one file that needs no sidecar: the graph in Netbend's form, and the manifest in its metadata.
    ///
    /// # Errors
    /// [`ModelError::Manifest`] where the manifest cannot be written.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ModelError> {
        let json = manifest_json(&self.manifest)?;
        replace_metadata(&self.model.encode_to_vec(), METADATA_KEY, &json)
    }

    /// Where the sidecar was, if the model has one.
    pub fn sidecar(&self) -> Option<&Path> {
        self.sidecar.as_deref()
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

    /// The layers' tensors in the file's own graph, in the order of the manifest's.
    pub fn own_layers(&self) -> impl Iterator<Item = &str> {
        let own = self.own_layers.iter().map(String::as_str);
        let stated = self.manifest.layers.iter().skip(self.own_layers.len());
        own.chain(stated.map(|layer| layer.tensor.as_str()))
    }

    /// What the model says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The graph: what is needed of the file's own where it holds a manifest, and one adapted to be like it where there is a sidecar.
    pub fn model(&self) -> &ModelProto {
        &self.model
    }

    /// Number of weights (elements of all initializers).
    pub fn weight_count(&self) -> usize {
        let Some(graph) = &self.model.graph else {
            return 0;
        };
        graph
            .initializer
            .iter()
            .filter_map(|tensor| tensor.element_count())
            .sum()
    }
}

fn manifest_json(manifest: &Manifest) -> Result<String, ModelError> {
    serde_json::to_string(manifest).map_err(|error| ModelError::Manifest(error.to_string()))
}

/// The model that `content` holds.
///
/// # Errors
/// [`ModelError::NotOnnx`] where it is known to be something else, otherwise as [`ModelProto::read`].
pub(crate) fn decoded(content: &[u8]) -> Result<ModelProto, ModelError> {
    let other = || said_of_bytes(content).map(ModelError::NotOnnx);
    match ModelProto::read(content) {
        Ok(model) if model.graph.is_some() => Ok(model),
        Ok(model) => other().map_or(Ok(model), Err),
        Err(error) => Err(other().unwrap_or(error)),
    }
}

/// The content of a model file, read no further than its limit.
///
/// # Errors
/// [`ModelError::Read`], [`ModelError::TooLarge`].
pub fn read(path: &Path) -> Result<Vec<u8>, ModelError> {
    let failed = |source| ModelError::Read {
        path: path.to_owned(),
        source,
    };
    // A pipe or a device has no end.
    if !std::fs::metadata(path).map_err(failed)?.is_file() {
        let problem = "it is not a file; expected an ONNX model";
        return Err(failed(std::io::Error::new(
            std::io::ErrorKind::InvalidInput,
            problem,
        )));
    }
    let file = std::fs::File::open(path).map_err(failed)?;
    let bytes = file.metadata().map_err(failed)?.len();
    if bytes > limits::FILE_BYTES {
        return Err(ModelError::TooLarge {
            path: path.to_owned(),
            bytes,
            limit: limits::FILE_BYTES,
        });
    }
    let mut content = Vec::new();
    // The file may grow between the two calls: `take` holds it to the limit all the same.
    file.take(limits::FILE_BYTES)
        .read_to_end(&mut content)
        .map_err(failed)?;
    Ok(content)
}
