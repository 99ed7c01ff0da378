//! What settings make of a sound, in figures.

use netbend_dsp::metrics::BandLevels;
use netbend_dsp::number::nearest_f32;

/// What is called silent, relative to the sound.
const LEAST_RATIO: f64 = 1e-9;

/// What settings make of a sound.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// How far the result is from the sound, in decibels: see [`BandLevels::distance_db`].
    pub distance_db: f64,
    /// How much louder it is, K-weighted, in decibels.
    pub loudness_db: f32,
    /// Its levels by frame and critical band.
    pub levels: BandLevels,
}

/// A sound, or the first part of it, before any bend.
pub(super) struct Before {
    /// Windows of a spectrogram model's, or samples of a waveform model's.
    pub(super) length: usize,
    pub(super) levels: BandLevels,
    /// K-weighted.
    pub(super) power: f64,
}

/// How much of a sound a verdict is of.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    /// All of it.
    Whole,
    /// Its first part, at a share of the time.
    First,
}

impl Part {
    /// The one of both that it is.
    pub(super) fn of<'b>(self, whole: &'b Before, first: &'b Before) -> &'b Before {
        match self {
            Self::Whole => whole,
            Self::First => first,
        }
    }
}

impl Before {
    /// What is said of a result of these levels and this K-weighted power.
    pub(super) fn verdict(&self, levels: BandLevels, power: f64) -> Verdict {
        let louder = (power / self.power).max(LEAST_RATIO);
        Verdict {
            distance_db: levels.distance_db(&self.levels),
            loudness_db: nearest_f32(10.0 * louder.log10()),
            levels,
        }
    }
}

/// The K-weighted power of `[frame][bin]` powers.
pub(super) fn loudness(powers: &[f32], k_weights: &[f32]) -> f64 {
    let weighted = powers.iter().zip(k_weights.iter().cycle());
    weighted.map(|(power, k)| f64::from(power * k)).sum()
}
