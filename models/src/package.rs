//! A model package: one `.onnx` file, read, checked and taken apart, before any runtime is involved.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use prost::Message as _;
use sha2::{Digest as _, Sha256};

use crate::cluster::METADATA_KEY as METRIC_KEY;
use crate::error::ModelError;
use crate::manifest::{METADATA_KEY, Manifest};
use crate::onnx::check::{check, limits};
use crate::onnx::proto::ModelProto;

/// A model that passed every check.
#[derive(Debug, Clone)]
pub struct Package {
    path: PathBuf,
    bytes: u64,
    sha256: String,
    manifest: Manifest,
    model: ModelProto,
}

impl Package {
    /// Reads and checks the file at `path`.
    ///
    /// # Errors
    /// Every [`ModelError`] but `Runtime`.
    pub fn load(path: &Path) -> Result<Self, ModelError> {
        Self::from_bytes(path, &read(path)?)
    }

    /// Checks a model held in memory; `path` is only remembered.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn from_bytes(path: &Path, content: &[u8]) -> Result<Self, ModelError> {
        let model = ModelProto::decode(content)?;
        check(&model)?;
        let json = model.metadata(METADATA_KEY).ok_or_else(|| {
            ModelError::Manifest(match model.metadata(METRIC_KEY) {
                Some(_) => {
                    "this file is the metric that clusters a model's features, not a model; \
                            it goes with `netbend cluster --metric`"
                        .into()
                }
                None => {
                    format!("the metadata has no `{METADATA_KEY}` entry; is this a Netbend model?")
                }
            })
        })?;
        if json.len() > limits::MANIFEST_BYTES {
            return Err(ModelError::Manifest(format!(
                "{} bytes long; at most {} are accepted",
                json.len(),
                limits::MANIFEST_BYTES
            )));
        }
        let manifest = Manifest::from_json(json)?;
        let sha256 = Sha256::digest(content)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Ok(Self {
            path: path.to_owned(),
            bytes: content.len() as u64,
            sha256,
            manifest,
            model,
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
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The decoded graph.
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

/// The content of a model file, read no further than its limit.
///
/// # Errors
/// [`ModelError::Read`], [`ModelError::TooLarge`].
pub fn read(path: &Path) -> Result<Vec<u8>, ModelError> {
    let failed = |source| ModelError::Read {
        path: path.to_owned(),
        source,
    };
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
