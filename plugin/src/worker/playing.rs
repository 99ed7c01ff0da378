//! A stream as its model wants it: of frames of spectra, or of samples. Pool threads.

use netbend_dsp::DspError;
use netbend_models::bends::BendFrame;
use netbend_models::bends::weights::WeightFrame;
use netbend_models::package::manifest::LayerClusters;

use super::batches::FixedBends;
use super::model::Sessions;
use super::renderer::Renderer;
use super::waveform::WaveformRenderer;
use crate::error::Error;
use crate::exchange::{Frame, WorkerEnd};
use crate::report::quality::Quality;
use crate::threads::pool_thread::PoolThread;

/// A stream.
pub(super) enum Playing {
    /// For models of spectrograms.
    Spectrogram(Box<Renderer>),
    /// For waveform models.
    Waveform(Box<WaveformRenderer>),
}

impl Playing {
    /// The stream that was opened, with the bends that run beside the slots.
    pub(super) fn new(stream: WorkerEnd, fixed: &FixedBends) -> Result<Self, DspError> {
        Ok(match stream.waveform {
            Some(shape) => Self::Waveform(Box::new(WaveformRenderer::new(stream, shape, fixed)?)),
            None => Self::Spectrogram(Box::new(Renderer::new(stream, fixed)?)),
        })
    }

    /// Prepares for another model; what was heard so far is forgotten.
    ///
    /// # Errors
    /// Where the model does not run on a stream like this; then there is none.
    pub(super) fn set_model(&mut self, sessions: &Sessions) -> Result<(), Error> {
        match (self, sessions) {
            (Self::Spectrogram(renderer), Sessions::Spectrogram(bender)) => {
                renderer.set_model(bender)
            }
            (Self::Waveform(renderer), Sessions::Waveform(player)) => renderer.set_model(player),
            (_, sessions) => Err(Error::Kind {
                name: sessions.face().name.clone(),
            }),
        }
    }

    pub(super) fn spectrogram(&mut self) -> Option<&mut Renderer> {
        match self {
            Self::Spectrogram(renderer) => Some(renderer),
            Self::Waveform(_) => None,
        }
    }

    pub(super) fn set_fixed_bends(&mut self, bends: &[(u64, BendFrame)]) {
        match self {
            Self::Spectrogram(renderer) => renderer.set_fixed_bends(bends),
            Self::Waveform(renderer) => renderer.set_fixed_bends(bends),
        }
    }

    pub(super) fn set_fixed_weights(&mut self, weights: &[WeightFrame]) {
        match self {
            Self::Spectrogram(renderer) => renderer.set_fixed_weights(weights),
            Self::Waveform(renderer) => renderer.set_fixed_weights(weights),
        }
    }

    /// The clusters of a sound that slots may select.
    pub(super) fn set_sound_clusters(&mut self, groups: &[LayerClusters]) {
        match self {
            Self::Spectrogram(renderer) => renderer.set_sound_clusters(groups),
            Self::Waveform(renderer) => renderer.set_sound_clusters(groups),
        }
    }

    /// The next frame, if it has come.
    pub(super) fn receive(&mut self, thread: &PoolThread) -> Option<Box<Frame>> {
        match self {
            Self::Spectrogram(renderer) => renderer.receive(thread),
            Self::Waveform(renderer) => renderer.receive(thread),
        }
    }

    /// Takes a frame without bending it.
    pub(super) fn discard(&mut self, frame: Box<Frame>) {
        match self {
            Self::Spectrogram(renderer) => renderer.discard(frame),
            Self::Waveform(renderer) => renderer.discard(frame),
        }
    }

    /// Takes a frame. Whether there is something to do with it.
    pub(super) fn take(&mut self, frame: Box<Frame>) -> bool {
        match self {
            Self::Spectrogram(renderer) => renderer.take(frame),
            Self::Waveform(renderer) => renderer.take(frame),
        }
    }

    /// Gives up what is complete, because there is no time for it.
    pub(super) fn drop_late(&mut self) {
        match self {
            Self::Spectrogram(renderer) => renderer.drop_late_stride(),
            Self::Waveform(renderer) => renderer.drop_block(),
        }
    }

    /// Gives up what is complete.
    pub(super) fn drop_complete(&mut self) {
        match self {
            Self::Spectrogram(renderer) => renderer.drop_stride(),
            Self::Waveform(renderer) => renderer.drop_block(),
        }
    }

    /// Says how long what was complete took. Returns what the next is worth: a waveform model has no economies.
    pub(super) fn govern(&mut self, seconds: f32) -> Quality {
        match self {
            Self::Spectrogram(renderer) => renderer.govern(seconds),
            Self::Waveform(_) => Quality::Full,
        }
    }

    /// Whether the host waits for the sound.
    pub(super) fn is_offline(&self) -> bool {
        match self {
            Self::Spectrogram(renderer) => renderer.is_offline(),
            Self::Waveform(renderer) => renderer.is_offline(),
        }
    }

    /// Whether the frames that were taken last belong to the run the audio thread is in.
    pub(super) fn is_current(&self) -> bool {
        match self {
            Self::Spectrogram(renderer) => renderer.is_current(),
            Self::Waveform(renderer) => renderer.is_current(),
        }
    }

    /// Whether half of what is complete should have been out.
    pub(super) fn is_past(&self) -> bool {
        match self {
            Self::Spectrogram(renderer) => renderer.is_past(),
            Self::Waveform(renderer) => renderer.is_past(),
        }
    }

    /// Seconds until what is complete is due; less than 0 where it is late.
    pub(super) fn slack_seconds(&self) -> f32 {
        match self {
            Self::Spectrogram(renderer) => renderer.slack_seconds(),
            Self::Waveform(renderer) => renderer.slack_seconds(),
        }
    }

    /// How long what is done at a time lasts.
    pub(super) fn stride_seconds(&self) -> f32 {
        match self {
            Self::Spectrogram(renderer) => renderer.stride_seconds(),
            Self::Waveform(renderer) => renderer.block_seconds(),
        }
    }
}
