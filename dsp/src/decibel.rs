//! Decibels, and the network's 0…1 loudness axis. Pure functions, for any thread. What is done to a row has the bits of
//! what is done to each of its values.

use multiversion::multiversion;

use crate::clamp::ClampNan;
use crate::elementary::{fast_exp2, fast_log2};

/// Magnitudes below this count as this, so silence is −140 dB.
pub const MIN_AMPLITUDE: f32 = 1e-7;

/// 20·log10(2): what an octave of amplitude is in dB.
const DB_PER_OCTAVE: f32 = 6.020_6;

/// `20·log10(max(amplitude, 1e-7))` to 2e-5 dB; NaN counts as silence.
#[inline(always)]
pub fn amplitude_to_db(amplitude: f32) -> f32 {
    DB_PER_OCTAVE * fast_log2(amplitude.clamp_nan(MIN_AMPLITUDE, f32::MAX))
}

/// [`amplitude_to_db`] of every value of a row, in place.
///
/// # Real-time safety
/// Never allocates, locks or panics.
#[multiversion(targets("x86_64+avx2"))]
pub fn row_to_db(amplitudes: &mut [f32]) {
    amplitudes.iter_mut().for_each(|x| *x = amplitude_to_db(*x));
}

/// `10^(db/20)` to 3e-6 of itself, within ±720 dB; exactly 1 for 0 dB. NaN is as far down as it goes.
#[inline(always)]
pub fn db_to_amplitude(db: f32) -> f32 {
    const OCTAVES_PER_DB: f32 = std::f32::consts::LOG2_10 / 20.0;
    fast_exp2(db * OCTAVES_PER_DB)
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
    #[inline(always)]
    pub fn unit(&self, db: f32) -> f32 {
        ((db - self.floor_db) / (self.reference_db - self.floor_db)).clamp_nan(0.0, self.max_unit())
    }

    /// [`db_from_unit`](Self::db_from_unit) of every unit of a row, and `level_db` more. As far as both reach.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn row_from_units(&self, units: &[f32], level_db: f32, out_db: &mut [f32]) {
        row_from_units(self, units, level_db, out_db);
    }

    /// Unit value → decibels, clipped to the scale; NaN becomes the floor.
    #[inline(always)]
    pub fn db_from_unit(&self, unit: f32) -> f32 {
        let unit = unit.clamp_nan(0.0, self.max_unit());
        self.floor_db + unit * (self.reference_db - self.floor_db)
    }
}

#[multiversion(targets("x86_64+avx2"))]
fn row_from_units(scale: &DecibelScale, units: &[f32], level_db: f32, out_db: &mut [f32]) {
    for (db, unit) in out_db.iter_mut().zip(units) {
        *db = scale.db_from_unit(*unit) + level_db;
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
    fn a_row_has_the_bits_of_its_values() {
        let amplitudes: Vec<f32> = (0..1_003).map(|n| (n as f32 * 0.71).sin() * 1e-3).collect();
        let mut row = amplitudes.clone();
        row_to_db(&mut row);
        for (db, amplitude) in row.iter().zip(amplitudes) {
            assert_eq!(db.to_bits(), amplitude_to_db(amplitude).to_bits());
            let exact = 20.0 * f64::from(amplitude.max(MIN_AMPLITUDE)).log10();
            assert!((f64::from(*db) - exact).abs() < 2e-5, "{amplitude}");
        }
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
        let mut row = [0.0; 4];
        scale.row_from_units(&[0.5, 9.0, f32::NAN], -6.0, &mut row);
        assert_eq!(row, [-46.0, 14.0, -86.0, 0.0]);
    }
}
