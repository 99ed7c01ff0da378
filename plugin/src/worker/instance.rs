//! One instance of the engine: its model, its stream, and what it says of itself. Plain data that one thread at a time works on.

mod strides;
mod work;

use std::ffi::OsStr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use netbend_models::Bender;
use netbend_models::bends::BendFrame;
use netbend_models::bends::weights::WeightFrame;
use netbend_models::run::bender::Windows;

use super::batches::FixedBends;
use super::model::Model;
use super::playing::Playing;
use super::sound_clusters::ClustersOfSound;
use crate::error::Error;
use crate::exchange::WorkerEnd;
use crate::params::model::WantedModel;
use crate::params::sound_clusters::SoundClusterStore;
use crate::report::scope::Scope;
use crate::report::status::{Loaded, Status};
use crate::resources::Resources;
use crate::threads::pool_thread::PoolThread;

pub(crate) use strides::{Due, decode};
use work::Work;

/// An instance.
pub(crate) struct Instance {
    resources: Resources,
    /// The model it is to play.
    wanted: WantedModel,
    status: Arc<Status>,
    scope: Arc<Scope>,
    model: Option<Arc<Model>>,
    renderer: Option<Playing>,
    /// Why there is no model, no stream, or no running one with the other.
    problem: Option<Error>,
    /// Whether the status is to be told.
    changed: bool,
    fixed: FixedBends,
    /// Those of a preset, and those of what is soloed and muted, of which `fixed` is made.
    of_preset: Vec<(u64, BendFrame)>,
    isolated: Vec<BendFrame>,
    sound: ClustersOfSound,
    /// Since when a stride is complete that is not begun.
    complete: Option<Instant>,
    work: Option<Work>,
    windows: Windows,
    /// Seconds the last stride took.
    cost: f32,
    /// The turn at which it was last served.
    pub(crate) served: u64,
    #[cfg(test)]
    breaks: bool,
    /// For tests: whoever works on it panics.
    #[cfg(test)]
    pub(crate) breaks_thread: bool,
}

impl Instance {
    /// An instance without a stream whose model is to be loaded.
    pub(crate) fn new(
        resources: Resources,
        wanted: WantedModel,
        status: Arc<Status>,
        scope: Arc<Scope>,
    ) -> Self {
        Self {
            resources,
            wanted,
            status,
            scope,
            model: None,
            renderer: None,
            problem: None,
            changed: false,
            fixed: FixedBends::default(),
            of_preset: Vec::new(),
            isolated: Vec::new(),
            sound: ClustersOfSound::default(),
            complete: None,
            work: None,
            windows: Windows::default(),
            cost: 0.0,
            served: 0,
            #[cfg(test)]
            breaks: false,
            #[cfg(test)]
            breaks_thread: false,
        }
    }

    /// The model it bends with.
    pub(crate) fn model(&self) -> Option<&Arc<Model>> {
        self.model.as_ref()
    }

    /// Where its model is looked for, and which it is.
    pub(crate) fn wanted(&self) -> (Resources, WantedModel) {
        (self.resources.clone(), self.wanted.clone())
    }

    /// Takes another model, which is then to be loaded. Whether it is another than the one that was wanted or is loaded.
    pub(crate) fn want(&mut self, wanted: WantedModel) -> bool {
        let is_named = wanted.name == self.wanted.name;
        let is_wanted = wanted.sha256 == self.wanted.sha256;
        let is_loaded = self
            .model
            .as_ref()
            .is_some_and(|model| model.sha256() == wanted.sha256);
        self.wanted = wanted;
        if is_named && is_loaded {
            // Maybe it was another until now.
            self.changed = true;
        }
        !(is_named && (is_wanted || is_loaded))
    }

    /// What came of loading the model.
    pub(crate) fn take_model(&mut self, loaded: Result<Arc<Model>, Error>) {
        self.changed = true;
        match loaded {
            Ok(model) => {
                if let Some(hash) = &self.wanted.hash {
                    hash.adopt(&self.wanted.name, model.sha256());
                }
                if let Some(parts) = &self.wanted.parts {
                    parts.replace(model.manifest().part_names());
                }
                let is_playing = self.problem.is_none()
                    && self
                        .model
                        .as_ref()
                        .is_some_and(|own| Arc::ptr_eq(own, &model));
                if is_playing {
                    return;
                }
                self.status.set_clusters(model.labels().clone());
                self.status.set_model(model.layout().clone());
                self.scope.maps.clear();
                self.model = Some(model);
                self.problem = None;
                self.join();
            }
            Err(problem) => {
                self.model = None;
                self.fail(problem);
            }
        }
    }

    /// Lets go of the stream there is. Whether there is a model for the next one.
    pub(crate) fn begin_to_open(&mut self) -> bool {
        self.renderer = None;
        self.complete = None;
        let known = self.model.is_some();
        if known {
            self.problem = None;
            self.changed = true;
        }
        known
    }

    /// Takes another stream. Whether the model, if there is one, runs on it.
    pub(crate) fn open(&mut self, stream: WorkerEnd) -> bool {
        match Playing::new(stream, &self.fixed) {
            Ok(renderer) => {
                self.renderer = Some(renderer);
                self.join();
                self.model.is_none() || self.problem.is_none()
            }
            Err(error) => {
                self.fail(error.into());
                true
            }
        }
    }

    /// Sets the bends that run beside the slots.
    pub(crate) fn set_fixed_bends(&mut self, bends: Vec<(u64, BendFrame)>) {
        self.of_preset = bends;
        self.put_bends();
    }

    /// Sets the bends of what is soloed and muted, which come after all others.
    pub(crate) fn isolate(&mut self, bends: Vec<BendFrame>) {
        if self.isolated != bends {
            self.isolated = bends;
            self.put_bends();
        }
    }

    fn put_bends(&mut self) {
        // They draw nothing, so no number of theirs is ever read.
        let isolated = self.isolated.iter().map(|bend| (u64::MAX, *bend));
        self.fixed.bends = self.of_preset.iter().copied().chain(isolated).collect();
        if let Some(renderer) = &mut self.renderer {
            renderer.set_fixed_bends(&self.fixed.bends);
        }
    }

    /// Sets the bends of weights that run beside the slots.
    pub(crate) fn set_fixed_weights(&mut self, weights: Vec<WeightFrame>) {
        self.fixed.weights = weights;
        if let Some(renderer) = &mut self.renderer {
            renderer.set_fixed_weights(&self.fixed.weights);
        }
    }

    /// Takes the clusters of `store`, and its wishes for others.
    pub(crate) fn attach_sound(&mut self, store: SoundClusterStore) {
        self.sound.attach(store);
        self.choose_sound_clusters();
    }

    /// Does something that may fail or panic; then the instance has failed and says so. Others never notice.
    pub(crate) fn guarded<R>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<R, Error>,
    ) -> Option<R> {
        let done =
            catch_unwind(AssertUnwindSafe(|| work(self))).unwrap_or_else(|_| Err(Error::Broken));
        match done {
            Ok(done) => Some(done),
            Err(problem) => {
                self.give_up(problem);
                None
            }
        }
    }

    /// It was left in the middle of something.
    pub(crate) fn break_off(&mut self) {
        self.give_up(Error::Broken);
    }

    fn give_up(&mut self, problem: Error) {
        self.model = None;
        self.complete = None;
        self.work = None;
        self.fail(problem);
        let renderer = &mut self.renderer;
        let dropped = catch_unwind(AssertUnwindSafe(|| {
            if let Some(renderer) = renderer {
                renderer.drop_complete();
            }
        }));
        if dropped.is_err() {
            // It is past use; whoever opens the stream again gets another.
            self.renderer = None;
        }
    }

    fn fail(&mut self, problem: Error) {
        self.problem = Some(problem);
        self.changed = true;
    }

    /// Tells the status, where there is something to tell.
    pub(crate) fn report(&mut self) {
        if !std::mem::take(&mut self.changed) {
            return;
        }
        match (&self.model, &self.problem) {
            (Some(model), None) => {
                let manifest = model.manifest();
                self.status.set_loaded(Some(Loaded {
                    name: self.wanted.name.clone(),
                    wanted_sha256: self.wanted.sha256.clone(),
                    sha256: model.sha256().to_owned(),
                    path: model.path().to_owned(),
                }));
                let model = format!("{} {}", manifest.name, manifest.version);
                self.status.set_ready(model);
            }
            (_, problem) => {
                let problem = problem.clone().unwrap_or(Error::Broken);
                self.status.set_loaded(None);
                self.status.set_failed(problem);
            }
        }
    }

    /// Brings model and stream together, or says why they do not fit. Then frames are taken and not bent.
    fn join(&mut self) {
        let (Some(model), Some(renderer)) = (&self.model, &mut self.renderer) else {
            return;
        };
        match model.with_session_set(|sessions| renderer.set_model(sessions)) {
            Ok(()) => self.choose_sound_clusters(),
            Err(problem) => self.fail(problem),
        }
    }

    fn choose_sound_clusters(&mut self) {
        if let (Some(model), Some(renderer)) = (&self.model, &mut self.renderer) {
            renderer.set_sound_clusters(self.sound.groups(model.manifest()));
        }
    }

    /// Begins a learning or takes in what came of one, at the cost of one window encoded.
    pub(crate) fn attend_to_sound(&mut self, mut bender: Option<&mut Bender>, _: &PoolThread) {
        let before = bender.as_ref().map(|bender| bender.windows());
        self.guarded(|instance| {
            let idle = instance.complete.is_none();
            let renderer = instance.renderer.as_mut().and_then(Playing::spectrogram);
            let bender = bender.as_deref_mut();
            let (resources, model) = (&instance.resources, instance.model.as_ref());
            // Under which name it lies there.
            let name = model.and_then(|model| model.path().file_stem());
            let name = name.map_or(instance.wanted.name.clone().into(), OsStr::to_string_lossy);
            if instance
                .sound
                .attend(bender, renderer, resources, &name, idle)
            {
                instance.choose_sound_clusters();
            }
            Ok(())
        });
        if let (Some(before), Some(bender)) = (before, bender) {
            self.windows.encoded += bender.windows().encoded - before.encoded;
            self.status.set_windows(self.windows);
        }
    }

    #[cfg(test)]
    pub(crate) fn break_down(&mut self) {
        self.breaks = true;
    }
}
