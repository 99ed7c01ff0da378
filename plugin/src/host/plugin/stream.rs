//! Streams of an instance: one that is open, and one that is opened in the background.

use std::sync::Arc;

use crossbeam::queue::ArrayQueue;
use netbend_models::ModelFormat;

use crate::engine::Engine;
use crate::params::modulators::Modulators;
use crate::processor::Processor;
use crate::stream::latency::LatencyMode;
use crate::stream::shape::StreamShape;

/// What a stream is opened for.
pub struct Reopen {
    /// That of the model; nothing where it is to be looked up.
    pub(super) format: Option<ModelFormat>,
    pub(super) sample_rate: f32,
    pub(super) channels: usize,
    pub(super) mode: LatencyMode,
}

/// An opened stream and what it was opened for.
pub(super) struct OpenStream {
    pub(super) format: ModelFormat,
    pub(super) shape: StreamShape,
    pub(super) channels: usize,
    pub(super) processor: Processor,
    pub(super) modulators: Modulators,
}

impl OpenStream {
    /// The stream begins anew.
    pub(super) fn reset(&mut self) {
        self.processor.reset();
        self.modulators.reset();
    }

    /// Opens a stream; `None` where no frame fits the sample rate. Not for the audio thread.
    pub(super) fn open(engine: &Engine, wanted: Reopen, format: ModelFormat) -> Option<Box<Self>> {
        let Reopen {
            format: _,
            sample_rate,
            channels,
            mode,
        } = wanted;
        let shape = StreamShape::new(format, sample_rate, mode).ok()?;
        let exchange = engine.open(shape, channels);
        let status = Arc::clone(engine.status());
        status.set_channels(channels);
        let StreamShape {
            geometry,
            stride_frames,
            ..
        } = shape;
        let processor = Processor::new(geometry, channels, stride_frames, exchange, status).ok()?;
        Some(Box::new(Self {
            format,
            shape,
            channels,
            processor,
            modulators: Modulators::new(sample_rate, channels),
        }))
    }
}

/// Streams opened in the background where no host restarts the plugin (the standalone program): the
/// audio thread takes the new one and leaves the old one to be freed.
pub(super) struct Reopening {
    pub(super) opened: ArrayQueue<Box<OpenStream>>,
    pub(super) retired: ArrayQueue<Box<OpenStream>>,
}

impl Default for Reopening {
    fn default() -> Self {
        Self {
            opened: ArrayQueue::new(1),
            retired: ArrayQueue::new(1),
        }
    }
}
