//! The worker: one thread per instance that loads the model and bends frames.
//!
//! [`Engine`] is the handle the plugin or the command line holds. The thread sleeps while nothing
//! comes; it never holds up the audio thread, which only ever touches the rings of
//! [`exchange`].

mod batches;
#[cfg(test)]
mod dice;
mod governor;
pub(crate) mod history;
mod knots;
mod latent;
mod levels;
mod listeners;
mod renderer;
mod sound;
mod stride;
#[cfg(test)]
#[path = "../../models/tests/support/tiny_model.rs"]
#[allow(dead_code)]
mod tiny_model;
mod voicing;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam::channel::{Receiver, Sender, unbounded};
use netbend_models::bend::BendFrame;
use netbend_models::weights::WeightFrame;
use netbend_models::{Bender, ModelError, Package, Runtime};

use crate::cluster_labels::ClusterLabels;
use crate::exchange::{self, AudioEnd, WorkerEnd};
use crate::model_parts::ModelParts;
use crate::resources::Resources;
use crate::scope::Scope;
use crate::sound_clusters::SoundClusterStore;
use crate::status::{EngineState, Status};
use crate::stream_shape::StreamShape;
use batches::FixedBends;
use renderer::Renderer;
use sound::Sound;

/// How long the thread sleeps while it waits for frames: a fraction of the shortest stride.
const POLL: Duration = Duration::from_millis(1);

/// What the engine is told.
enum Command {
    Open(WorkerEnd),
    Model(String),
    /// Bends beyond the slots, each with the number its random draw is keyed by.
    FixedBends(Vec<(u64, BendFrame)>),
    /// Bends of weights beyond the slots.
    FixedWeights(Vec<WeightFrame>),
    SoundClusters(SoundClusterStore),
    Stop,
}

/// Handle to a worker thread; dropping it ends the thread.
pub struct Engine {
    commands: Sender<Command>,
    thread: Option<JoinHandle<()>>,
    status: Arc<Status>,
}

impl Engine {
    /// Starts the thread, which loads ONNX Runtime and the model called `model`.
    pub fn spawn(
        resources: Resources,
        model: String,
        status: Arc<Status>,
        scope: Arc<Scope>,
    ) -> Self {
        let (commands, receiver) = unbounded();
        let mut worker = Worker {
            resources,
            model,
            commands: receiver,
            status: Arc::clone(&status),
            scope,
            bender: None,
            renderer: None,
            problem: None,
            changed: false,
            fixed: FixedBends::default(),
            sound: Sound::default(),
        };
        let thread = std::thread::Builder::new()
            .name("netbend-worker".into())
            .spawn(move || worker.run());
        if let Err(error) = &thread {
            let problem = format!("The worker thread does not start: {error}");
            status.set(EngineState::Failed, String::new(), problem);
        }
        Self {
            commands,
            thread: thread.ok(),
            status,
        }
    }

    /// An engine that has loaded the model called `model` from where Netbend finds it, and what it says of itself: for programs without
    /// a window. Waits.
    ///
    /// # Errors
    /// What is wrong, where it does not load.
    pub fn ready(model: &str) -> Result<(Self, Arc<Status>), String> {
        let status = Arc::new(Status::default());
        let engine = Self::spawn(
            Resources::find(),
            model.to_owned(),
            Arc::clone(&status),
            Arc::default(),
        );
        status.wait_until_ready()?;
        Ok((engine, status))
    }

    /// What the engine is doing.
    pub fn status(&self) -> &Arc<Status> {
        &self.status
    }

    /// Opens a stream in place of the current one. Not for the audio thread.
    pub fn open(&self, shape: StreamShape, channels: usize) -> AudioEnd {
        let (audio, worker) = exchange::open(
            shape.geometry,
            channels,
            shape.stride_frames,
            shape.overlap_frames,
        );
        self.status.set_stream(shape);
        self.send(Command::Open(worker));
        audio
    }

    /// Changes the model. Until it is loaded the old one bends on; where it cannot be loaded, audio
    /// passes dry and the status says why.
    pub fn set_model(&self, name: String) {
        self.send(Command::Model(name));
    }

    /// Sets the bends that run beside the slots.
    pub fn set_fixed_bends(&self, bends: Vec<(u64, BendFrame)>) {
        self.send(Command::FixedBends(bends));
    }

    /// Sets the bends of weights that run beside the slots, after them and in this order.
    pub fn set_fixed_weights(&self, weights: Vec<WeightFrame>) {
        self.send(Command::FixedWeights(weights));
    }

    /// Takes the clusters of `store`, and from now on its wishes for others.
    pub fn set_sound_clusters(&self, store: SoundClusterStore) {
        self.send(Command::SoundClusters(store));
    }

    fn send(&self, command: Command) {
        if let Some(thread) = &self.thread {
            // Fails only where the thread has ended, and then the status already says so.
            let _ = self.commands.send(command);
            thread.thread().unpark();
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.send(Command::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Worker {
    resources: Resources,
    model: String,
    commands: Receiver<Command>,
    status: Arc<Status>,
    scope: Arc<Scope>,
    bender: Option<Bender>,
    renderer: Option<Renderer>,
    /// Why there is no model, no stream, or no running one with the other.
    problem: Option<String>,
    /// Whether the status is to be told.
    changed: bool,
    fixed: FixedBends,
    sound: Sound,
}

impl Worker {
    fn run(&mut self) {
        self.load();
        loop {
            while let Ok(command) = self.commands.try_recv() {
                match command {
                    Command::Stop => return,
                    Command::Open(stream) => self.open(stream),
                    Command::FixedBends(bends) => {
                        self.fixed.bends = bends;
                        if let Some(renderer) = &mut self.renderer {
                            renderer.set_fixed_bends(&self.fixed.bends);
                        }
                    }
                    Command::FixedWeights(weights) => {
                        self.fixed.weights = weights;
                        if let Some(renderer) = &mut self.renderer {
                            renderer.set_fixed_weights(&self.fixed.weights);
                        }
                    }
                    Command::SoundClusters(store) => {
                        self.sound.attach(store);
                        self.choose_sound_clusters();
                    }
                    Command::Model(name) if name != self.model => {
                        self.model = name;
                        self.load();
                    }
                    Command::Model(_) => {}
                }
            }
            self.report();
            let worked = catch_unwind(AssertUnwindSafe(|| {
                let worked = self.work()?;
                self.attend_to_sound(!worked);
                Ok(worked)
            }))
            .unwrap_or_else(|_| {
                Err("Netbend's engine failed; please report what you did".to_owned())
            });
            match worked {
                Ok(true) => {}
                Ok(false) => std::thread::park_timeout(POLL),
                Err(problem) => {
                    self.bender = None;
                    self.fail(problem);
                }
            }
        }
    }

    fn fail(&mut self, problem: String) {
        self.problem = Some(problem);
        self.changed = true;
    }

    /// Tells the status, once all commands that have come are carried out: a model and the stream that belongs to it
    /// come one after the other, and between them is nothing to tell.
    fn report(&mut self) {
        if !std::mem::take(&mut self.changed) {
            return;
        }
        match (&self.bender, &self.problem) {
            (Some(bender), None) => {
                let manifest = bender.manifest();
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
        let (Some(bender), Some(renderer)) = (&mut self.bender, &mut self.renderer) else {
            return;
        };
        match renderer.set_model(bender) {
            Ok(()) => self.choose_sound_clusters(),
            Err(problem) => self.fail(problem),
        }
    }

    /// Takes one frame. Whether there was one.
    fn work(&mut self) -> Result<bool, String> {
        let Some(renderer) = &mut self.renderer else {
            return Ok(false);
        };
        let Some(frame) = renderer.receive() else {
            return Ok(false);
        };
        let bender = match &mut self.bender {
            Some(bender) if self.problem.is_none() => bender,
            _ => {
                renderer.discard(frame);
                return Ok(true);
            }
        };
        let started = Instant::now();
        if !renderer.take(frame) {
            return Ok(true);
        }
        let failed = |error: ModelError| error.to_string();
        let prepared = renderer.prepare(bender).map_err(failed)?;
        if prepared {
            let mut wanted: Vec<_> = renderer.wanted().collect();
            if let Err(error) = batches::run(&mut wanted, bender) {
                renderer.drop_stride();
                return Err(failed(error));
            }
            renderer.finish(&self.scope);
        }
        let effort = renderer.govern(started.elapsed().as_secs_f32());
        self.status.set_effort(effort);
        let mut later: Vec<_> = renderer.wanted_later().collect();
        if prepared && !later.is_empty() {
            batches::run(&mut later, bender).map_err(failed)?;
            renderer.complete_later();
        }
        self.status.set_windows(bender.windows());
        let seconds = started.elapsed().as_secs_f32();
        self.status.set_load(seconds / renderer.stride_seconds());
        Ok(true)
    }

    /// Learning begins and ends between two frames, at the cost of one window encoded.
    fn attend_to_sound(&mut self, idle: bool) {
        let (bender, renderer) = (self.bender.as_mut(), self.renderer.as_mut());
        if self
            .sound
            .attend(bender, renderer, &self.resources, &self.model, idle)
        {
            self.choose_sound_clusters();
        }
    }

    fn choose_sound_clusters(&mut self) {
        if let (Some(bender), Some(renderer)) = (&self.bender, &mut self.renderer) {
            renderer.set_sound_clusters(self.sound.groups(bender.manifest()));
        }
    }

    fn open(&mut self, stream: WorkerEnd) {
        self.renderer = None;
        let known = self.bender.is_some();
        if known {
            self.problem = None;
            self.changed = true;
        } else {
            // What was missing may have been put right since.
            self.load();
        }
        match Renderer::new(stream, &self.fixed) {
            Ok(renderer) => {
                self.renderer = Some(renderer);
                self.join();
            }
            Err(error) => self.fail(error.to_string()),
        }
        if known && self.problem.is_some() && self.renderer.is_some() {
            // The stream was opened for the model's file as it is now, which may not be the one that was loaded.
            self.load();
        }
    }

    fn load(&mut self) {
        self.changed = true;
        match self.load_bender() {
            Ok(bender) => {
                self.status
                    .set_clusters(ClusterLabels::of(bender.manifest()));
                self.status.set_model(ModelParts::of(&bender));
                self.bender = Some(bender);
                self.problem = None;
                self.join();
            }
            Err(problem) => {
                self.bender = None;
                self.fail(problem);
            }
        }
    }

    fn load_bender(&self) -> Result<Bender, String> {
        let runtime =
            Runtime::load(self.resources.runtime_folders()).map_err(|error| error.to_string())?;
        let path = self.resources.model(&self.model)?;
        let package =
            Package::load(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        catch_unwind(AssertUnwindSafe(|| Bender::new(&package, runtime)))
            .unwrap_or_else(|_| Err(ModelError::Runtime("it stopped while loading".into())))
            .map_err(|error| format!("{}: {error}", path.display()))
    }
}
