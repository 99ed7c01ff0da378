//! What is played and bent: a drum loop with a seed, and bends that are the same on every machine.

use std::sync::Arc;

use anyhow::Result;
use netbend_dsp::number::low_bits;
use netbend_dsp::signal::drum_loop_stereo;
use netbend_models::ModelFormat;
use netbend_models::bends::selection::SelectionKind;
use netbend_models::bends::transform::TransformKind;
use netbend_models::bends::{BendFrame, BendTarget};

use netbend::offline::{
    Controls, Engine, LatencyMode, Processor, Resources, SLOTS, Scope, Status, StreamShape,
};

/// The rate of everything, hertz.
pub const RATE: f32 = 48_000.0;
/// The loop.
const SEED: u64 = 3;

/// Layer, transform and first parameter of each slot. None of them moves time.
const BENDS: [(usize, TransformKind, f32); SLOTS] = [
    (2, TransformKind::ScalarMultiply, 2.0),
    (3, TransformKind::Ablate, 0.0),
    (1, TransformKind::Invert, 0.0),
    (4, TransformKind::ScalarMultiply, 0.5),
    (2, TransformKind::FlipHorizontal, 0.0),
    (3, TransformKind::BinaryThresh, 1.0),
    (1, TransformKind::Ablate, 0.0),
    (4, TransformKind::Invert, 0.0),
];

/// A stereo-linked instance's sound and settings.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The model's name.
    pub model: String,
    /// What a stream must know of it.
    pub format: ModelFormat,
    /// The parameters, which rest.
    pub controls: Controls,
    /// Active slots.
    slots: usize,
}

impl Scenario {
    /// `slots` bends, each of a random share of its layer's features. `layers` are those the model has behind which another comes.
    pub fn new(model: &str, format: ModelFormat, layers: usize, slots: usize, share: f32) -> Self {
        let mut controls = Controls::default();
        let bends = controls.slots.iter_mut().zip(BENDS).take(slots);
        for (place, (slot, (layer, transform, parameter))) in bends.enumerate() {
            *slot = BendFrame {
                target: BendTarget {
                    layer: low_bits::<u16>(layer.min(layers.max(1))),
                    transform,
                    selection: SelectionKind::Random,
                    seed: low_bits::<u32>(place) + 1,
                    ..BendTarget::default()
                },
                share,
                amount: 1.0,
                parameters: [parameter, 0.0],
            };
        }
        Self {
            model: model.to_owned(),
            format,
            controls,
            slots,
        }
    }

    /// The bends, in order.
    pub fn bends(&self) -> &[BendFrame] {
        &self.controls.slots[..self.slots.min(SLOTS)]
    }

    /// The stream of a mode.
    pub fn shape(&self, mode: LatencyMode) -> Result<StreamShape> {
        Ok(StreamShape::new(self.format, RATE, mode)?)
    }

    /// Two channels of drums.
    pub fn drums(seconds: f32) -> [Vec<f32>; 2] {
        drum_loop_stereo(RATE, seconds, SEED)
    }
}

/// An engine with a stream open, as a host has one for each instance.
pub struct Instance {
    /// Takes blocks of sound.
    pub processor: Processor,
    /// What the engine is doing.
    pub status: Arc<Status>,
    /// Goes last: dropped, it ends the worker.
    _engine: Engine,
}

impl Instance {
    /// Loads the scenario's model and opens a stream. Waits.
    pub fn open(scenario: &Scenario, mode: LatencyMode) -> Result<Self> {
        let status = Arc::new(Status::default());
        let engine = Engine::spawn(
            Resources::find(),
            scenario.model.clone(),
            Arc::clone(&status),
            Arc::new(Scope::default()),
        );
        status.wait_until_ready()?;
        let shape = scenario.shape(mode)?;
        let exchange = engine.open(shape, 2);
        let mut processor = Processor::new(
            shape.geometry,
            2,
            shape.stride_frames,
            exchange,
            Arc::clone(&status),
        )?;
        processor.reset();
        Ok(Self {
            processor,
            status,
            _engine: engine,
        })
    }
}
