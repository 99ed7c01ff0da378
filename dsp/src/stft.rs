//! Streaming short-time Fourier analysis. Audio thread, or wherever the samples are.
//!
//! Frame `k` covers the input samples `(k+1)·hop − fft_size .. (k+1)·hop`, with silence before
//! the first sample, so a frame is ready after every hop, from the first hop on.

use crate::transform::FrameTransform;
use crate::{Complex, DspError, StftGeometry};

/// Samples are clamped to ±this (+120 dBFS): nothing downstream can then overflow an `f32`.
pub const MAX_SAMPLE: f32 = 1e6;

/// A sample made safe to process: not-a-number, infinity and what is too small for a normal float, which processors are slow with,
/// become silence; the rest is clamped to ±[`MAX_SAMPLE`].
///
/// # Real-time safety
/// Never allocates, locks or panics.
#[inline]
pub fn sanitized(sample: f32) -> f32 {
    if sample.is_normal() {
        sample.clamp(-MAX_SAMPLE, MAX_SAMPLE)
    } else {
        0.0
    }
}

/// Turns a stream of samples into spectra, one per hop.
///
/// A full-scale sine has magnitude 1 in its bin: `rfft(x·hann) / (sum(hann)/2)`, the
/// convention the network was trained with.
pub struct Analyzer {
    geometry: StftGeometry,
    transform: FrameTransform,
    /// The last `fft_size` samples, oldest at `next`.
    history: Vec<f32>,
    next: usize,
    /// Samples of the current hop, `0..=hop`; `hop` means the frame is ready.
    collected: usize,
}

impl Analyzer {
    /// An analyzer that has heard only silence.
    ///
    /// # Errors
    /// See [`StftGeometry::check`].
    pub fn new(geometry: StftGeometry) -> Result<Self, DspError> {
        let transform = FrameTransform::new(geometry)?;
        let history = vec![0.0; geometry.fft_size];
        Ok(Self {
            geometry,
            transform,
            history,
            next: 0,
            collected: 0,
        })
    }

    /// The geometry this analyzer was built for.
    pub fn geometry(&self) -> StftGeometry {
        self.geometry
    }

    /// Samples still needed before the next frame, `1..=hop_samples`.
    pub fn samples_until_frame(&self) -> usize {
        self.geometry.hop_samples - self.collected % self.geometry.hop_samples
    }

    /// Takes samples up to the next frame's end and returns how many it took. Samples that are
    /// not finite become zero; a ready frame that was not analysed is passed over.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn write(&mut self, samples: &[f32]) -> usize {
        if samples.is_empty() {
            return 0;
        }
        let count = samples.len().min(self.samples_until_frame());
        if self.collected == self.geometry.hop_samples {
            self.collected = 0;
        }
        let mut rest = &samples[..count];
        while !rest.is_empty() {
            let room = &mut self.history[self.next..];
            let taken = rest.len().min(room.len());
            for (own, &sample) in room.iter_mut().zip(&rest[..taken]) {
                *own = sanitized(sample);
            }
            self.next = (self.next + taken) % self.history.len();
            rest = &rest[taken..];
        }
        self.collected += count;
        count
    }

    /// Whether a whole hop was written since the last frame.
    pub fn frame_ready(&self) -> bool {
        self.collected == self.geometry.hop_samples
    }

    /// Writes the spectrum of the last `fft_size` samples and waits for the next hop.
    ///
    /// `spectrum` should have [`StftGeometry::bins`] elements; fewer take the lowest bins, more
    /// are filled with zero.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn analyze(&mut self, spectrum: &mut [Complex<f32>]) {
        let (newer, older) = self.history.split_at(self.next);
        self.transform.analyze(older, newer, spectrum);
        self.collected %= self.geometry.hop_samples;
    }

    /// Forgets everything heard.
    pub fn reset(&mut self) {
        self.history.fill(0.0);
        self.next = 0;
        self.collected = 0;
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;

    fn geometry() -> StftGeometry {
        StftGeometry {
            fft_size: 64,
            hop_samples: 16,
            sample_rate: 48_000.0,
        }
    }

    /// The obvious transform, in f64.
    fn slow_spectrum(frame: &[f32]) -> Vec<Complex<f64>> {
        let len = frame.len() as f64;
        let hann = |n: usize| 0.5 - 0.5 * (TAU * n as f64 / len).cos();
        let gain: f64 = (0..frame.len()).map(hann).sum::<f64>() / 2.0;
        (0..=frame.len() / 2)
            .map(|bin| {
                let sum: Complex<f64> = frame
                    .iter()
                    .enumerate()
                    .map(|(n, &x)| {
                        let turn = -TAU * (bin * n) as f64 / len;
                        Complex::from_polar(f64::from(x) * hann(n), turn)
                    })
                    .sum();
                sum / gain
            })
            .collect()
    }

    #[test]
    fn frames_are_where_the_documentation_says_and_equal_a_slow_transform() {
        let geometry = geometry();
        let input: Vec<f32> = (0..200).map(|n| ((n * n) as f32 * 0.37).sin()).collect();
        let mut analyzer = Analyzer::new(geometry).unwrap();
        let mut spectrum = vec![Complex::default(); geometry.bins()];
        let mut frames = 0;
        for &sample in &input {
            assert_eq!(analyzer.write(&[sample]), 1);
            if !analyzer.frame_ready() {
                continue;
            }
            analyzer.analyze(&mut spectrum);
            let end = (frames + 1) * geometry.hop_samples;
            let frame: Vec<f32> = (0..geometry.fft_size)
                .map(|n| {
                    (end + n)
                        .checked_sub(geometry.fft_size)
                        .map_or(0.0, |at| input[at])
                })
                .collect();
            for (fast, slow) in spectrum.iter().zip(slow_spectrum(&frame)) {
                let error = Complex::new(f64::from(fast.re), f64::from(fast.im)) - slow;
                assert!(
                    error.norm() < 1e-6,
                    "frame {frames}: {fast} instead of {slow}"
                );
            }
            frames += 1;
        }
        assert_eq!(frames, 12);
    }

    #[test]
    fn a_full_scale_sine_has_magnitude_one() {
        let geometry = StftGeometry::for_sample_rate(44_100.0).unwrap();
        let mut analyzer = Analyzer::new(geometry).unwrap();
        let input: Vec<f32> = (0..1_024)
            .map(|n| (TAU * 32.0 * f64::from(n) / 1_024.0).sin() as f32)
            .collect();
        let mut rest = &input[..];
        while !rest.is_empty() {
            rest = &rest[analyzer.write(rest)..];
        }
        let mut spectrum = vec![Complex::default(); geometry.bins()];
        analyzer.analyze(&mut spectrum);
        assert!((spectrum[32].norm() - 1.0).abs() < 1e-6);
    }

    #[test]
    fn writing_stops_at_the_frame_whatever_the_block_size() {
        let mut analyzer = Analyzer::new(geometry()).unwrap();
        assert_eq!(analyzer.samples_until_frame(), 16);
        assert_eq!(analyzer.write(&[0.0; 10]), 10);
        assert_eq!(analyzer.samples_until_frame(), 6);
        assert_eq!(analyzer.write(&[0.0; 10]), 6);
        assert!(analyzer.frame_ready());
        assert_eq!(analyzer.write(&[]), 0);
        assert!(analyzer.frame_ready());
        assert_eq!(analyzer.samples_until_frame(), 16);
        assert_eq!(analyzer.write(&[0.0; 3]), 3);
        assert!(!analyzer.frame_ready());
    }

    #[test]
    fn non_finite_samples_leave_no_trace() {
        let geometry = geometry();
        let mut analyzer = Analyzer::new(geometry).unwrap();
        let mut spectrum = vec![Complex::default(); geometry.bins()];
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX] {
            for _ in 0..geometry.hop_samples {
                analyzer.write(&[bad]);
            }
            analyzer.analyze(&mut spectrum);
            assert!(
                spectrum
                    .iter()
                    .all(|x| x.re.is_finite() && x.im.is_finite())
            );
        }
        for _ in 0..4 {
            analyzer.write(&[0.0; 16]);
            analyzer.analyze(&mut spectrum);
        }
        assert!(spectrum.iter().all(|x| x.norm() == 0.0));
    }

    #[test]
    fn a_spectrum_slice_of_the_wrong_length_is_no_error() {
        let mut analyzer = Analyzer::new(geometry()).unwrap();
        analyzer.write(&[1.0; 16]);
        analyzer.analyze(&mut []);
        let mut long = vec![Complex::new(1.0, 1.0); 100];
        analyzer.analyze(&mut long);
        assert_eq!(long[99], Complex::default());
    }
}
