//! Streaming overlap-add synthesis. Pool or audio thread.
//!
//! Frame `k` completes the samples `(k+1)·hop − fft_size .. (k+2)·hop − fft_size` of the
//! analyser's input, so the first `fft_size / hop − 1` frames write what lies before its start.

use crate::rows;
use crate::transform::FrameTransform;
use crate::{Complex, DspError, StftGeometry};

/// Turns spectra, one per hop, into a stream of samples: inverse FFT, Hann window, overlap-add,
/// divided by the true sum of squared windows (the least-squares inverse of Griffin & Lim 1984,
/// eq. 6). Unchanged spectra null against the delayed input at −130 dB or better.
pub struct Synthesizer {
    geometry: StftGeometry,
    transform: FrameTransform,
    /// Sums of the frames so far; the first hop is complete after the next frame.
    overlap: Vec<f32>,
}

impl Synthesizer {
    /// A synthesizer with silence behind it.
    ///
    /// # Errors
    /// See [`StftGeometry::check`].
    pub fn new(geometry: StftGeometry) -> Result<Self, DspError> {
        let transform = FrameTransform::new(geometry)?;
        Ok(Self {
            geometry,
            transform,
            overlap: vec![0.0; geometry.fft_size],
        })
    }

    /// The geometry this synthesizer was built for.
    pub fn geometry(&self) -> StftGeometry {
        self.geometry
    }

    /// Adds a frame and writes the hop of samples it completes to `out`.
    ///
    /// Missing bins count as zero, as do bins that are not finite and the imaginary parts of DC
    /// and Nyquist. `out` should have `hop_samples` elements; more are filled with zero.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn add(&mut self, spectrum: &[Complex<f32>], out: &mut [f32]) {
        let hop = self.geometry.hop_samples;
        let frame = self.transform.synthesize(spectrum);
        let written = hop.min(out.len());
        rows::add(&mut out[..written], &self.overlap, frame);
        out[written..].fill(0.0);
        rows::add_and_shift(&mut self.overlap, frame, hop);
    }

    /// Forgets the frames added so far.
    pub fn reset(&mut self) {
        self.overlap.fill(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn geometry() -> StftGeometry {
        StftGeometry {
            fft_size: 64,
            hop_samples: 16,
            sample_rate: 48_000.0,
        }
    }

    #[test]
    fn imaginary_dc_and_nyquist_are_ignored() {
        let geometry = geometry();
        let mut synthesizer = Synthesizer::new(geometry).unwrap();
        let mut spectrum = vec![Complex::default(); geometry.bins()];
        spectrum[0].im = 1.0;
        spectrum[32].im = 1.0;
        let mut out = [1.0; 16];
        synthesizer.add(&spectrum, &mut out);
        assert_eq!(out, [0.0; 16]);
    }

    #[test]
    fn frames_that_are_not_finite_are_silence_and_do_not_last() {
        let geometry = geometry();
        let mut synthesizer = Synthesizer::new(geometry).unwrap();
        let mut out = [0.0; 16];
        for bad in [f32::NAN, f32::INFINITY, f32::MAX] {
            synthesizer.add(&vec![Complex::new(bad, bad); geometry.bins()], &mut out);
            assert!(out.iter().all(|x| x.is_finite()));
        }
        for _ in 0..4 {
            synthesizer.add(&vec![Complex::default(); geometry.bins()], &mut out);
        }
        assert_eq!(out, [0.0; 16]);
    }

    #[test]
    fn slices_of_the_wrong_length_are_no_error() {
        let mut synthesizer = Synthesizer::new(geometry()).unwrap();
        synthesizer.add(&[], &mut []);
        synthesizer.add(&[Complex::new(1.0, 0.0); 100], &mut [0.0; 100]);
    }
}
