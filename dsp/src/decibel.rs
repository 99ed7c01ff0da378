//! Decibels, and the network's 0…1 loudness axis. Pure functions, for any thread.

/// Magnitudes below this count as this, so silence is −140 dB.
pub const MIN_AMPLITUDE: f32 = 1e-7;

/// `20·log10(max(amplitude, 1e-7))`; NaN counts as silence.
pub fn amplitude_to_db(amplitude: f32) -> f32 {
    20.0 * amplitude.clamp_nan(MIN_AMPLITUDE, f32::MAX).log10()
}

/// `10^(db/20)`; exactly 1 for 0 dB.
pub fn db_to_amplitude(db: f32) -> f32 {
    // One exp2 is both faster and closer than powf with base 10.
    const LOG2_10_OVER_20: f32 = std::f32::consts::LOG2_10 / 20.0;
    (db * LOG2_10_OVER_20).exp2()
}

/// The affine map between decibels and the unit values a network reads and writes.
///
/// `floor_db` is 0, `reference_db` is 1, and values end at `ceiling_db`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DecibelScale {
    /// Decibels that become 0.
    pub floor_db: f32,
    /// Decibels that become 1.
    pub reference_db: f32,
    /// Decibels above which values are clipped.
    pub ceiling_db: f32,
}

impl Default for DecibelScale {
    fn default() -> Self {
        Self {
            floor_db: -80.0,
            reference_db: 0.0,
            ceiling_db: 20.0,
        }
    }
}

impl DecibelScale {
    /// The largest unit value, `(ceiling − floor) / (reference − floor)`.
    pub fn max_unit(&self) -> f32 {
        (self.ceiling_db - self.floor_db) / (self.reference_db - self.floor_db)
    }

    /// Decibels → unit value in `0 ..= max_unit`; NaN becomes 0.
    pub fn unit(&self, db: f32) -> f32 {
        ((db - self.floor_db) / (self.reference_db - self.floor_db)).clamp_nan(0.0, self.max_unit())
    }

    /// Unit value → decibels, clipped to the scale; NaN becomes the floor.
    pub fn db_from_unit(&self, unit: f32) -> f32 {
        let unit = unit.clamp_nan(0.0, self.max_unit());
        self.floor_db + unit * (self.reference_db - self.floor_db)
    }
}

/// Clamping that turns NaN into the lower end and never panics.
pub(crate) trait ClampNan {
    fn clamp_nan(self, min: f32, max: f32) -> f32;
}

impl ClampNan for f32 {
    fn clamp_nan(self, min: f32, max: f32) -> f32 {
        self.max(min).min(max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decibels_and_amplitudes_invert_each_other() {
        for db in -1_390..=1_000 {
            let db = db as f32 * 0.1;
            assert!(
                (amplitude_to_db(db_to_amplitude(db)) - db).abs() < 1e-4,
                "{db} dB"
            );
        }
        assert_eq!(db_to_amplitude(0.0), 1.0);
    }

    #[test]
    fn silence_and_nonsense_have_finite_decibels() {
        for amplitude in [0.0, -1.0, f32::NAN, f32::NEG_INFINITY] {
            assert!((amplitude_to_db(amplitude) + 140.0).abs() < 1e-4);
        }
        assert!(amplitude_to_db(f32::INFINITY).is_finite());
    }

    #[test]
    fn units_follow_the_formula_and_clip() {
        let scale = DecibelScale::default();
        assert_eq!(scale.unit(-80.0), 0.0);
        assert_eq!(scale.unit(0.0), 1.0);
        assert_eq!(scale.unit(20.0), 1.25);
        assert_eq!(scale.unit(-100.0), 0.0);
        assert_eq!(scale.unit(f32::INFINITY), 1.25);
        assert_eq!(scale.unit(f32::NAN), 0.0);
        assert_eq!(scale.db_from_unit(0.5), -40.0);
        assert_eq!(scale.db_from_unit(9.0), 20.0);
        assert_eq!(scale.db_from_unit(f32::NAN), -80.0);
    }
}
