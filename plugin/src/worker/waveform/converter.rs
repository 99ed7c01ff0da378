//! Samples at another rate, chunk by chunk of a fixed length. Pool threads.
//!
//! What comes out is late by [`TAPS`] samples of the rate that goes in, less one of the rate that comes out. Where both are the same, samples pass.

use rubato::audioadapter_buffers::owned::InterleavedOwned;
use rubato::{Async, FixedAsync, Resampler as _, SincInterpolationParameters, WindowFunction};

use crate::stream::waveform::TAPS;

/// Brings one channel to another rate, a little late. It allocates: not for an audio thread.
pub struct Converter {
    /// `None` where both rates are the same.
    resampler: Option<Async<f32>>,
    chunk: usize,
}

impl std::fmt::Debug for Converter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Converter")
            .field("chunk", &self.chunk)
            .finish_non_exhaustive()
    }
}

impl Converter {
    /// From chunks of `chunk` samples to `ratio` times their rate; `None` where that cannot be.
    pub fn new(ratio: f64, chunk: usize) -> Option<Self> {
        if ratio == 1.0 {
            return Some(Self {
                resampler: None,
                chunk,
            });
        }
        let parameters = SincInterpolationParameters::new(2 * TAPS, WindowFunction::BlackmanHarris);
        let resampler = Async::new_sinc(ratio, 1.0, &parameters, chunk, 1, FixedAsync::Input);
        Some(Self {
            resampler: Some(resampler.ok()?),
            chunk,
        })
    }

    /// Takes a chunk, and appends what comes of it. A shorter one counts as if silence followed.
    pub fn push(&mut self, samples: &[f32], to: &mut Vec<f32>) {
        let Some(resampler) = &mut self.resampler else {
            to.extend_from_slice(samples);
            return;
        };
        let mut chunk = samples.to_vec();
        chunk.resize(self.chunk, 0.0);
        // Neither fails for a chunk of that length.
        let made = InterleavedOwned::new_from(chunk, 1, self.chunk)
            .ok()
            .and_then(|chunk| resampler.process(&chunk, None).ok());
        if let Some(made) = made {
            to.extend_from_slice(&made.take_data());
        }
    }

    /// Begins anew.
    pub fn reset(&mut self) {
        if let Some(resampler) = &mut self.resampler {
            resampler.reset();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A ramp says of every sample where it comes from.
    #[test]
    fn what_comes_out_is_as_late_as_is_said() {
        for (from, to) in [
            (48_000.0, 44_100.0),
            (44_100.0, 48_000.0),
            (96_000.0, 44_100.0),
            (44_100.0, 96_000.0),
            (22_050.0, 48_000.0),
        ] {
            let mut converter = Converter::new(to / from, 256).unwrap();
            let mut heard = Vec::new();
            let chunks = 8;
            for chunk in 0..chunks {
                let samples: Vec<f32> = (0..256).map(|n| (256 * chunk + n) as f32).collect();
                converter.push(&samples, &mut heard);
            }
            let count = f64::from(chunks * 256) * to / from;
            // It holds back what is made of up to three samples of the input.
            let held = 3.0 * (to / from).max(1.0);
            assert!((heard.len() as f64 - count).abs() < held, "{}", heard.len());
            for (n, place) in heard.iter().enumerate().skip(heard.len() / 2) {
                let late = n as f64 * from / to - f64::from(*place);
                let said = TAPS as f64 - from / to;
                assert!((late - said).abs() < 0.02, "{from} to {to}: {late}");
            }
        }
    }

    #[test]
    fn one_rate_is_passed_on() {
        let mut converter = Converter::new(1.0, 4).unwrap();
        let mut heard = Vec::new();
        converter.push(&[1.0, 2.0, 3.0, 4.0], &mut heard);
        assert_eq!(heard, [1.0, 2.0, 3.0, 4.0]);
    }
}
