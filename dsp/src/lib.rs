//! Signal processing for Netbend: everything between samples and spectrogram frames.
//!
//! The crate knows nothing of plugins or networks. A processor pushes samples through an
//! [`Analyzer`], a pool thread changes the frames ([`voice`], [`seam`], [`phase`]) and a
//! [`Synthesizer`] turns them back into samples, `fft_size − hop_samples` samples later.
//!
//! | module | thread | what it is |
//! |---|---|---|
//! | [`number`] | any | numbers of one type as those of another |
//! | [`geometry`] | any | frame size and hop for a sample rate |
//! | [`window`] | set-up | the periodic Hann window |
//! | [`stft`], [`istft`] | audio or pool | streaming analysis and synthesis |
//! | [`elementary`] | any | logarithm, power, angle and their inverses for whole rows |
//! | [`decibel`], [`level`] | pool | the network's loudness axis, and its coarse level |
//! | [`voice`], [`seam`], [`phase`] | pool | decoded magnitudes → spectra worth hearing |
//! | [`delay`] | audio | the dry signal's exact integer delay |
//! | [`transient`] | audio | where attacks are, as an envelope over them |
//! | [`limiter`] | audio | peaks held under a ceiling |
//! | [`loudness`] | pool | how loud spectra are to the ear |
//! | [`spectrogram`], [`metrics`], [`signal`] | offline only | whole-signal tools for tests, demo and benches |
//!
//! # Real-time safety
//! Constructors allocate and return a [`Result`]. After that, nothing marked "audio" or
//! "pool" allocates, locks, logs or panics, whatever the samples are (NaN and infinity
//! included) and however long the slices it is given.
//!
//! # Example
//! ```
//! use netbend_dsp::{Analyzer, Complex, StftGeometry, Synthesizer};
//!
//! let geometry = StftGeometry::for_sample_rate(48_000.0)?;
//! let mut analyzer = Analyzer::new(geometry)?;
//! let mut synthesizer = Synthesizer::new(geometry)?;
//! let mut spectrum = vec![Complex::default(); geometry.bins()];
//! let mut hop = vec![0.0; geometry.hop_samples];
//!
//! let input: Vec<f32> = (0..48_000).map(|n| (n as f32 * 0.05).sin()).collect();
//! let mut output = Vec::new();
//! let mut rest = &input[..];
//! while !rest.is_empty() {
//!     rest = &rest[analyzer.write(rest)..];
//!     if analyzer.frame_ready() {
//!         analyzer.analyze(&mut spectrum);
//!         synthesizer.add(&spectrum, &mut hop);
//!         output.extend_from_slice(&hop);
//!     }
//! }
//! let delay = geometry.delay_samples();
//! for n in delay..output.len() {
//!     assert!((output[n] - input[n - delay]).abs() < 1e-5);
//! }
//! # Ok::<(), netbend_dsp::DspError>(())
//! ```

#![cfg_attr(
    not(test),
    deny(
        clippy::cast_lossless,
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss
    )
)]

mod clamp;
pub mod decibel;
pub mod delay;
pub mod elementary;
mod error;
pub mod geometry;
pub mod istft;
pub mod level;
pub mod limiter;
pub mod loudness;
pub mod metrics;
pub mod number;
pub mod phase;
pub mod random;
mod rows;
pub mod seam;
pub mod signal;
pub mod spectrogram;
pub mod stft;
mod transform;
pub mod transient;
pub mod voice;
pub mod window;

pub use error::DspError;
pub use geometry::StftGeometry;
pub use istft::Synthesizer;
pub use rustfft::num_complex::Complex;
pub use stft::Analyzer;
