//! What the engine is doing, for the editor, the command line and an offline host to read.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use netbend_dsp::number::low_bits;

use crate::error::Error;
use crate::report::labels::ClusterLabels;
use crate::report::layout::ModelLayout;
use crate::report::meters::Meters;
use crate::report::quality::Quality;
use crate::report::recent::Recent;
use crate::stream::shape::StreamShape;

use netbend_models::identity::short_hash;
use netbend_models::run::bender::Windows;

/// How long [`Status::wait_until_ready`] sleeps between two looks.
const LOADING_POLL: Duration = Duration::from_millis(1);

/// Whether the engine can bend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum EngineState {
    /// Loading the runtime or the model.
    Loading = 0,
    /// Bending.
    Ready = 1,
    /// Something is missing; audio passes dry. The message says what.
    Failed = 2,
}

/// Shared between the worker (writes), the audio thread (counts misses) and whoever shows it.
///
/// # Real-time safety
/// The counters and [`state`](Self::state) are atomics; text, labels and stream are behind locks and never
/// touched by the audio thread.
#[derive(Debug)]
pub struct Status {
    state: AtomicU8,
    /// Hops of dry sound because the worker was late.
    pub misses: AtomicU64,
    /// Peaks of what went in and out.
    pub meters: Meters,
    /// The last moments of the input.
    pub recent: Recent,
    /// How far a host in real time has run ahead of the clock of late, in samples; 0 where the latency covers it.
    pub run_ahead_samples: AtomicU32,
    /// Samples of latency reported to the host.
    pub latency_samples: AtomicU32,
    /// Channels of the stream that is open; 0 before the first one.
    channels: AtomicU32,
    /// Windows that were encoded and decoded for this instance.
    pub encoded: AtomicU64,
    /// See [`encoded`](Self::encoded).
    pub decoded: AtomicU64,
    /// The engine's time for a stride over the time a stride lasts, as bits of an `f32`.
    load: AtomicU32,
    /// What strides are worth, as its number.
    quality: AtomicU8,
    text: Mutex<Text>,
    problem: Mutex<Option<Error>>,
    clusters: Mutex<Arc<ClusterLabels>>,
    model: Mutex<Arc<ModelLayout>>,
    stream: Mutex<Option<StreamShape>>,
    notices: Mutex<Vec<String>>,
    loaded: Mutex<Option<Loaded>>,
}

/// The file that is played as the project's model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// The name that the project gives.
    pub name: String,
    /// The hash that the project gives; empty where any file of that name will do.
    pub wanted_sha256: String,
    /// SHA-256 of the file, in lower-case hexadecimal.
    pub sha256: String,
    /// Where the file lies.
    pub path: PathBuf,
}

impl Loaded {
    /// Whether the file is another than the project's.
    pub fn is_other(&self) -> bool {
        !self.wanted_sha256.is_empty() && self.wanted_sha256 != self.sha256
    }

    /// What to say of a file that is another.
    pub fn said(&self) -> String {
        format!(
            "`{}` is another file than this project's: sounds may differ (here sha256 {}…, the project's {}…)",
            self.name,
            short_hash(&self.sha256),
            short_hash(&self.wanted_sha256)
        )
    }
}

/// The words of the status.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    /// Name and version of the model, once loaded.
    pub model: String,
    /// What is missing and how to fix it, or empty.
    pub problem: String,
}

impl Default for Status {
    fn default() -> Self {
        Self {
            state: AtomicU8::new(EngineState::Loading as u8),
            misses: AtomicU64::new(0),
            meters: Meters::default(),
            recent: Recent::default(),
            run_ahead_samples: AtomicU32::new(0),
            encoded: AtomicU64::new(0),
            decoded: AtomicU64::new(0),
            latency_samples: AtomicU32::new(0),
            channels: AtomicU32::new(0),
            load: AtomicU32::new(0),
            quality: AtomicU8::new(Quality::Full as u8),
            text: Mutex::default(),
            problem: Mutex::default(),
            clusters: Mutex::default(),
            model: Mutex::default(),
            stream: Mutex::default(),
            notices: Mutex::default(),
            loaded: Mutex::default(),
        }
    }
}

impl Status {
    /// Whether the engine can bend.
    ///
    /// # Real-time safety
    /// One atomic load.
    pub fn state(&self) -> EngineState {
        match self.state.load(Ordering::Acquire) {
            0 => EngineState::Loading,
            1 => EngineState::Ready,
            _ => EngineState::Failed,
        }
    }

    /// Waits until the engine has loaded what it loads. Never for the audio thread, nor where a window is drawn.
    ///
    /// # Errors
    /// What is wrong, where the engine has failed.
    pub fn wait_until_ready(&self) -> Result<(), Error> {
        self.wait_while_loading();
        match self.state() {
            EngineState::Failed => Err(self.problem().unwrap_or(Error::Broken)),
            _ => Ok(()),
        }
    }

    /// Waits until the engine has loaded what it loads, or has failed. Of audio threads only for those that render offline.
    pub fn wait_while_loading(&self) {
        while self.state() == EngineState::Loading {
            std::thread::sleep(LOADING_POLL);
        }
    }

    /// Why the engine has failed; `None` where it has not.
    pub fn problem(&self) -> Option<Error> {
        self.problem
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The words.
    pub fn text(&self) -> Text {
        self.text
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The clusters of the model loaded last; they count while [`state`](Self::state) is ready.
    pub fn clusters(&self) -> Arc<ClusterLabels> {
        Arc::clone(&self.clusters.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What the model loaded last is made of; it counts while [`state`](Self::state) is ready.
    pub fn model(&self) -> Arc<ModelLayout> {
        Arc::clone(&self.model.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The engine's time for a stride of this instance over the time a stride lasts, waits for other instances left out; above 1 it cannot keep up.
    pub fn load(&self) -> f32 {
        f32::from_bits(self.load.load(Ordering::Relaxed))
    }

    /// What strides are worth while deadlines are near.
    ///
    /// # Real-time safety
    /// One atomic load.
    pub fn quality(&self) -> Quality {
        Quality::at(usize::from(self.quality.load(Ordering::Relaxed)))
    }

    /// The stream that is open; `None` before the first activation.
    pub fn stream(&self) -> Option<StreamShape> {
        *self.stream.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many channels the stream has; `None` before the first activation.
    pub fn channels(&self) -> Option<usize> {
        match self.channels.load(Ordering::Relaxed) {
            0 => None,
            count => Some(count as usize),
        }
    }

    /// What was changed in the state that was loaded last, or why it was refused; empty where nothing was.
    pub fn notices(&self) -> Vec<String> {
        self.notices
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The file that is played; `None` while none is loaded.
    pub fn loaded(&self) -> Option<Loaded> {
        self.loaded
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn set_loaded(&self, loaded: Option<Loaded>) {
        *self.loaded.lock().unwrap_or_else(PoisonError::into_inner) = loaded;
    }

    pub(crate) fn set_notices(&self, notices: Vec<String>) {
        *self.notices.lock().unwrap_or_else(PoisonError::into_inner) = notices;
    }

    pub(crate) fn set_channels(&self, count: usize) {
        self.channels
            .store(low_bits::<u32>(count), Ordering::Relaxed);
    }

    /// It loads.
    pub(crate) fn set_loading(&self) {
        self.set(EngineState::Loading, String::new(), None);
    }

    /// It bends with the model of this name and version.
    pub(crate) fn set_ready(&self, model: String) {
        self.set(EngineState::Ready, model, None);
    }

    /// It has failed.
    pub(crate) fn set_failed(&self, problem: Error) {
        self.set(EngineState::Failed, String::new(), Some(problem));
    }

    fn set(&self, state: EngineState, model: String, problem: Option<Error>) {
        *self.text.lock().unwrap_or_else(PoisonError::into_inner) = Text {
            model,
            problem: problem
                .as_ref()
                .map_or_else(String::new, ToString::to_string),
        };
        *self.problem.lock().unwrap_or_else(PoisonError::into_inner) = problem;
        self.state.store(state as u8, Ordering::Release);
    }

    pub(crate) fn set_clusters(&self, clusters: ClusterLabels) {
        *self.clusters.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(clusters);
    }

    pub(crate) fn set_model(&self, model: ModelLayout) {
        *self.model.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(model);
    }

    pub(crate) fn set_load(&self, load: f32) {
        self.load.store(load.to_bits(), Ordering::Relaxed);
    }

    pub(crate) fn set_quality(&self, quality: Quality) {
        self.quality.store(quality as u8, Ordering::Relaxed);
    }

    pub(crate) fn set_windows(&self, windows: Windows) {
        self.encoded.store(windows.encoded, Ordering::Relaxed);
        self.decoded.store(windows.decoded, Ordering::Relaxed);
    }

    pub(crate) fn set_stream(&self, stream: StreamShape) {
        *self.stream.lock().unwrap_or_else(PoisonError::into_inner) = Some(stream);
        self.set_quality(Quality::Full);
        self.latency_samples
            .store(low_bits::<u32>(stream.latency_samples()), Ordering::Relaxed);
    }
}
