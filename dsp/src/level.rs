//! The coarse level that is taken out of a window before the network sees it. Pool thread.
//!
//! The level moves in steps, with hysteresis, because columns the encoder has kept are exact
//! only under the level they were computed with: every step costs one whole window.

use crate::clamp::ClampNan;

/// How far a peak may rise above the level before the level moves up, in dB.
pub const HEADROOM_DB: f32 = 1.0;
/// How far below one step a peak may fall before the level moves down, in dB.
pub const FOOTROOM_DB: f32 = 2.0;
/// The lowest level, in dB.
pub const MIN_LEVEL_DB: f32 = -60.0;
/// The highest level, in dB.
pub const MAX_LEVEL_DB: f32 = 24.0;

/// Follows a peak in whole steps; between the clamps `peak − level` stays in `[−step − 2, +1]` dB.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LevelTracker {
    /// Size of a step, in dB.
    pub step_db: f32,
    level_db: f32,
}

impl Default for LevelTracker {
    fn default() -> Self {
        Self {
            step_db: 6.0,
            level_db: 0.0,
        }
    }
}

impl LevelTracker {
    /// A tracker at 0 dB that moves in steps of `step_db` (at least 0.1 dB).
    pub fn new(step_db: f32) -> Self {
        Self {
            step_db: step_db.clamp_nan(0.1, 60.0),
            level_db: 0.0,
        }
    }

    /// The level, in dB: a multiple of the step, or an end of −60…+24 dB.
    pub fn level_db(&self) -> f32 {
        self.level_db
    }

    /// Takes the peak of the window in dB and returns the level in dB. NaN changes nothing.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn update(&mut self, peak_db: f32) -> f32 {
        let above = peak_db - self.level_db;
        if above > HEADROOM_DB || above < -(self.step_db + FOOTROOM_DB) {
            let steps = (peak_db / self.step_db).ceil();
            self.level_db = (steps * self.step_db).clamp_nan(MIN_LEVEL_DB, MAX_LEVEL_DB);
        }
        self.level_db
    }

    /// Back to 0 dB.
    pub fn reset(&mut self) {
        self.level_db = 0.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_stays_within_its_corridor() {
        let mut tracker = LevelTracker::default();
        let mut peak: f32 = 0.0;
        for n in 0..10_000 {
            peak = (peak + 3.0 * (n as f32 * 12.9898).sin()).clamp(-60.0, 24.0);
            let level = tracker.update(peak);
            assert!(
                (-8.0..=1.0).contains(&(peak - level)),
                "peak {peak}, level {level}"
            );
            assert_eq!(level % 6.0, 0.0);
        }
    }

    #[test]
    fn a_peak_that_wobbles_around_a_step_moves_the_level_once() {
        let mut tracker = LevelTracker::default();
        tracker.update(-12.0);
        let first = tracker.level_db();
        for n in 0..100 {
            assert_eq!(tracker.update(-12.0 + 0.9 * (n as f32).sin()), first);
        }
    }

    #[test]
    fn silence_and_nonsense_stay_in_range() {
        let mut tracker = LevelTracker::default();
        assert_eq!(tracker.update(f32::NEG_INFINITY), -60.0);
        assert_eq!(tracker.update(f32::NAN), -60.0);
        assert_eq!(tracker.update(f32::INFINITY), 24.0);
        tracker.reset();
        assert_eq!(tracker.update(-140.0), -60.0);
    }
}
