//! Holds peaks under a ceiling by a gain that goes down in time for them and comes back slowly. Audio thread.
//!
//! It looks ahead as far as the samples that are planned at once, and no farther: nothing is delayed. Where a peak stands at the very beginning of
//! them the gain goes down as fast as it may, and what is still too loud until then is the caller's to clip: 64 samples at most.

use crate::DspError;
use crate::error::check_size;

/// Samples in which the gain may fall from 1 to 0: short enough to be there for a hit, long enough not to crackle.
const ATTACK_SAMPLES: f32 = 64.0;
/// Time in which the gain comes back by 63 % of what is missing, in seconds: longer than a period of the lowest notes.
const RELEASE_SECONDS: f32 = 0.08;
/// A gain this near to 1 is 1 again: nearer, what comes back from sample to sample would be lost to rounding.
const NEAR_ONE: f32 = 1e-3;
/// The smallest gain that is told, −120 dB.
const LEAST_GAIN: f32 = 1e-6;
/// The most samples that can be planned at once.
const MOST_SAMPLES: usize = 1 << 16;

/// Plans gains for stretch after stretch of sound.
#[derive(Debug)]
pub struct Limiter {
    gain: f32,
    /// What comes back of a missing gain from sample to sample.
    release: f32,
    gains: Vec<f32>,
    is_idle: bool,
}

impl Limiter {
    /// For stretches of `samples` samples at `sample_rate` Hz.
    ///
    /// # Errors
    /// [`DspError::Size`] where a stretch is longer than 65 536 samples.
    pub fn new(samples: usize, sample_rate: f32) -> Result<Self, DspError> {
        check_size("samples", samples, 0, MOST_SAMPLES)?;
        Ok(Self {
            gain: 1.0,
            release: 1.0 - (-1.0 / (RELEASE_SECONDS * sample_rate.max(1.0))).exp(),
            gains: vec![1.0; samples],
            is_idle: true,
        })
    }

    /// Plans the next stretch, of whose sample `n` the gain is to be no more than `allowed(n)`; what is not below 1 allows all.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn plan(&mut self, allowed: impl Fn(usize) -> f32) {
        let mut least = 1.0_f32;
        for (n, gain) in self.gains.iter_mut().enumerate() {
            // What is not a number allows all.
            let allowed = allowed(n);
            *gain = if allowed < 1.0 { allowed.max(0.0) } else { 1.0 };
            least = least.min(*gain);
        }
        self.is_idle = least >= 1.0 && self.gain >= 1.0;
        if self.is_idle {
            return;
        }
        let slope = 1.0 / ATTACK_SAMPLES;
        let mut later = 1.0_f32;
        for gain in self.gains.iter_mut().rev() {
            *gain = gain.min(later + slope);
            later = *gain;
        }
        for gain in &mut self.gains {
            let back = self.gain + self.release * (1.0 - self.gain);
            let back = if back > 1.0 - NEAR_ONE { 1.0 } else { back };
            self.gain = gain.min(back).max(self.gain - slope);
            *gain = self.gain;
        }
    }

    /// Whether the stretch that was planned last is left alone: every gain is 1.
    pub fn is_idle(&self) -> bool {
        self.is_idle
    }

    /// The gain of its sample `n`; 1 beyond its end.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn gain(&self, n: usize) -> f32 {
        self.gains.get(n).copied().unwrap_or(1.0)
    }

    /// The smallest gain of that stretch, as decibels at or below 0.
    pub fn reduction_db(&self) -> f32 {
        let least = self.gains.iter().copied().fold(1.0, f32::min);
        20.0 * least.max(LEAST_GAIN).log10()
    }

    /// Back to a gain of 1.
    pub fn reset(&mut self) {
        self.gain = 1.0;
        self.is_idle = true;
        self.gains.fill(1.0);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

    use super::*;

    const STRETCH: usize = 256;

    /// The gains that a sound gets under a ceiling of 1.
    fn limited(sound: &[f32]) -> Vec<f32> {
        let mut limiter = Limiter::new(STRETCH, 48_000.0).unwrap();
        let mut gains = Vec::new();
        for stretch in sound.chunks_exact(STRETCH) {
            limiter.plan(|n| 1.0 / stretch[n].abs());
            gains.extend((0..STRETCH).map(|n| limiter.gain(n)));
        }
        gains
    }

    #[test]
    fn what_is_under_the_ceiling_is_left_alone_to_the_bit() {
        let sound: Vec<f32> = (0..4096).map(|n| (n as f32 * 0.37).sin()).collect();
        assert!(limited(&sound).iter().all(|gain| *gain == 1.0));
        let mut limiter = Limiter::new(STRETCH, 48_000.0).unwrap();
        limiter.plan(|_| f32::NAN);
        assert!(limiter.is_idle() && limiter.reduction_db() == 0.0);
    }

    #[test]
    fn a_peak_within_a_stretch_finds_the_gain_down_and_it_comes_back_without_a_step() {
        let mut sound = vec![0.1_f32; 256 * STRETCH];
        sound[10 * STRETCH + 100] = 3.0;
        let gains = limited(&sound);
        assert!(3.0 * gains[10 * STRETCH + 100] <= 1.0 + 1e-5);
        for pair in gains.windows(2) {
            assert!(pair[0] - pair[1] <= 1.0 / ATTACK_SAMPLES + 1e-6);
            assert!(pair[1] - pair[0] <= 1.1e-3);
        }
        assert_eq!(gains[10 * STRETCH], 1.0);
        assert_eq!(gains[256 * STRETCH - 1], 1.0);
    }

    #[test]
    fn a_loud_tone_is_turned_down_as_a_whole() {
        let sound: Vec<f32> = (0..48_000).map(|n| 2.0 * (n as f32 * 0.01).sin()).collect();
        let gains = limited(&sound);
        let (settled, end) = (&gains[24_000..], gains.len());
        let least = settled.iter().copied().fold(1.0, f32::min);
        let most = settled.iter().copied().fold(0.0, f32::max);
        assert!(
            (0.49..=0.501).contains(&least) && most < 0.56,
            "{least} {most}"
        );
        let over = |n: usize| (sound[n] * gains[n]).abs() > 1.0 + 1e-4;
        assert!((STRETCH..end).filter(|n| over(*n)).count() == 0);
    }
}
