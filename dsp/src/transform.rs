//! One windowed FFT and its inverse, with all their scratch memory. Audio or pool thread.

mod tables;

use std::sync::Arc;

use crate::rows;
use crate::{Complex, DspError, StftGeometry};
use tables::Tables;

/// Both directions of one frame's transform, in the crate's scale: a full-scale sine has
/// magnitude 1 in its bin.
pub(crate) struct FrameTransform {
    tables: Arc<Tables>,
    time: Vec<f32>,
    spectrum: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
}

impl FrameTransform {
    /// A transform whose inverse is windowed for a steady overlap-add: frames analysed by
    /// [`analyze`](Self::analyze) and added up at the geometry's hop give back the signal.
    pub(crate) fn new(geometry: StftGeometry) -> Result<Self, DspError> {
        Self::with_norm(geometry, true)
    }

    /// A transform whose inverse is only windowed: the caller divides by the sum of squares.
    pub(crate) fn without_norm(geometry: StftGeometry) -> Result<Self, DspError> {
        Self::with_norm(geometry, false)
    }

    fn with_norm(geometry: StftGeometry, normed: bool) -> Result<Self, DspError> {
        geometry.check()?;
        let tables = Tables::of(geometry, normed);
        let (forward, inverse) = (&tables.forward, &tables.inverse);
        let scratch_len = forward.get_scratch_len().max(inverse.get_scratch_len());
        Ok(Self {
            tables,
            time: vec![0.0; geometry.fft_size],
            spectrum: vec![Complex::default(); geometry.bins()],
            scratch: vec![Complex::default(); scratch_len],
        })
    }

    /// Windows the frame `older ++ newer` and writes its spectrum; bins that are not finite
    /// (an overflow) become zero. A slice of the wrong length is cut or filled with zeros.
    pub(crate) fn analyze(&mut self, older: &[f32], newer: &[f32], out: &mut [Complex<f32>]) {
        let split = older.len().min(self.time.len());
        let (first, rest) = self.time.split_at_mut(split);
        let (first_window, rest_window) = self.tables.analysis_window.split_at(split);
        rows::multiply(first, older, first_window);
        let (second, lacking) = rest.split_at_mut(newer.len().min(rest.len()));
        rows::multiply(second, newer, rest_window);
        lacking.fill(0.0);
        let bins = self.spectrum.len();
        if out.len() < bins {
            let done = self.tables.forward.process_with_scratch(
                &mut self.time,
                &mut self.spectrum,
                &mut self.scratch,
            );
            rows::finish_spectrum(&mut self.spectrum, done.is_ok());
            out.copy_from_slice(&self.spectrum[..out.len()]);
            return;
        }
        let (own, beyond) = out.split_at_mut(bins);
        let done = self
            .tables
            .forward
            .process_with_scratch(&mut self.time, own, &mut self.scratch);
        rows::finish_spectrum(own, done.is_ok());
        beyond.fill(Complex::default());
    }

    /// Inverts a spectrum and returns the windowed frame, never anything but finite samples.
    pub(crate) fn synthesize(&mut self, spectrum: &[Complex<f32>]) -> &[f32] {
        let given = spectrum.len().min(self.spectrum.len());
        self.spectrum[..given].copy_from_slice(&spectrum[..given]);
        self.spectrum[given..].fill(Complex::default());
        rows::finish_spectrum(&mut self.spectrum, true);
        // realfft refuses a spectrum whose real-valued bins have an imaginary part.
        if let Some(dc) = self.spectrum.first_mut() {
            dc.im = 0.0;
        }
        if let Some(nyquist) = self.spectrum.last_mut() {
            nyquist.im = 0.0;
        }
        let done = self.tables.inverse.process_with_scratch(
            &mut self.spectrum,
            &mut self.time,
            &mut self.scratch,
        );
        if done.is_err() {
            self.time.fill(0.0);
        }
        rows::window_finite(&mut self.time, &self.tables.synthesis_window);
        &self.time
    }
}
