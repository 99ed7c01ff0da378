//! The shape of the short-time Fourier transform. Plain data, for any thread.
//!
//! Netbend does not resample: the frame grows with the sample rate, so that it always lasts
//! about as long, and one bin is always about as wide, as in the audio the network was trained on:
//! 23 ms and 43 Hz for the model that ships.

use crate::DspError;
use crate::number::nearest_f32;

/// The lowest supported sample rate, in Hz.
pub const MIN_SAMPLE_RATE: f32 = 4_000.0;
/// The highest supported sample rate, in Hz.
pub const MAX_SAMPLE_RATE: f32 = 1_000_000.0;
/// The smallest frame, in samples.
pub const MIN_FFT_SIZE: usize = 16;
/// The largest frame, in samples.
pub const MAX_FFT_SIZE: usize = 16_384;
/// Frames that overlap at any sample: the hop is the frame divided by this.
pub const OVERLAP: usize = 4;
/// FFT length, in samples, and rate, in Hz, of the models Netbend trains.
const USUAL_MODEL: (usize, u32) = (1_024, 44_100);
/// A model's own FFT length serves rates from this share of its own rate to twice that share: 32 to
/// 64 kHz for a model of 44.1 kHz.
const SERVED_FROM: (f64, f64) = (32_000.0, 44_100.0);

/// Frame size, hop and sample rate of an STFT.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StftGeometry {
    /// Samples in a frame.
    pub fft_size: usize,
    /// Samples between the starts of two frames.
    pub hop_samples: usize,
    /// Sample rate in Hz.
    pub sample_rate: f32,
}

impl StftGeometry {
    /// The geometry at `rate` Hz for the models Netbend trains: 1024 samples at 32–64 kHz, doubling with
    /// the rate up to 16384, halving below to 512 and (under 16 kHz) 256; the hop is a quarter.
    ///
    /// # Errors
    /// [`DspError::SampleRate`] if `rate` is not finite or not in 4 kHz to 1 MHz.
    pub fn for_sample_rate(rate: f32) -> Result<Self, DspError> {
        Self::for_model(rate, USUAL_MODEL.0, USUAL_MODEL.1)
    }

    /// The geometry at `rate` Hz for a model trained on frames of `fft_size` samples at `model_rate` Hz: the
    /// model's own frame from 0.73 to 1.45 times its rate, doubling above up to 16384 samples, halving
    /// below down to a quarter of its own (and no less than 16); the hop is a quarter.
    ///
    /// # Errors
    /// [`DspError::SampleRate`] if a rate is not finite or not in 4 kHz to 1 MHz, [`DspError::Geometry`] if
    /// `fft_size` is no power of two of 64 to 16384 samples.
    pub fn for_model(rate: f32, fft_size: usize, model_rate: u32) -> Result<Self, DspError> {
        for found in [rate, nearest_f32(model_rate)] {
            if !(MIN_SAMPLE_RATE..=MAX_SAMPLE_RATE).contains(&found) {
                return Err(DspError::SampleRate { found });
            }
        }
        if !fft_size.is_power_of_two() || !(4 * MIN_FFT_SIZE..=MAX_FFT_SIZE).contains(&fft_size) {
            return Err(DspError::Geometry {
                fft_size,
                hop_samples: fft_size / OVERLAP,
            });
        }
        let rate_hz = f64::from(rate);
        let mut served_from = f64::from(model_rate) * SERVED_FROM.0 / SERVED_FROM.1;
        let mut size = fft_size;
        while rate_hz >= 2.0 * served_from && size < MAX_FFT_SIZE {
            (size, served_from) = (2 * size, 2.0 * served_from);
        }
        while rate_hz < served_from && size > fft_size / 4 {
            (size, served_from) = (size / 2, served_from / 2.0);
        }
        Ok(Self {
            fft_size: size,
            hop_samples: size / OVERLAP,
            sample_rate: rate,
        })
    }

    /// Number of bins of a frame's spectrum, DC and Nyquist included.
    pub const fn bins(&self) -> usize {
        self.fft_size / 2 + 1
    }

    /// Delay of [`Analyzer`](crate::Analyzer) followed by [`Synthesizer`](crate::Synthesizer),
    /// in samples, where both run on the frame's last sample.
    pub const fn delay_samples(&self) -> usize {
        self.fft_size.saturating_sub(self.hop_samples)
    }

    /// Frames that share a sample; 0 without a hop.
    pub const fn overlap(&self) -> usize {
        match self.fft_size.checked_div(self.hop_samples) {
            Some(frames) => frames,
            None => 0,
        }
    }

    /// Frames per second.
    pub fn frame_rate(&self) -> f32 {
        self.sample_rate / nearest_f32(self.hop_samples)
    }

    /// Checks that the fields, which anyone can set, make a usable transform.
    ///
    /// # Errors
    /// [`DspError::Geometry`] if the frame is odd, outside 16 to 16384 samples or not divided
    /// by the hop into at least three parts; [`DspError::SampleRate`] if the rate is out of range.
    pub fn check(&self) -> Result<(), DspError> {
        let Self {
            fft_size,
            hop_samples,
            sample_rate,
        } = *self;
        let fits = (MIN_FFT_SIZE..=MAX_FFT_SIZE).contains(&fft_size)
            && fft_size.is_multiple_of(2)
            && hop_samples > 0
            && fft_size.is_multiple_of(hop_samples)
            && fft_size / hop_samples >= 3;
        if !fits {
            return Err(DspError::Geometry {
                fft_size,
                hop_samples,
            });
        }
        if !(MIN_SAMPLE_RATE..=MAX_SAMPLE_RATE).contains(&sample_rate) {
            return Err(DspError::SampleRate { found: sample_rate });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_stay_near_23_milliseconds() {
        let expected = [
            (8_000.0, 256),
            (15_999.0, 256),
            (16_000.0, 512),
            (22_050.0, 512),
            (31_999.0, 512),
            (32_000.0, 1_024),
            (44_100.0, 1_024),
            (48_000.0, 1_024),
            (63_999.0, 1_024),
            (64_000.0, 2_048),
            (88_200.0, 2_048),
            (96_000.0, 2_048),
            (176_400.0, 4_096),
            (192_000.0, 4_096),
            (255_999.0, 4_096),
            (256_000.0, 8_192),
            (384_000.0, 8_192),
            (768_000.0, 16_384),
        ];
        for (rate, fft_size) in expected {
            let geometry = StftGeometry::for_sample_rate(rate).unwrap();
            assert_eq!(geometry.fft_size, fft_size, "at {rate} Hz");
            assert_eq!(geometry.hop_samples * 4, fft_size);
            assert_eq!(geometry.bins(), fft_size / 2 + 1);
            let milliseconds = fft_size as f32 / rate * 1e3;
            assert!(
                (15.9..=32.1).contains(&milliseconds),
                "{milliseconds} ms at {rate} Hz"
            );
            geometry.check().unwrap();
        }
    }

    #[test]
    fn a_models_own_frame_is_kept_at_its_own_rate_and_scales_with_others() {
        for (fft_size, model_rate, rate, expected) in [
            (2_048, 44_100, 44_100.0, 2_048),
            (2_048, 44_100, 48_000.0, 2_048),
            (2_048, 48_000, 96_000.0, 4_096),
            (512, 22_050, 44_100.0, 1_024),
            (512, 22_050, 22_050.0, 512),
            (512, 16_000, 48_000.0, 2_048), // 32 ms, and 43 ms is nearer than 21
            (1_024, 48_000, 44_100.0, 1_024),
            (512, 44_100, 8_000.0, 128),
            (16_384, 44_100, 192_000.0, 16_384), // no longer frame exists
            (64, 192_000, 8_000.0, 16),
        ] {
            let geometry = StftGeometry::for_model(rate, fft_size, model_rate).unwrap();
            assert_eq!(
                geometry.fft_size, expected,
                "{fft_size} at {model_rate} Hz, played at {rate} Hz"
            );
            geometry.check().unwrap();
        }
        assert!(StftGeometry::for_model(48_000.0, 1_000, 44_100).is_err());
        assert!(StftGeometry::for_model(48_000.0, 32, 44_100).is_err());
        assert!(StftGeometry::for_model(48_000.0, 1_024, 1).is_err());
    }

    #[test]
    fn impossible_rates_are_refused() {
        for rate in [
            0.0,
            -44_100.0,
            3_999.0,
            1_000_001.0,
            f32::NAN,
            f32::INFINITY,
        ] {
            assert!(matches!(
                StftGeometry::for_sample_rate(rate),
                Err(DspError::SampleRate { .. })
            ));
        }
    }

    #[test]
    fn impossible_frames_are_refused() {
        for (fft_size, hop_samples) in [
            (0, 0),
            (1_024, 0),
            (1_024, 1_024),
            (1_024, 512),
            (1_024, 300),
            (1_025, 205),
            (1 << 20, 1 << 18),
        ] {
            let geometry = StftGeometry {
                fft_size,
                hop_samples,
                sample_rate: 48_000.0,
            };
            assert!(
                matches!(geometry.check(), Err(DspError::Geometry { .. })),
                "{geometry:?}"
            );
        }
    }
}
