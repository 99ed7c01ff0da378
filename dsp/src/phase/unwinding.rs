//! The way back to the input's phases. Worker thread.
//!
//! A frame with reconstructed phases and one with the input's, overlapped, cancel where the two disagree. So what a method leaves
//! between its phases and the input's is turned back over a few frames, each bin the shorter way round, and from then on frames pass
//! bit for bit.

use super::safe::bin_of;
use crate::{Complex, DspError, StftGeometry};

/// Frames until the input's phases are reached.
pub(super) const FRAMES: usize = 8;
/// A bin that becomes louder by this factor in power (12 dB) is a new sound, and takes the input's phase at once.
const ONSET: f32 = 16.0;

/// What is left of the turn, for one channel.
pub(super) struct Unwinding {
    /// Angle from the input's phase to the one written, in rad, when unwinding began.
    offset: Vec<f32>,
    /// Frames that are still turned.
    remaining: usize,
}

impl Unwinding {
    pub(super) fn new(geometry: StftGeometry) -> Result<Self, DspError> {
        geometry.check()?;
        Ok(Self {
            offset: vec![0.0; geometry.bins()],
            remaining: 0,
        })
    }

    /// Begins after a frame `written` by another method for `target`.
    pub(super) fn begin(&mut self, written: &[Complex<f32>], target: &[Complex<f32>]) {
        for (bin, offset) in self.offset.iter_mut().enumerate() {
            // Nothing was heard of a silent bin: its angle is 0.
            *offset = (bin_of(written, bin) * bin_of(target, bin).conj()).arg();
        }
        self.remaining = FRAMES - 1;
    }

    /// Writes the next frame after `previous`, the one written last.
    pub(super) fn process(
        &mut self,
        previous: &[Complex<f32>],
        target: &[Complex<f32>],
        out: &mut [Complex<f32>],
    ) {
        let written = target.len().min(out.len());
        out[..written].copy_from_slice(&target[..written]);
        out[written..].fill(Complex::default());
        if self.remaining == 0 {
            return;
        }
        let left = self.remaining as f32 / FRAMES as f32;
        for (bin, (x, offset)) in out.iter_mut().zip(&mut self.offset).enumerate() {
            if x.norm_sqr() > ONSET * bin_of(previous, bin).norm_sqr() {
                *offset = 0.0;
            }
            let (sin, cos) = (*offset * left).sin_cos();
            *x = bin_of(&[*x], 0) * Complex::new(cos, sin);
        }
        self.remaining -= 1;
    }

    pub(super) fn reset(&mut self) {
        self.remaining = 0;
    }
}
