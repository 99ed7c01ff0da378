//! The facts of the model that a stream is opened for, kept while its files stay as they are. Main thread.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use netbend_models::ModelFacts;
use netbend_models::sidecar::Sidecar;

use crate::resources::Resources;

/// A file as it was when it was read: where, how long and of when.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp {
    path: PathBuf,
    bytes: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        let metadata = std::fs::metadata(path).ok()?;
        Some(Self {
            path: path.to_owned(),
            bytes: metadata.len(),
            modified: metadata.modified().ok(),
        })
    }
}

/// Reads facts, and reads them again only where the model's file or its sidecar changed.
#[derive(Debug, Default)]
pub struct FactsReader {
    /// The stamps of model and sidecar, and what was read.
    known: Option<([Option<Stamp>; 2], ModelFacts)>,
}

impl FactsReader {
    /// The facts of the model called `model`; those of the models Netbend trains where it is missing or cannot be read: the
    /// worker says what is wrong with it. Reads at most the file's outline. Not for the audio thread.
    pub fn facts(&mut self, resources: &Resources, model: &str) -> ModelFacts {
        let Ok(path) = resources.model(model) else {
            return ModelFacts::default();
        };
        let sidecar = Sidecar::path_beside(&path);
        let stamps = [Stamp::of(&path), sidecar.as_deref().and_then(Stamp::of)];
        if let Some((known, facts)) = &self.known
            && *known == stamps
        {
            return *facts;
        }
        let facts = ModelFacts::read(&path).unwrap_or_default();
        self.known = Some((stamps, facts));
        facts
    }
}
