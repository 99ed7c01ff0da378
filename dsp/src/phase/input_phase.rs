//! The input's own phases: nothing but the delay that all methods share. Pool thread.

use super::LOOK_AHEAD_FRAMES;
use crate::{Complex, DspError, StftGeometry};

/// Returns each frame unchanged, [`LOOK_AHEAD_FRAMES`] later.
pub struct InputPhase {
    waiting: Vec<Complex<f32>>,
}

impl InputPhase {
    /// A stage with a silent frame waiting.
    ///
    /// # Errors
    /// See [`StftGeometry::check`].
    pub fn new(geometry: StftGeometry) -> Result<Self, DspError> {
        const { assert!(LOOK_AHEAD_FRAMES == 1, "one frame waits") };
        geometry.check()?;
        Ok(Self {
            waiting: vec![Complex::default(); geometry.bins()],
        })
    }

    /// Takes a frame and writes the one before it, bit for bit. Bins beyond either slice's end
    /// are zero.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn push(&mut self, target: &[Complex<f32>], out: &mut [Complex<f32>]) {
        let bins = self.waiting.len();
        let written = bins.min(out.len());
        out[..written].copy_from_slice(&self.waiting[..written]);
        out[written..].fill(Complex::default());
        let taken = bins.min(target.len());
        self.waiting[..taken].copy_from_slice(&target[..taken]);
        self.waiting[taken..].fill(Complex::default());
    }

    /// Forgets the waiting frame.
    pub fn reset(&mut self) {
        self.waiting.fill(Complex::default());
    }
}
