//! What can go wrong in the plugin, told apart by its cause: the editor and the command line show the message, and act on the variant.

use std::path::PathBuf;

use netbend_dsp::DspError;
use netbend_models::error::PresetError;
use netbend_models::identity::short_hash;
use netbend_models::{ModelError, RuntimeError};

/// Where a model or a preset comes from, and so what helps where its file does not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// It comes with Netbend: installing again brings it back.
    Shipped,
    /// The user put it there, and nobody else can.
    Own,
}

/// Why something cannot be bent. Messages say what was found, what was expected and what to do.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// What was given is no model's name.
    #[error(
        "`{0}` is not a model's name; expected the name of a file in the models' folders, without `.onnx`"
    )]
    ModelName(String),
    /// No file has the model's name.
    #[error(
        "Model `{name}` is missing{}; looked in {}. {}",
        near.as_ref().map_or_else(String::new, |near| format!(" (did you mean `{near}`?)")),
        folders.iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>().join(", "),
        match origin {
            Origin::Shipped => "Reinstall Netbend".to_owned(),
            Origin::Own => format!("Put {name}.onnx into one of these folders"),
        }
    )]
    MissingModel {
        /// The name.
        name: String,
        /// Whether a model of that name comes with Netbend.
        origin: Origin,
        /// A model that is there and is called almost so.
        near: Option<String>,
        /// The folders looked in.
        folders: Vec<PathBuf>,
    },
    /// No file has the model's name, and none its content.
    #[error(
        "{by_name}. No file with its content (sha256 {}…) has another name there, either",
        short_hash(sha256)
    )]
    MissingContent {
        /// Why it was not found by name.
        by_name: Box<Error>,
        /// The hash it has, in lower-case hexadecimal.
        sha256: String,
    },
    /// The model was changed while it was in use.
    #[error("{} changed since it was loaded; open Netbend again", .0.display())]
    OtherModel(PathBuf),
    /// A file of the model's cannot be read, is refused or does not run.
    #[error("{}: {said}", path.display())]
    Model {
        /// The file.
        path: PathBuf,
        /// Where it comes from.
        origin: Origin,
        /// What is wrong with it.
        said: String,
    },
    /// ONNX Runtime is missing or does not load.
    #[error(transparent)]
    Runtime(#[from] RuntimeError),
    /// A model took too long to load.
    #[error(
        "Model `{name}`: loading took longer than {seconds} s and was given up; use a smaller model, or export this one with its constants \
         folded"
    )]
    Deadline {
        /// The model's name.
        name: String,
        /// How long it was waited for.
        seconds: u64,
    },
    /// Loading ended without an answer.
    #[error("Model `{0}`: loading failed unexpectedly")]
    Unloaded(String),
    /// The stream was opened for frames of another size than the model's.
    #[error(
        "Model `{name}` needs frames of {needed} samples at {rate} Hz, and this stream was opened with {opened}; \
         change the latency mode and back, or open the project again"
    )]
    FrameSize {
        /// The model's name.
        name: String,
        /// Samples of a frame that the model needs.
        needed: usize,
        /// Samples per second.
        rate: f32,
        /// Samples of a frame that the stream has.
        opened: usize,
    },
    /// The stream was opened for longer strides than the model's window allows.
    #[error(
        "Model `{name}` sees {seen} frames, and this stream was opened for {opened} at a time; \
         change the latency mode and back, or open the project again"
    )]
    Stride {
        /// The model's name.
        name: String,
        /// Frames that the model sees.
        seen: usize,
        /// Frames that the stream takes at a time.
        opened: usize,
    },
    /// The stream was opened for a model of another kind, or for another waveform model.
    #[error(
        "Model `{name}` needs another kind of stream than this one was opened for; change the latency mode and back, or open the project again"
    )]
    Kind {
        /// The model's name.
        name: String,
    },
    /// No stream opens as it was asked for.
    #[error(transparent)]
    Stream(#[from] DspError),
    /// The model failed while it ran.
    #[error("{0}")]
    Inference(String),
    /// The system gives no threads.
    #[error("Netbend's threads do not start: {0}")]
    Threads(String),
    /// A fault of Netbend's own.
    #[error("Netbend's engine failed; please report what you did")]
    Broken,
    /// A preset's seed is out of range.
    #[error("seed {found} found; expected 0 to {most}")]
    Seed {
        /// The seed.
        found: u32,
        /// The largest there is.
        most: i32,
    },
    /// There is nothing to learn from or with.
    #[error(transparent)]
    Learning(#[from] LearningError),
    /// Settings could not be tried out.
    #[error(transparent)]
    Trial(#[from] TrialError),
    /// A preset's file cannot be loaded.
    #[error(transparent)]
    Preset(#[from] PresetError),
}

/// Why settings could not be tried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrialError {
    /// The system gives no thread.
    #[error("no thread to try settings on: {0}")]
    NoThread(String),
    /// It ended without an answer.
    #[error("the trial failed unexpectedly")]
    Unfinished,
}

/// Why no clusters of a sound were learned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LearningError {
    /// No model is loaded.
    #[error(
        "clusters of a sound are learned with a spectrogram model; this one is of another kind, or none is loaded"
    )]
    NoModel,
    /// Nothing was heard.
    #[error("no sound to learn from: play something, then learn")]
    NoSound,
    /// The model has no metric.
    #[error(
        "learning needs the model's metric, {}, which is missing; {}",
        path.display(),
        match origin {
            Origin::Shipped => "reinstall Netbend",
            Origin::Own => "train it with `python -m netbend_training metric`",
        }
    )]
    MissingMetric {
        /// The file that is missing.
        path: PathBuf,
        /// Where the model comes from.
        origin: Origin,
    },
    /// The system gives no thread.
    #[error("no thread to learn on: {0}")]
    NoThread(String),
    /// It was done, and failed.
    #[error("{0}")]
    Failed(String),
    /// It ended without an answer.
    #[error("learning failed unexpectedly")]
    Unfinished,
}

impl Error {
    /// A fault of the file at `path`, of a model from there.
    pub(crate) fn of_model(
        path: impl Into<PathBuf>,
        origin: Origin,
    ) -> impl FnOnce(ModelError) -> Self {
        let path = path.into();
        move |error| Self::Model {
            path,
            origin,
            said: error.to_string(),
        }
    }
}

impl From<ModelError> for Error {
    /// A fault of a model that runs.
    fn from(error: ModelError) -> Self {
        Self::Inference(error.to_string())
    }
}
