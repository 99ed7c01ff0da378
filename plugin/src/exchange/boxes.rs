//! The boxes that go round between the audio thread and the worker.

use netbend_dsp::Complex;

use crate::stream::controls::Controls;
pub use crate::stream::source::MAX_CHANNELS;

/// A frame on its way to the worker.
#[derive(Debug)]
pub struct Frame {
    /// Which run of the stream it belongs to; a reset begins a new one.
    pub epoch: u32,
    /// Number of the frame since the run began.
    pub index: i64,
    /// The parameters at the frame's centre.
    pub controls: Controls,
    /// `[channel][bin]`; empty in a stream of a waveform model.
    pub spectra: [Vec<Complex<f32>>; MAX_CHANNELS],
    /// The hop's samples, `[channel][sample]`, in a stream of a waveform model; empty in any other.
    pub samples: [Vec<f32>; MAX_CHANNELS],
    /// The sidechain's, likewise.
    pub sidechain_samples: [Vec<f32>; MAX_CHANNELS],
    /// Whether all of them are zero, as they came.
    pub silent: bool,
    /// The sidechain's linked magnitude per bin, of the same samples in time; see
    /// [`sidechain_magnitudes`](Self::sidechain_magnitudes).
    pub sidechain: Vec<f32>,
    /// Whether the sidechain is silent, whatever stands in [`sidechain`](Self::sidechain).
    pub sidechain_silent: bool,
}

impl Frame {
    /// The sidechain's linked magnitude per bin; nothing where it is silent.
    pub fn sidechain_magnitudes(&self) -> &[f32] {
        if self.sidechain_silent {
            &[]
        } else {
            &self.sidechain
        }
    }
}

/// One hop of bent sound on its way back.
#[derive(Debug)]
pub struct Hop {
    /// The run it belongs to.
    pub epoch: u32,
    /// The frame that completed it.
    pub index: i64,
    /// `[channel][sample]`.
    pub samples: [Vec<f32>; MAX_CHANNELS],
}
