//! The format of the model that a stream is opened for, kept while its files stay as they are. Main thread.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use netbend_models::ModelFormat;
use netbend_models::package::sidecar::Sidecar;

use crate::resources::Resources;

/// A file as it was when it was read: where, how long and of when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stamp {
    path: PathBuf,
    bytes: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    /// The file at `path` as it is now; `None` where there is none.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let metadata = std::fs::metadata(path).ok()?;
        Some(Self {
            path: path.to_owned(),
            bytes: metadata.len(),
            modified: metadata.modified().ok(),
        })
    }

    /// Where the file lies.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// How long it is.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether it is of the file at `path`.
    pub(crate) fn is_at(&self, path: &Path) -> bool {
        self.path == path
    }
}

/// A model's files as they were at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stamps {
    model: Option<Stamp>,
    sidecar: Option<Stamp>,
}

impl Stamps {
    /// The model file's; `None` where there was none.
    pub(crate) fn model(&self) -> Option<&Stamp> {
        self.model.as_ref()
    }
}

/// A model's file, and the sidecar that lies beside it if it has one.
#[derive(Debug, Clone)]
pub(crate) struct ModelFiles {
    model: PathBuf,
    sidecar: Option<PathBuf>,
}

impl ModelFiles {
    /// The files of the model at `path`.
    pub(crate) fn of(path: PathBuf) -> Self {
        Self {
            sidecar: Sidecar::path_beside(&path),
            model: path,
        }
    }

    /// The model's.
    pub(crate) fn model(&self) -> &Path {
        &self.model
    }

    /// What they are now: while it stays the same, so do they.
    pub(crate) fn stamps(&self) -> Stamps {
        Stamps {
            model: Stamp::of(&self.model),
            sidecar: self.sidecar.as_deref().and_then(Stamp::of),
        }
    }
}

/// Reads formats, and reads one again only where the model's file or its sidecar changed.
#[derive(Debug, Default)]
pub struct FormatReader {
    /// The stamps of model and sidecar, and what was read.
    known: Option<(Stamps, ModelFormat)>,
}

impl FormatReader {
    /// The format of the model called `model`; that of the models Netbend trains where it is missing or cannot be read: the
    /// worker says what is wrong with it. Reads at most the file's outline. Not for the audio thread.
    pub fn format(&mut self, resources: &Resources, model: &str) -> ModelFormat {
        match resources.model(model) {
            Ok(path) => self.format_of(path),
            Err(_) => ModelFormat::default(),
        }
    }

    /// The format of the model at `path`, as [`format`](Self::format).
    pub fn format_of(&mut self, path: PathBuf) -> ModelFormat {
        let files = ModelFiles::of(path);
        let stamps = files.stamps();
        if let Some((known, format)) = &self.known
            && *known == stamps
        {
            return *format;
        }
        let format = ModelFormat::read(files.model()).unwrap_or_default();
        self.known = Some((stamps, format));
        format
    }
}
