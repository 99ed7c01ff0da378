//! Shared by the integration tests of this crate: a stream through the real engine.
#![allow(dead_code)] // Each test binary uses its own part.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A failed expectation is a failed test.

pub mod modulation;
pub mod sound;
pub mod stream;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kit::tiny_model;
use netbend::offline::{
    Controls, Engine, LatencyMode, Processor, Resources, Scope, Status, StreamShape,
};
use netbend_models::{ModelFormat, Runtime};
use prost::Message as _;

/// The rate of every stream.
pub const RATE: f32 = 48_000.0;

pub struct Instance {
    pub engine: Engine,
    pub status: Arc<Status>,
    pub processor: Processor,
}

/// The resources of the bundle.
pub fn resources() -> PathBuf {
    std::env::var_os("NETBEND_RESOURCES").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/bundled/Netbend.resources"),
        PathBuf::from,
    )
}

/// An engine that begins to load the shipped model from `folder`.
pub fn engine_at(folder: &Path) -> (Engine, Arc<Status>) {
    engine_with(folder, "drums")
}

/// An engine that begins to load the tiny model, which is written into `folder`.
pub fn tiny_engine(folder: &Path) -> (Engine, Arc<Status>) {
    // Loaded once, the runtime is there whatever folder an engine looks into.
    Runtime::load(&[resources()]).expect("run these tests with `cargo xtask test`");
    let models = folder.join("models");
    std::fs::create_dir_all(&models).unwrap();
    std::fs::write(
        models.join("tiny.onnx"),
        tiny_model::model().encode_to_vec(),
    )
    .unwrap();
    engine_with(folder, "tiny")
}

/// An engine that begins to load the model called `model` from `folder`.
pub fn engine_with(folder: &Path, model: &str) -> (Engine, Arc<Status>) {
    let status = Arc::new(Status::default());
    let engine = Engine::spawn(
        Resources::at(folder),
        model.into(),
        Arc::clone(&status),
        Arc::new(Scope::default()),
    );
    (engine, status)
}

/// A stereo stream through an engine with the shipped model, once it is ready.
pub fn open(engine: (Engine, Arc<Status>), mode: LatencyMode) -> Instance {
    open_for(ModelFormat::default(), engine, mode)
}

/// A stereo stream through an engine whose model has this format, once it is ready.
pub fn open_for(
    format: ModelFormat,
    (engine, status): (Engine, Arc<Status>),
    mode: LatencyMode,
) -> Instance {
    let ready = status.wait_until_ready();
    assert_eq!(ready, Ok(()), "run these tests with `cargo xtask test`");
    let shape = StreamShape::new(format, RATE, mode).unwrap();
    let exchange = engine.open(shape, 2);
    let (geometry, stride) = (shape.geometry, shape.stride_frames);
    let mut processor = Processor::new(geometry, 2, stride, exchange, Arc::clone(&status)).unwrap();
    processor.reset();
    Instance {
        engine,
        status,
        processor,
    }
}

/// A stereo stream through the engine with the shipped model.
pub fn instance(mode: LatencyMode) -> Instance {
    open(engine_at(&resources()), mode)
}

impl Instance {
    /// Bounces `input`, both channels alike, in blocks of `block` samples, while `controls` are asked at
    /// samples of it; then forgets it. What comes back lines up with the input.
    pub fn bounce(
        &mut self,
        input: &[f32],
        block: usize,
        controls: impl Fn(usize) -> Controls,
    ) -> Vec<f32> {
        let latency = self.processor.latency_samples();
        let mut left = [input, &vec![0.0; latency]].concat();
        let mut right = left.clone();
        let channels = left.chunks_mut(block).zip(right.chunks_mut(block));
        for (place, (left, right)) in channels.enumerate() {
            let start = place * block;
            let controls = |before: usize| controls(start + before);
            self.processor
                .offline()
                .process(&mut [left, right], controls);
        }
        self.processor.reset();
        left.split_off(latency)
    }
}

/// Sessions made so far, once the engine has a session set for each of its threads: it makes them in the background.
pub fn sessions_at_rest() -> u64 {
    loop {
        let before = Runtime::sessions_created();
        std::thread::sleep(std::time::Duration::from_millis(800));
        if Runtime::sessions_created() == before {
            return before;
        }
    }
}
