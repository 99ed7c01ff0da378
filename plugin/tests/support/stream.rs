//! Streams of any rate, channels and controls through an engine that is ready.

use std::sync::Arc;

use netbend::offline::{Controls, Engine, LatencyMode, Processor, Status, StreamShape};
use netbend_models::ModelFormat;
use netbend_models::bends::transform::TransformKind;

use super::{engine_at, resources};

/// Samples per block: no divisor of a hop.
const BLOCK: usize = 479;

/// An engine with the shipped model, for one stream after the other.
pub struct Streams {
    engine: Engine,
    pub status: Arc<Status>,
}

/// Sound, `[channel][sample]`.
pub type Sound = Vec<Vec<f32>>;

impl Streams {
    pub fn new() -> Self {
        let (engine, status) = engine_at(&resources());
        assert_eq!(status.wait_until_ready(), Ok(()));
        Self { engine, status }
    }

    /// A processor of a new stream, which takes the place of the one before.
    pub fn open(&self, rate: f32, channels: usize, mode: LatencyMode) -> Processor {
        let shape = StreamShape::new(ModelFormat::default(), rate, mode).unwrap();
        let exchange = self.engine.open(shape, channels);
        let (geometry, stride) = (shape.geometry, shape.stride_frames);
        let status = Arc::clone(&self.status);
        let mut processor = Processor::new(geometry, channels, stride, exchange, status).unwrap();
        processor.reset();
        processor
    }
}

/// Bounces `input` beside `sidechain` while `controls` are asked at samples of it, and forgets both. What comes back lines up with the
/// input.
pub fn bounce(
    processor: &mut Processor,
    input: &[Vec<f32>],
    sidechain: &[Vec<f32>],
    controls: impl Fn(usize) -> Controls,
) -> Sound {
    let latency = processor.latency_samples();
    let mut output = input.to_vec();
    let total = input[0].len() + latency;
    output
        .iter_mut()
        .for_each(|channel| channel.resize(total, 0.0));
    for start in (0..total).step_by(BLOCK) {
        let end = (start + BLOCK).min(total);
        let mut block: Vec<_> = output.iter_mut().map(|c| &mut c[start..end]).collect();
        let beside: Vec<_> = sidechain
            .iter()
            .map(|channel| &channel[start.min(channel.len())..end.min(channel.len())])
            .collect();
        let controls = |before: usize| controls(start + before);
        processor
            .offline()
            .process_with_sidechain(&mut block, &beside, controls);
    }
    processor.reset();
    output.iter_mut().map(|c| c.split_off(latency)).collect()
}

/// Controls with one bend that is heard: layer 2 of the shipped model, multiplied.
pub fn bent(voice: f32) -> Controls {
    let mut controls = Controls {
        voice,
        ..Controls::default()
    };
    let slot = &mut controls.slots[0];
    slot.target.layer = 2;
    slot.target.transform = TransformKind::ScalarMultiply;
    slot.parameters[0] = 0.5;
    slot.amount = 1.0;
    controls
}
