//! The errors of this crate. Messages say what was found, what was expected and what to do. Those of a model's file begin with what it is to
//! whoever has it, and what helps; what a programmer needs follows.

pub mod fault;

use std::path::PathBuf;

use crate::text::TextError;

/// Characters of what a library says that are passed on.
const LONGEST: usize = 400;

/// Why a model could not be loaded or run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The file could not be read.
    #[error("model {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is larger than [`limits::FILE_BYTES`](crate::onnx::limits::FILE_BYTES).
    #[error("model {path} has {bytes} bytes; at most {limit} are accepted")]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size in bytes.
        bytes: u64,
        /// The largest size accepted, in bytes.
        limit: u64,
    },
    /// The file is not an ONNX model, or only part of one.
    #[error(
        "the file is damaged, or only part of a model: copy, download or convert it again (not a whole ONNX file: {0})"
    )]
    Decode(String),
    /// The file is something else.
    #[error("{0}; expected an ONNX model: download or convert it again")]
    NotOnnx(String),
    /// The file is an ONNX model that Netbend refuses.
    #[error(
        "the file is damaged, or its network is none that Netbend runs: download or convert it again, or change what is named here: {0}"
    )]
    Structure(String),
    /// The model has no usable manifest.
    #[error("no Netbend model, or a damaged one: download or convert it again ({0})")]
    Manifest(String),
    /// The manifest is that of a later Netbend.
    #[error("the model was made for another Netbend: update Netbend ({0})")]
    Format(String),
    /// The file is whole, and of another kind than is worked with here.
    #[error("model refused: {0}")]
    Kind(String),
    /// The sidecar beside the model is no text, or cannot be read.
    #[error(transparent)]
    Text(#[from] TextError),
    /// The sidecar beside the model is wrong.
    #[error("{file}{}: {message}", if *line > 0 { format!(":{line}") } else { String::new() })]
    Sidecar {
        /// Name of the sidecar's file.
        file: String,
        /// 1-based line; 0 where no line is to blame.
        line: u64,
        /// What was found and what was expected.
        message: String,
    },
    /// The metric file is no metric, or that of another model.
    #[error("metric: {0}")]
    Metric(String),
    /// The clusters could not be found.
    #[error("clusters: {0}")]
    Clusters(String),
    /// A library below panicked. Nothing is left of what it was to make.
    #[error(
        "the model cannot be loaded, and its file may be damaged: download or convert it again (a library stopped with: {0})"
    )]
    Stopped(String),
    /// ONNX Runtime refused the model or failed while running it.
    #[error(
        "the model does not run, and its file may be damaged: download or convert it again (ONNX Runtime: {0})"
    )]
    Runtime(String),
    /// Nobody wants it any more: see [`Cancellation`](crate::run::runtime::Cancellation).
    #[error("given up before it was done")]
    Cancelled,
}

impl From<prost::DecodeError> for ModelError {
    fn from(error: prost::DecodeError) -> Self {
        Self::Decode(error.to_string())
    }
}

impl<R> From<ort::Error<R>> for ModelError {
    fn from(error: ort::Error<R>) -> Self {
        Self::Runtime(in_one_line(&error.to_string()))
    }
}

/// A library's words as one line that is not too long to be read.
fn in_one_line(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ").chars().take(LONGEST).collect()
}

/// Why ONNX Runtime itself could not be loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RuntimeError {
    /// No library at any of the places looked at.
    #[error(
        "ONNX Runtime ({library}) is missing; looked in {}. Reinstall Netbend, or set \
         NETBEND_RESOURCES to the folder that holds it",
        places.iter().map(|place| place.display().to_string()).collect::<Vec<_>>().join(", ")
    )]
    Missing {
        /// The file name looked for.
        library: &'static str,
        /// The folders looked in.
        places: Vec<PathBuf>,
    },
    /// The library is there but does not load, or is too old.
    #[error("ONNX Runtime does not load: {0}. Reinstall Netbend")]
    Load(String),
}

/// What is wrong with a preset, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {message}", if *line > 0 { format!(", line {line}") } else { String::new() })]
pub struct PresetError {
    /// File name, as given by the caller.
    pub file: String,
    /// 1-based line; 0 where no line is to blame.
    pub line: u64,
    /// What was found and what was expected.
    pub message: String,
}
