//! One instance of the engine: its model, its stream, and what it says of itself. Plain data that one thread at a time works on.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use netbend_models::bend::BendFrame;
use netbend_models::bender::Windows;
use netbend_models::weights::WeightFrame;
use netbend_models::{Bender, ModelError};

use super::batches::{self, Batches, FixedBends};
use super::renderer::Renderer;
use super::sound::{IDLE_WITHIN, Sound};
use crate::engine::model::Model;
use crate::exchange::WorkerEnd;
use crate::resources::Resources;
use crate::scope::Scope;
use crate::sound_clusters::SoundClusterStore;
use crate::status::{EngineState, Status};

/// What there is to do for an instance.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Due {
    /// Whether it is a stride; otherwise it is something about a learning.
    pub(crate) is_stride: bool,
    /// Seconds until it is due; `None` where the host waits for it.
    pub(crate) slack: Option<f32>,
    /// Seconds it has waited for.
    pub(crate) waited: f32,
    /// Seconds the last of its kind took.
    pub(crate) cost: f32,
}

/// The stride that is being worked on.
#[derive(Debug, Clone, Copy)]
struct Work {
    /// When it was complete.
    complete: Instant,
    /// Seconds that went into its preparation.
    seconds: f32,
}

/// An instance.
pub(crate) struct Instance {
    resources: Resources,
    /// Name of the model's file.
    name: String,
    status: Arc<Status>,
    scope: Arc<Scope>,
    model: Option<Arc<Model>>,
    renderer: Option<Renderer>,
    /// Why there is no model, no stream, or no running one with the other.
    problem: Option<String>,
    /// Whether the status is to be told.
    changed: bool,
    fixed: FixedBends,
    sound: Sound,
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
}

impl Instance {
    /// An instance without a stream whose model is to be loaded.
    pub(crate) fn new(
        resources: Resources,
        name: String,
        status: Arc<Status>,
        scope: Arc<Scope>,
    ) -> Self {
        Self {
            resources,
            name,
            status,
            scope,
            model: None,
            renderer: None,
            problem: None,
            changed: false,
            fixed: FixedBends::default(),
            sound: Sound::default(),
            complete: None,
            work: None,
            windows: Windows::default(),
            cost: 0.0,
            served: 0,
            #[cfg(test)]
            breaks: false,
        }
    }

    /// The model it bends with.
    pub(crate) fn model(&self) -> Option<&Arc<Model>> {
        self.model.as_ref()
    }

    /// Where its model is looked for, and what it is called.
    pub(crate) fn wanted(&self) -> (Resources, String) {
        (self.resources.clone(), self.name.clone())
    }

    /// Takes the name of another model, which is then to be loaded. Whether it is another.
    pub(crate) fn rename(&mut self, name: String) -> bool {
        let other = name != self.name;
        self.name = name;
        other
    }

    /// What came of loading the model.
    pub(crate) fn take_model(&mut self, loaded: Result<Arc<Model>, String>) {
        self.changed = true;
        match loaded {
            Ok(model) => {
                self.status.set_clusters(model.labels().clone());
                self.status.set_model(model.parts().clone());
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
        match Renderer::new(stream, &self.fixed) {
            Ok(renderer) => {
                self.renderer = Some(renderer);
                self.join();
                self.model.is_none() || self.problem.is_none()
            }
            Err(error) => {
                self.fail(error.to_string());
                true
            }
        }
    }

    /// Sets the bends that run beside the slots.
    pub(crate) fn set_fixed_bends(&mut self, bends: Vec<(u64, BendFrame)>) {
        self.fixed.bends = bends;
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
        work: impl FnOnce(&mut Self) -> Result<R, String>,
    ) -> Option<R> {
        let done = catch_unwind(AssertUnwindSafe(|| work(self)))
            .unwrap_or_else(|_| Err("Netbend's engine failed; please report what you did".into()));
        match done {
            Ok(done) => Some(done),
            Err(problem) => {
                self.give_up(problem);
                None
            }
        }
    }

    fn give_up(&mut self, problem: String) {
        self.model = None;
        self.complete = None;
        self.work = None;
        self.fail(problem);
        let renderer = &mut self.renderer;
        let dropped = catch_unwind(AssertUnwindSafe(|| {
            if let Some(renderer) = renderer {
                renderer.drop_stride();
            }
        }));
        if dropped.is_err() {
            // It is past use; whoever opens the stream again gets another.
            self.renderer = None;
        }
    }

    fn fail(&mut self, problem: String) {
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
                let model = format!("{} {}", manifest.name, manifest.version);
                self.status.set(EngineState::Ready, model, String::new());
            }
            (_, problem) => {
                let problem = problem.clone().unwrap_or_default();
                self.status.set(EngineState::Failed, String::new(), problem);
            }
        }
    }

    /// Brings model and stream together, or says why they do not fit. Then frames are taken and not bent.
    fn join(&mut self) {
        let (Some(model), Some(renderer)) = (&self.model, &mut self.renderer) else {
            return;
        };
        match model.with_lane(|lane| renderer.set_model(lane)) {
            Ok(()) => self.choose_sound_clusters(),
            Err(problem) => self.fail(problem),
        }
    }

    fn choose_sound_clusters(&mut self) {
        if let (Some(model), Some(renderer)) = (&self.model, &mut self.renderer) {
            renderer.set_sound_clusters(self.sound.groups(model.manifest()));
        }
    }

    /// Takes the frames that have come, up to a whole stride. Whether any came. Quick: nothing is inferred.
    ///
    /// `told` says that the instance was told something that is not carried out yet: until it is, a host that renders offline waits, and a
    /// live stream goes on as it was.
    pub(crate) fn collect(&mut self, now: Instant, told: bool) -> bool {
        self.guarded(|instance| Ok(instance.take_frames(now, told)))
            .unwrap_or(true)
    }

    fn take_frames(&mut self, now: Instant, told: bool) -> bool {
        let runs = self.runs();
        let Some(renderer) = &mut self.renderer else {
            return false;
        };
        if told && (renderer.is_offline() || !runs) {
            return false;
        }
        if self.complete.is_some() {
            if renderer.is_current() && (renderer.is_offline() || !renderer.is_past()) {
                return false;
            }
            renderer.drop_late_stride();
            if let Some(complete) = self.complete.take() {
                let waited = now.saturating_duration_since(complete);
                self.status
                    .set_effort(renderer.govern(waited.as_secs_f32()));
            }
        }
        let mut came = false;
        while let Some(frame) = renderer.receive() {
            came = true;
            if !runs {
                renderer.discard(frame);
            } else if renderer.take(frame) {
                self.complete = Some(now);
                break;
            }
        }
        came
    }

    /// Whether there is a model, and a stream that it runs on if there is one.
    fn runs(&self) -> bool {
        self.model.is_some() && self.problem.is_none()
    }

    /// What there is to do, if anything. For `told` see [`collect`](Self::collect).
    pub(crate) fn due(&mut self, now: Instant, told: bool) -> Option<Due> {
        let since = |then: Instant| now.saturating_duration_since(then).as_secs_f32();
        let wished = if told {
            None
        } else {
            self.sound.waits_since(now)
        };
        let patience = IDLE_WITHIN.as_secs_f32();
        match (wished.map(since), self.complete, &self.renderer) {
            (Some(waited), complete, _) if complete.is_none() || waited > patience => Some(Due {
                is_stride: false,
                slack: Some(patience - waited),
                waited,
                cost: 0.0,
            }),
            (_, Some(complete), Some(renderer)) if !(told && renderer.is_offline()) => Some(Due {
                is_stride: true,
                slack: (!renderer.is_offline()).then(|| renderer.slack_seconds()),
                waited: since(complete),
                cost: self.cost,
            }),
            _ => None,
        }
    }

    /// Prepares the stride that is complete. Whether it is to be [decoded](decode) and [finished](Self::finish).
    pub(crate) fn prepare(&mut self, lane: &mut Bender) -> bool {
        let started = Instant::now();
        let complete = self.complete.take().unwrap_or(started);
        let before = lane.windows();
        let prepared = self.guarded(|instance| {
            #[cfg(test)]
            assert!(!instance.breaks, "as it was told");
            let Some(renderer) = &mut instance.renderer else {
                return Ok(false);
            };
            renderer.prepare(lane).map_err(told)
        });
        let after = lane.windows();
        self.windows.encoded += after.encoded - before.encoded;
        self.windows.decoded += after.decoded - before.decoded;
        if prepared == Some(true) {
            self.work = Some(Work {
                complete,
                seconds: started.elapsed().as_secs_f32(),
            });
        } else {
            self.work = None;
            self.govern(complete);
        }
        self.work.is_some()
    }

    /// Whether the prepared stride wants something decoded once it was [finished](Self::finish).
    pub(crate) fn wants_more(&mut self) -> bool {
        let renderer = self.renderer.as_mut();
        renderer.is_some_and(|renderer| renderer.wanted_later().next().is_some())
    }

    /// Decodes what the finished stride wanted for those after it.
    pub(crate) fn decode_later(&mut self, lane: &mut Bender) {
        let before = lane.windows().decoded;
        self.guarded(|instance| {
            if let Some(renderer) = &mut instance.renderer {
                let mut wanted: Vec<_> = renderer.wanted_later().collect();
                batches::run(&mut wanted, lane).map_err(told)?;
                renderer.complete_later();
            }
            Ok(())
        });
        self.windows.decoded += lane.windows().decoded - before;
        self.status.set_windows(self.windows);
    }

    /// Items that the prepared stride wants decoded.
    pub(crate) fn items(&mut self) -> usize {
        let renderer = self.renderer.as_mut();
        renderer.map_or(0, |renderer| {
            renderer.wanted().map(|batches| batches.items()).sum()
        })
    }

    /// Makes sound of the stride that was decoded, which took `seconds` of its own, and sends it.
    pub(crate) fn finish(&mut self, seconds: f32) {
        let Some(work) = self.work.take() else {
            return;
        };
        let started = Instant::now();
        self.windows.decoded += self.items() as u64;
        self.guarded(|instance| {
            if let Some(renderer) = &mut instance.renderer {
                renderer.finish(&instance.scope);
            }
            Ok(())
        });
        self.cost = work.seconds + seconds + started.elapsed().as_secs_f32();
        self.status.set_windows(self.windows);
        if let Some(renderer) = &self.renderer {
            self.status.set_load(self.cost / renderer.stride_seconds());
        }
        self.govern(work.complete);
    }

    /// Decides what the next stride is worth, when one is done with that was `complete` then.
    fn govern(&mut self, complete: Instant) {
        if let Some(renderer) = &mut self.renderer {
            let seconds = complete.elapsed().as_secs_f32();
            self.status.set_effort(renderer.govern(seconds));
        }
    }

    /// Begins a learning or takes in what came of one, at the cost of one window encoded.
    pub(crate) fn attend_to_sound(&mut self, mut lane: Option<&mut Bender>) {
        let before = lane.as_ref().map(|lane| lane.windows());
        self.guarded(|instance| {
            let idle = instance.complete.is_none();
            let renderer = instance.renderer.as_mut();
            let lane = lane.as_deref_mut();
            let (resources, name) = (&instance.resources, &instance.name);
            if instance.sound.attend(lane, renderer, resources, name, idle) {
                instance.choose_sound_clusters();
            }
            Ok(())
        });
        if let (Some(before), Some(lane)) = (before, lane) {
            self.windows.encoded += lane.windows().encoded - before.encoded;
            self.status.set_windows(self.windows);
        }
    }

    #[cfg(test)]
    pub(crate) fn break_down(&mut self) {
        self.breaks = true;
    }

    /// What the stride that was prepared wants decoded.
    fn wanted_batches(&mut self) -> impl Iterator<Item = &mut Batches> {
        let renderer = self.renderer.iter_mut().filter(|_| self.work.is_some());
        renderer.flat_map(Renderer::wanted)
    }
}

/// Decodes the prepared strides of instances of one model as one batch. What fails together is tried alone, so that only those fail that
/// are at fault.
pub(crate) fn decode(instances: &mut [&mut Instance], lane: &mut Bender) {
    if instances.len() > 1 {
        let together = catch_unwind(AssertUnwindSafe(|| {
            let wanted = instances.iter_mut().flat_map(|one| one.wanted_batches());
            batches::run(&mut wanted.collect::<Vec<_>>(), lane)
        }));
        if let Ok(Ok(())) = together {
            return;
        }
    }
    for instance in instances {
        instance.guarded(|instance| {
            let mut wanted: Vec<_> = instance.wanted_batches().collect();
            batches::run(&mut wanted, lane).map_err(told)
        });
    }
}

fn told(error: ModelError) -> String {
    error.to_string()
}
