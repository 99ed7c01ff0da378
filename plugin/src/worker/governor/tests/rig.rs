//! A stream with its worker on one thread and a clock of its own: the same hops are late in every run.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use netbend_models::{Bender, Package, Runtime};
use prost::Message as _;

use crate::exchange::{self, Progress};
use crate::processor::Processor;
use crate::report::quality::Quality;
use crate::report::scope::Scope;
use crate::report::status::Status;
use crate::resources::Resources;
use crate::stream::controls::Controls;
use crate::stream::latency::LatencyMode;
use crate::stream::shape::StreamShape;
use crate::threads::pool_thread::PoolThread;
use crate::worker::batches::{self, FixedBends};
use crate::worker::renderer::Renderer;
use crate::worker::tests::tiny_model;

pub(super) const RATE: f32 = 44_100.0;

/// What a stride takes, in strides, where the machine is just fast enough for one bend: encoding and each decoded item, what iterations
/// of the phases take, and all the rest.
const ENCODED: f64 = 0.1;
const DECODED: f64 = 0.3;
const ITERATIONS: f64 = 0.15;
const REST: f64 = 0.15;

pub(super) struct Rig {
    processor: Processor,
    renderer: Renderer,
    /// That of the worker.
    thread: PoolThread,
    bender: Bender,
    progress: Arc<Progress>,
    status: Arc<Status>,
    scope: Scope,
    geometry_hop: usize,
    /// When the worker is free again, in seconds of the stream.
    free_at: f64,
    /// The stride that is being worked on: when its last frame had come.
    at_work: Option<f64>,
    quality: Quality,
    strides: usize,
    time: f64,
    /// What each stride was worth, and when it was done.
    pub(super) qualities: Vec<(f64, Quality)>,
    /// Strides that were given up.
    pub(super) dropped: usize,
    /// The quality of stride after stride, in place of the governor's.
    pub(super) forced: Option<fn(usize) -> Quality>,
    /// Whether the worker is told that the host waits for it.
    pub(super) offline: bool,
}

fn runtime() -> &'static Runtime {
    Runtime::load(Resources::find().runtime_folders())
        .expect("run these tests with `cargo xtask test`")
}

/// The tiny model of the tests.
pub(super) fn tiny() -> Bender {
    let bytes = tiny_model::model().encode_to_vec();
    let package = Package::from_bytes(Path::new("tiny.onnx"), &bytes).unwrap();
    Bender::new(&package, runtime()).unwrap()
}

/// The model that ships.
pub(super) fn shipped() -> Bender {
    let path = Resources::find().model("drums").unwrap();
    Bender::new(&Package::load(&path).unwrap(), runtime()).unwrap()
}

impl Rig {
    /// A mono stream.
    pub(super) fn new(bender: Bender, mode: LatencyMode) -> Self {
        let shape = StreamShape::new(Default::default(), RATE, mode).unwrap();
        let (audio, worker) = exchange::open(shape, 1);
        let progress = Arc::clone(&audio.progress);
        let status = Arc::new(Status::default());
        status.set_ready(String::new());
        let mut processor = Processor::new(
            shape.geometry,
            1,
            shape.stride_frames,
            audio,
            Arc::clone(&status),
        )
        .unwrap();
        processor.reset();
        let mut renderer = Renderer::new(worker, &FixedBends::default()).unwrap();
        renderer.set_model(&bender).unwrap();
        Self {
            processor,
            renderer,
            thread: PoolThread::of_a_test(),
            bender,
            progress,
            status,
            scope: Scope::default(),
            geometry_hop: shape.geometry.hop_samples,
            free_at: 0.0,
            at_work: None,
            quality: Quality::Full,
            strides: 0,
            time: 0.0,
            qualities: Vec::new(),
            dropped: 0,
            forced: None,
            offline: false,
        }
    }

    /// Hops of dry sound so far.
    pub(super) fn misses(&self) -> u64 {
        self.status.misses.load(Ordering::Relaxed)
    }

    pub(super) fn stride_seconds(&self) -> f64 {
        f64::from(self.renderer.stride_seconds())
    }

    /// Plays `input` in blocks, while the worker takes `slow` times as long as the machine that is just fast enough, at each moment.
    pub(super) fn play(
        &mut self,
        input: &[f32],
        block: usize,
        controls: Controls,
        slow: impl Fn(f64) -> f64,
    ) -> Vec<f32> {
        let mut output = input.to_vec();
        for samples in output.chunks_mut(block) {
            self.work(&slow);
            let seconds = samples.len() as f64 / f64::from(RATE);
            self.processor.live().process(&mut [samples], |_| controls);
            self.time += seconds;
        }
        output
    }

    /// Does what the worker has done by now.
    fn work(&mut self, slow: &impl Fn(f64) -> f64) {
        self.progress.set_offline(self.offline);
        loop {
            if let Some(came) = self.at_work {
                if self.free_at > self.time {
                    return;
                }
                self.at_work = None;
                self.renderer.finish(&self.scope, &self.thread);
                self.govern(self.free_at - came);
                self.work_afterwards(slow);
            }
            if self.free_at > self.time {
                return;
            }
            let Some(frame) = self.renderer.receive(&self.thread) else {
                return;
            };
            let came = (frame.index + 1) as f64 * self.geometry_hop as f64 / f64::from(RATE);
            if self.renderer.take(frame) {
                self.begin(came, slow);
            }
        }
    }

    fn begin(&mut self, came: f64, slow: &impl Fn(f64) -> f64) {
        if let Some(forced) = self.forced {
            self.quality = forced(self.strides);
            self.renderer.force_quality(self.quality);
        }
        self.strides += 1;
        self.qualities.push((self.time, self.quality));
        let before = self.bender.windows();
        if !self
            .renderer
            .prepare(&mut self.bender, false, &self.thread)
            .unwrap()
        {
            self.dropped += 1;
            self.govern(0.0);
            return;
        }
        let mut wanted: Vec<_> = self.renderer.stage().wanted().collect();
        batches::run(&mut wanted, &mut self.bender, &self.thread).unwrap();
        let encoded = (self.bender.windows().encoded - before.encoded) as f64;
        let decoded = (self.bender.windows().decoded - before.decoded) as f64;
        let iterations = match self.quality {
            Quality::Full => ITERATIONS,
            _ => 0.0,
        };
        let work = REST + iterations + ENCODED * encoded + DECODED * decoded;
        self.free_at = self.free_at.max(came) + slow(self.time) * work * self.stride_seconds();
        self.at_work = Some(came);
    }

    fn govern(&mut self, seconds: f64) {
        self.quality = self.renderer.govern(seconds as f32);
    }

    fn work_afterwards(&mut self, slow: &impl Fn(f64) -> f64) {
        let before = self.bender.windows().decoded;
        let mut later: Vec<_> = self.renderer.stage().wanted().collect();
        if later.is_empty() {
            return;
        }
        batches::run(&mut later, &mut self.bender, &self.thread).unwrap();
        self.renderer.stage().complete_later();
        let decoded = (self.bender.windows().decoded - before) as f64;
        self.free_at += slow(self.time) * DECODED * decoded * self.stride_seconds();
    }
}
