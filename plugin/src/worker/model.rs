//! One model for all who play it. Pool threads take its session sets in turn; the loader makes them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use netbend_models::{Bender, Manifest, WaveformPlayer};

use crate::report::labels::ClusterLabels;
use crate::report::layout::ModelLayout;
use crate::resources::format::Stamps;

/// What one thread needs to infer with a model.
pub(crate) enum Sessions {
    /// One of spectrograms.
    Spectrogram(Box<Bender>),
    /// One of sound itself.
    Waveform(Box<WaveformPlayer>),
}

impl Sessions {
    /// Its layers, clusters and names.
    pub(crate) fn face(&self) -> &Arc<Manifest> {
        match self {
            Self::Spectrogram(bender) => bender.manifest(),
            Self::Waveform(player) => player.face(),
        }
    }

    /// What it is made of.
    fn layout(&self) -> ModelLayout {
        match self {
            Self::Spectrogram(bender) => ModelLayout::of(bender),
            Self::Waveform(player) => ModelLayout::of_waveform(player),
        }
    }
}

impl From<Bender> for Sessions {
    fn from(bender: Bender) -> Self {
        Self::Spectrogram(Box::new(bender))
    }
}

impl From<WaveformPlayer> for Sessions {
    fn from(player: WaveformPlayer) -> Self {
        Self::Waveform(Box::new(player))
    }
}

/// A model that is loaded: what is known of it, and its session sets. It goes with the last instance that plays it.
///
/// A session set is what one thread needs to infer with it, and most of what a model takes of memory. There is one when the model is ready;
/// another follows for each further instance, as many as there are threads: a stream is worked on by one thread at a time.
pub(crate) struct Model {
    /// The files it was made of, as they were.
    stamps: Stamps,
    path: PathBuf,
    sha256: String,
    manifest: Arc<Manifest>,
    labels: ClusterLabels,
    layout: ModelLayout,
    /// Those that nobody uses.
    session_sets: Mutex<Vec<Sessions>>,
    /// A session set came back.
    returned: Condvar,
    /// Instances that came to play it.
    joined: AtomicUsize,
}

impl Model {
    /// A model with one session set, made of the file at `path` and those that belong to it, which were as `stamps` says.
    pub(crate) fn new(
        stamps: Stamps,
        path: PathBuf,
        sha256: String,
        session_set: Sessions,
    ) -> Self {
        Self {
            stamps,
            path,
            sha256,
            manifest: Arc::clone(session_set.face()),
            labels: ClusterLabels::of(session_set.face()),
            layout: session_set.layout(),
            session_sets: Mutex::new(vec![session_set]),
            returned: Condvar::new(),
            joined: AtomicUsize::new(0),
        }
    }

    /// A model of no file, with one session set.
    #[cfg(test)]
    pub(crate) fn for_tests(session_set: Bender) -> Self {
        let path = PathBuf::from("nowhere");
        let stamps = crate::resources::format::ModelFiles::of(path.clone()).stamps();
        Self::new(stamps, path, String::new(), session_set.into())
    }

    /// The files it was made of, as they were.
    pub(crate) fn stamps(&self) -> &Stamps {
        &self.stamps
    }

    /// Where its file lies.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// SHA-256 of its file, in lower-case hexadecimal.
    pub(crate) fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Its manifest.
    pub(crate) fn manifest(&self) -> &Arc<Manifest> {
        &self.manifest
    }

    /// What its clusters are called.
    pub(crate) fn labels(&self) -> &ClusterLabels {
        &self.labels
    }

    /// What it is made of.
    pub(crate) fn layout(&self) -> &ModelLayout {
        &self.layout
    }

    /// Session sets that nobody uses.
    pub(crate) fn free_session_sets(&self) -> usize {
        self.session_sets
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
    }

    /// A session set; `None` where all are in use.
    pub(crate) fn take_session_set(self: &Arc<Self>) -> Option<SessionSet> {
        let mut session_sets = self
            .session_sets
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let sessions = session_sets.pop()?;
        Some(SessionSet {
            model: Arc::clone(self),
            sessions: Some(sessions),
        })
    }

    /// Counts an instance that comes to play it. Whether a further session set is wanted for it, where `threads` threads infer.
    pub(crate) fn count_instance(&self, threads: usize) -> bool {
        let before = self.joined.fetch_add(1, Ordering::Relaxed);
        (1..threads).contains(&before)
    }

    /// Gives back a session set, or adds one.
    pub(crate) fn give_back(&self, session_set: Sessions) {
        self.session_sets
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(session_set);
        self.returned.notify_one();
    }

    /// What `look` says of a session set that nobody uses. Waits for one.
    pub(crate) fn with_session_set<R>(&self, look: impl FnOnce(&Sessions) -> R) -> R {
        let mut session_sets = self
            .session_sets
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let session_set = loop {
            match session_sets.pop() {
                Some(session_set) => break session_set,
                None => {
                    let waited = self.returned.wait(session_sets);
                    session_sets = waited.unwrap_or_else(PoisonError::into_inner);
                }
            }
        };
        drop(session_sets);
        let looked = catch_unwind(AssertUnwindSafe(|| look(&session_set)));
        self.give_back(session_set);
        looked.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

/// A session set in use. It goes back where it belongs when this is dropped, whatever happened meanwhile.
pub(crate) struct SessionSet {
    model: Arc<Model>,
    sessions: Option<Sessions>,
}

impl SessionSet {
    pub(crate) fn sessions(&mut self) -> Option<&mut Sessions> {
        self.sessions.as_mut()
    }

    /// Those of a model of spectrograms.
    pub(crate) fn bender(&mut self) -> Option<&mut Bender> {
        match &mut self.sessions {
            Some(Sessions::Spectrogram(bender)) => Some(bender),
            _ => None,
        }
    }
}

impl Drop for SessionSet {
    fn drop(&mut self) {
        self.sessions
            .take()
            .into_iter()
            .for_each(|sessions| self.model.give_back(sessions));
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use netbend_models::{Package, Runtime};
    use prost::Message as _;

    use super::*;
    use crate::resources::Resources;
    use crate::worker::tests::tiny_model;

    #[test]
    fn there_are_as_many_session_sets_as_can_be_used_at_once() {
        let runtime = Runtime::load(Resources::find().runtime_folders())
            .expect("run these tests with `cargo xtask test`");
        let bytes = tiny_model::model().encode_to_vec();
        let package = Package::from_bytes(Path::new("tiny.onnx"), &bytes).unwrap();
        let model = |threads: usize| {
            let model = Model::for_tests(Bender::new(&package, runtime).unwrap());
            [(); 5].map(|()| model.count_instance(threads))
        };
        assert_eq!(model(1), [false; 5]);
        assert_eq!(model(2), [false, true, false, false, false]);
        assert_eq!(model(4), [false, true, true, true, false]);
    }
}
