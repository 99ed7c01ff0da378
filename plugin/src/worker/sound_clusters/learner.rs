//! Learning: a thread of its own that finds the clusters of one window, so that the worker goes on rendering.
//!
//! The thread lives as long as one learning does. What it loaded for it waits here for the next one.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use netbend_models::cluster::{
    ActivationMaps, ClusterNames, Metric, SoundClusterer, SoundClusters, metric_path,
};
use netbend_models::package::manifest::LayerClusters;
use netbend_models::run::runtime::Cancellation;
use netbend_models::{Bender, Manifest, Package, Runtime};

use crate::error::{Error, LearningError};
use crate::resources::Resources;
use crate::threads::aside::{Aside, Outcome};

/// The seed of every learning: the same window gives the same clusters.
const SEED: u64 = 1;
/// How far the learner steps back behind everything that sounds.
const STEPS_BACK: i32 = 10;
/// How long a learning that is not wanted any more is waited for.
const FAREWELL: Duration = Duration::from_millis(30);

/// What is to be learned from, and with which model.
pub(super) struct Job {
    /// `[latent_size]`.
    pub(super) latent: Vec<f32>,
    pub(super) resources: Resources,
    /// Name of the model's file.
    pub(super) model: String,
    /// Of the model that made the latent.
    pub(super) manifest: Arc<Manifest>,
}

/// At most one learning at a time. Dropping it stops the thread, and waits a little for it.
#[derive(Default)]
pub(super) struct Learner {
    running: Option<Running>,
    kept: Option<Loaded>,
    /// Ends what learns, and what is kept with it.
    cancellation: Cancellation,
}

struct Running {
    stop: Arc<AtomicBool>,
    thread: Aside<Learned>,
}

type Learned = (Option<Loaded>, Result<SoundClusters, Error>);

/// A clusterer and the model it is for.
struct Loaded {
    model: String,
    manifest: Arc<Manifest>,
    clusterer: SoundClusterer,
}

impl Learner {
    /// Begins to learn; what was being learned is dropped.
    ///
    /// # Errors
    /// Where the system gives no thread.
    pub(super) fn begin(&mut self, job: Job) -> Result<(), LearningError> {
        self.stop();
        let kept = self.kept.take();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let work = move || {
            let learned = catch_unwind(AssertUnwindSafe(|| learn(kept, job, &stopped)));
            learned.unwrap_or_else(|_| (None, Err(LearningError::Unfinished.into())))
        };
        let cancellation = self.cancellation.clone();
        let thread = Aside::begin("netbend-learner", STEPS_BACK, cancellation, work)
            .map_err(|error| LearningError::NoThread(error.to_string()))?;
        self.running = Some(Running { stop, thread });
        Ok(())
    }

    pub(super) fn is_running(&self) -> bool {
        self.running.is_some()
    }

    /// Whether something has come of it.
    pub(super) fn is_finished(&self) -> bool {
        let running = self.running.as_ref();
        running.is_some_and(|running| running.thread.is_finished())
    }

    /// What came of it, once, when it is done. Never waits.
    pub(super) fn finished(&mut self) -> Option<Result<SoundClusters, Error>> {
        if !self.is_finished() {
            return None;
        }
        let running = self.running.take()?;
        Some(match running.thread.wait(Duration::ZERO) {
            Outcome::Done((kept, learned)) => {
                self.kept = kept;
                learned
            }
            Outcome::Failed | Outcome::Left => Err(LearningError::Unfinished.into()),
        })
    }

    /// Gives up what is being learned; returns within a fraction of a second.
    pub(super) fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop.store(true, Ordering::Relaxed);
            running.thread.give_up(FAREWELL);
            self.cancellation = Cancellation::default();
        }
    }
}

impl Drop for Learner {
    fn drop(&mut self) {
        self.stop();
    }
}

fn learn(
    kept: Option<Loaded>,
    job: Job,
    stop: &AtomicBool,
) -> (Option<Loaded>, Result<SoundClusters, Error>) {
    let serves = |loaded: &Loaded| loaded.model == job.model && loaded.manifest == job.manifest;
    let loaded = match kept.filter(serves) {
        Some(loaded) => Ok(loaded),
        None => load(&job),
    };
    let mut loaded = match loaded {
        Ok(loaded) => loaded,
        Err(problem) => return (None, Err(problem)),
    };
    let learned = loaded
        .clusterer
        .clusters_unless(&job.latent, SEED, stop)
        .map(|layers| SoundClusters {
            model: job.manifest.name.clone(),
            version: job.manifest.version.clone(),
            names: names(&job, &layers, stop),
            layers,
        })
        .map_err(Error::from);
    (Some(loaded), learned)
}

/// What the clusters carry in the sound. Where that cannot be measured they go by their numbers.
fn names(job: &Job, layers: &[LayerClusters], stop: &AtomicBool) -> ClusterNames {
    // Its sessions take more memory than all that is kept, and are needed for a moment.
    let measured = || {
        let path = job.resources.model(&job.model).ok()?;
        let package = Package::load(&path).ok()?;
        let runtime = Runtime::load(job.resources.runtime_folders()).ok()?;
        let mut bender = Bender::new(&package, runtime).ok()?;
        let is_same = bender.manifest() == &job.manifest;
        if !is_same || stop.load(Ordering::Relaxed) {
            return None;
        }
        ClusterNames::measured(&mut bender, &job.latent, layers).ok()
    };
    measured().unwrap_or_default()
}

fn load(job: &Job) -> Result<Loaded, Error> {
    let runtime = Runtime::load(job.resources.runtime_folders())?;
    let path = job.resources.model(&job.model)?;
    let origin = job.resources.origin(&path);
    let metric = metric_path(&path);
    if !metric.is_file() {
        let path = metric;
        return Err(LearningError::MissingMetric { path, origin }.into());
    }
    let package = Package::load(&path).map_err(Error::of_model(&path, origin))?;
    if package.manifest() != job.manifest.as_ref() {
        return Err(Error::OtherModel(path));
    }
    let metric = Metric::load(&metric, package.manifest(), runtime)
        .map_err(Error::of_model(&metric, origin))?;
    let maps = ActivationMaps::new(&package, runtime).map_err(Error::of_model(&path, origin))?;
    Ok(Loaded {
        model: job.model.clone(),
        manifest: Arc::clone(&job.manifest),
        clusterer: SoundClusterer::new(maps, metric),
    })
}
