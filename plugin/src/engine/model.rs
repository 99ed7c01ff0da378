//! One model for all who play it, and the models there are.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError, Weak};

use netbend_models::error::fault::contained;
use netbend_models::run::runtime::Cancellation;
use netbend_models::{Bender, Manifest, ModelError, Package, Runtime};

use super::search;
use crate::params::model::WantedModel;
use crate::report::labels::ClusterLabels;
use crate::report::parts::ModelParts;
use crate::resources::Resources;
use crate::resources::facts::{ModelFiles, Stamps};
use crate::resources::hashes;
use crate::stream::shape::strides;

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
    fn new(stamps: Stamps, path: PathBuf, sha256: String, lane: Bender) -> Self {
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
    pub(super) fn for_tests(lane: Bender) -> Self {
        let path = PathBuf::from("nowhere");
        let stamps = ModelFiles::of(path.clone()).stamps();
        Self::new(stamps, path, String::new(), lane)
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
    pub(super) fn free_lanes(&self) -> usize {
        self.lanes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
    }

    /// A lane; `None` where all are in use.
    pub(super) fn take_lane(self: &Arc<Self>) -> Option<Lane> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let bender = lanes.pop()?;
        Some(Lane {
            model: Arc::clone(self),
            bender: Some(bender),
        })
    }

    /// Gives back a lane, or adds one.
    fn give_back(&self, lane: Bender) {
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
pub(super) struct Lane {
    model: Arc<Model>,
    bender: Option<Bender>,
}

impl Lane {
    pub(super) fn bender(&mut self) -> Option<&mut Bender> {
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

/// A further lane that is to be made for a model, from the package it was loaded from.
#[derive(Clone)]
pub(super) struct LaneWanted {
    model: Weak<Model>,
    package: Arc<Package>,
    runtime: &'static Runtime,
}

impl LaneWanted {
    /// Whether it is for the same model as `other`.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.model.ptr_eq(&other.model)
    }

    /// Makes it, unless the model has gone by now. Takes as long as loading.
    pub(super) fn make(&self) {
        if self.model.strong_count() == 0 {
            return;
        }
        // What fails now did not before: the model runs on with the lanes it has.
        if let Ok(lane) = lane(&self.package, self.runtime)
            && let Some(model) = self.model.upgrade()
        {
            model.give_back(lane);
        }
    }
}

/// The models that are loaded in this process.
#[derive(Clone, Default)]
pub(super) struct Models {
    known: Vec<Weak<Model>>,
}

impl Models {
    /// Takes up a model that was loaded.
    pub(super) fn add(&mut self, model: &Arc<Model>) {
        self.known.retain(|model| model.strong_count() > 0);
        self.known.push(Arc::downgrade(model));
    }

    /// The wanted model: the one there is, where its files are as they were when it was loaded; otherwise loaded, which takes long.
    /// With it comes what is needed for further lanes, where it was loaded.
    ///
    /// A file of that name with another hash is only taken where no other file has the hash that is wanted.
    ///
    /// # Errors
    /// What is missing or wrong.
    pub(super) fn get(
        &self,
        resources: &Resources,
        wanted: &WantedModel,
    ) -> Result<(Arc<Model>, Option<LaneWanted>), String> {
        #[cfg(test)]
        super::tests::stall(&wanted.name);
        let runtime =
            Runtime::load(resources.runtime_folders()).map_err(|error| error.to_string())?;
        let files = ModelFiles::of(search::resolve(resources, wanted)?);
        // Before the file is read: what is written meanwhile is another model.
        let stamps = files.stamps();
        let mut known = self.known.iter().filter_map(Weak::upgrade);
        if let Some(model) = known.find(|model| model.stamps == stamps) {
            return Ok((model, None));
        }
        let told = |error: ModelError| format!("{}: {error}", files.model().display());
        let package = Package::load(files.model()).map_err(told)?;
        Cancellation::check().map_err(told)?;
        if let Some(stamp) = stamps.model() {
            model_hashes::remember(stamp.clone(), package.sha256().to_owned());
        }
        let package = Arc::new(package);
        let (path, sha256) = (files.model().to_owned(), package.sha256().to_owned());
        let lane = lane(&package, runtime).map_err(told)?;
        let model = Arc::new(Model::new(stamps, path, sha256, lane));
        let wanted = LaneWanted {
            model: Arc::downgrade(&model),
            package,
            runtime,
        };
        Ok((model, Some(wanted)))
    }
}

/// A lane, ready for every latency mode: once a stream plays, no session is made.
fn lane(package: &Package, runtime: &Runtime) -> Result<Bender, ModelError> {
    let ready = || {
        let mut lane = Bender::new(package, runtime)?;
        for stride in strides(package.manifest().last_seen_frame) {
            lane.prepare_stream(stride)?;
        }
        Ok(lane)
    };
    contained(ready)
}
