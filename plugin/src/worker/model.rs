//! One model for all who play it. Pool threads take its lanes in turn; the loader makes them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use netbend_models::{Bender, Manifest};

use crate::report::labels::ClusterLabels;
use crate::report::parts::ModelParts;
use crate::resources::facts::Stamps;

/// A model that is loaded: what is known of it, and its lanes. It goes with the last instance that plays it.
///
/// A lane is what one thread needs to infer with it. There is one when the model is ready; others follow, as many as there are threads.
pub(crate) struct Model {
    /// The files it was made of, as they were.
    stamps: Stamps,
    path: PathBuf,
    sha256: String,
    manifest: Arc<Manifest>,
    labels: ClusterLabels,
    parts: ModelParts,
    /// Those that nobody uses.
    lanes: Mutex<Vec<Bender>>,
    /// A lane came back.
    returned: Condvar,
}

impl Model {
    /// A model with one lane, made of the file at `path` and those that belong to it, which were as `stamps` says.
    pub(crate) fn new(stamps: Stamps, path: PathBuf, sha256: String, lane: Bender) -> Self {
        Self {
            stamps,
            path,
            sha256,
            manifest: Arc::clone(lane.manifest()),
            labels: ClusterLabels::of(lane.manifest()),
            parts: ModelParts::of(&lane),
            lanes: Mutex::new(vec![lane]),
            returned: Condvar::new(),
        }
    }

    /// A model of no file, with one lane.
    #[cfg(test)]
    pub(crate) fn for_tests(lane: Bender) -> Self {
        let path = PathBuf::from("nowhere");
        let stamps = crate::resources::facts::ModelFiles::of(path.clone()).stamps();
        Self::new(stamps, path, String::new(), lane)
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
    pub(crate) fn parts(&self) -> &ModelParts {
        &self.parts
    }

    /// Lanes that nobody uses.
    pub(crate) fn free_lanes(&self) -> usize {
        self.lanes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
    }

    /// A lane; `None` where all are in use.
    pub(crate) fn take_lane(self: &Arc<Self>) -> Option<Lane> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let bender = lanes.pop()?;
        Some(Lane {
            model: Arc::clone(self),
            bender: Some(bender),
        })
    }

    /// Gives back a lane, or adds one.
    pub(crate) fn give_back(&self, lane: Bender) {
        self.lanes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(lane);
        self.returned.notify_one();
    }

    /// What `look` says of a lane that nobody uses. Waits for one.
    pub(crate) fn with_lane<R>(&self, look: impl FnOnce(&Bender) -> R) -> R {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let lane = loop {
            match lanes.pop() {
                Some(lane) => break lane,
                None => {
                    let waited = self.returned.wait(lanes);
                    lanes = waited.unwrap_or_else(PoisonError::into_inner);
                }
            }
        };
        drop(lanes);
        let looked = catch_unwind(AssertUnwindSafe(|| look(&lane)));
        self.give_back(lane);
        looked.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

/// A lane in use. It goes back where it belongs when this is dropped, whatever happened meanwhile.
pub(crate) struct Lane {
    model: Arc<Model>,
    bender: Option<Bender>,
}

impl Lane {
    pub(crate) fn bender(&mut self) -> Option<&mut Bender> {
        self.bender.as_mut()
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.bender
            .take()
            .into_iter()
            .for_each(|bender| self.model.give_back(bender));
    }
}
