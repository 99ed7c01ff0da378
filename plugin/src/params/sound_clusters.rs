//! The clusters of a sound that an instance keeps, and the wish for others.
//!
//! A handle shared by the project's state (the text), the editor (wishes, and shows what came of it) and the worker (learns). The
//! audio thread has none.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use nice_plug::params::persist::PersistentField;

use super::sound_labels::SoundLabels;

/// Handle to one instance's sound clusters. Clones are the same clusters.
#[derive(Debug, Clone, Default)]
pub struct SoundClusterStore(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    /// What the text says of names, once somebody has asked.
    labels: Mutex<Option<Arc<SoundLabels>>>,
    /// As [`netbend_models::cluster::SoundClusters`] writes them; empty where there are none.
    text: Mutex<String>,
    wanted: AtomicBool,
    note: Mutex<Note>,
}

/// What to tell the user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Note {
    /// Nothing.
    #[default]
    None,
    /// Clusters are being learned.
    Learning,
    /// Clusters were learned, at that moment.
    Learned(String, Instant),
    /// Learning failed, at that moment; the clusters are those from before.
    Failed(String, Instant),
    /// The clusters there are select nothing.
    Unusable(String),
}

impl SoundClusterStore {
    /// The clusters as text, for a project or a preset; empty where there are none.
    pub fn text(&self) -> String {
        self.0
            .text
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Puts other clusters in place of those there are. An engine takes them at its next activation.
    pub fn replace(&self, text: String) {
        *self.0.text.lock().unwrap_or_else(PoisonError::into_inner) = text;
        *self.labels_there() = None;
    }

    /// What the clusters are called. For a GUI, which asks in every picture.
    pub fn labels(&self) -> Arc<SoundLabels> {
        if let Some(labels) = self.labels_there().as_ref() {
            return Arc::clone(labels);
        }
        let labels = Arc::new(SoundLabels::of(&self.text()));
        *self.labels_there() = Some(Arc::clone(&labels));
        labels
    }

    fn labels_there(&self) -> MutexGuard<'_, Option<Arc<SoundLabels>>> {
        self.0.labels.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether there are no clusters at all.
    pub fn is_empty(&self) -> bool {
        self.0
            .text
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_empty()
    }

    /// Asks the engine to learn the clusters of what is playing. Those there are stay in force until it is done, and if it fails.
    pub fn learn(&self) {
        self.say(Note::Learning);
        self.0.wanted.store(true, Ordering::Release);
    }

    /// Whether clusters are being learned, or are about to be.
    pub fn is_learning(&self) -> bool {
        self.note() == Note::Learning
    }

    /// What to tell the user.
    pub fn note(&self) -> Note {
        self.0
            .note
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn take_wish(&self) -> bool {
        // Almost always there is none: a load is cheaper than a swap.
        self.0.wanted.load(Ordering::Acquire) && self.0.wanted.swap(false, Ordering::AcqRel)
    }

    pub(crate) fn say(&self, note: Note) {
        *self.0.note.lock().unwrap_or_else(PoisonError::into_inner) = note;
    }
}

impl PersistentField<'_, String> for SoundClusterStore {
    fn set(&self, text: String) {
        self.replace(text);
    }

    fn map<F, R>(&self, f: F) -> R
    where
        F: Fn(&String) -> R,
    {
        f(&self.text())
    }
}
