//! The crate's one error type. Only constructors and offline tools return it.

use thiserror::Error;

/// Why something could not be built.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum DspError {
    /// A sample rate outside the range that frame sizes exist for.
    #[error(
        "sample rate is {found} Hz, expected {min} to {max} Hz: choose a rate in that range in the host",
        min = crate::geometry::MIN_SAMPLE_RATE,
        max = crate::geometry::MAX_SAMPLE_RATE
    )]
    SampleRate {
        /// The rate that was asked for, in Hz.
        found: f32,
    },
    /// A frame size and hop that cannot be overlap-added.
    #[error(
        "frame of {fft_size} samples with a hop of {hop_samples}: expected an even frame of \
         {min} to {max} samples and a hop that divides it into at least 3 parts",
        min = crate::geometry::MIN_FFT_SIZE,
        max = crate::geometry::MAX_FFT_SIZE
    )]
    Geometry {
        /// The frame size, in samples.
        fft_size: usize,
        /// The hop, in samples.
        hop_samples: usize,
    },
    /// A size that is zero or beyond any use.
    #[error("{what} is {found}, expected {min} to {max}")]
    Size {
        /// Which size.
        what: &'static str,
        /// The size that was asked for.
        found: usize,
        /// The smallest that works.
        min: usize,
        /// The largest that is allowed.
        max: usize,
    },
}

/// Checks that `found` lies in `min..=max`.
pub(crate) fn check_size(
    what: &'static str,
    found: usize,
    min: usize,
    max: usize,
) -> Result<usize, DspError> {
    if (min..=max).contains(&found) {
        Ok(found)
    } else {
        Err(DspError::Size {
            what,
            found,
            min,
            max,
        })
    }
}
