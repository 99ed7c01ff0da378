//! The shape of the short-time Fourier transform. Plain data, for any thread.
//!
//! Netbend does not resample: the frame grows with the sample rate, so that it always lasts
//! near 23 ms and one bin is always near 43 Hz wide, which is what the network was trained on.

use crate::DspError;

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
    /// The geometry Netbend uses at `rate` Hz: 1024 samples at 32–64 kHz, doubling with the
    /// rate up to 16384, halving below to 512 and (under 16 kHz) 256; the hop is a quarter.
    ///
    /// # Errors
    /// [`DspError::SampleRate`] if `rate` is not finite or not in 4 kHz to 1 MHz.
    pub fn for_sample_rate(rate: f32) -> Result<Self, DspError> {
        if !(MIN_SAMPLE_RATE..=MAX_SAMPLE_RATE).contains(&rate) {
            return Err(DspError::SampleRate { found: rate });
        }
        let fft_size = match rate {
            r if r < 16_000.0 => 256,
            r if r < 32_000.0 => 512,
            r if r < 64_000.0 => 1_024,
            r if r < 128_000.0 => 2_048,
            r if r < 256_000.0 => 4_096,
            r if r < 512_000.0 => 8_192,
            _ => 16_384,
        };
        Ok(Self {
            fft_size,
            hop_samples: fft_size / OVERLAP,
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
        self.sample_rate / self.hop_samples as f32
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
            (22_050.0, 512),
            (31_999.0, 512),
            (32_000.0, 1_024),
            (44_100.0, 1_024),
            (48_000.0, 1_024),
            (88_200.0, 2_048),
            (96_000.0, 2_048),
            (176_400.0, 4_096),
            (192_000.0, 4_096),
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
