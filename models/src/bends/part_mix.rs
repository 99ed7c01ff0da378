//! The parts of the mix at a mixing desk: a fader, mute and solo for each.
//!
//! What a fader does to the network is a multiplication of the part's features on every layer that carries it, by one factor: what a
//! model with parts was trained for.

use super::part_name::MOST_PARTS;

/// Lowest to highest fader, in dB. At the lowest a part is silent.
pub const FADER_RANGE_DB: (f32, f32) = (-60.0, 12.0);
/// A fader this near to 0 dB stands at 0 dB: knobs are joined to values by powers.
const LEVEL_DB: f32 = 5e-3;

/// One part's place at the desk.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PartFader {
    /// In dB, within [`FADER_RANGE_DB`].
    pub gain_db: f32,
    /// Whether the part is silent.
    pub is_muted: bool,
    /// Whether the parts that are not soloed are silent.
    pub is_soloed: bool,
}

impl PartFader {
    /// The fader's linear gain: exactly 1 at 0 dB, exactly 0 at the lowest.
    fn gain(self) -> f32 {
        let db = self.gain_db.min(FADER_RANGE_DB.1);
        if db.abs() < LEVEL_DB {
            1.0
        } else if db > FADER_RANGE_DB.0 {
            10.0_f32.powf(db / 20.0)
        } else {
            0.0
        }
    }
}

/// The linear gain of each part, by its number among the model's; 1 leaves it as it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PartMix {
    /// 0 or more, finite.
    pub gains: [f32; MOST_PARTS],
}

impl Default for PartMix {
    fn default() -> Self {
        Self {
            gains: [1.0; MOST_PARTS],
        }
    }
}

impl PartMix {
    /// What the faders of a model's parts come to, in the model's order; those beyond [`MOST_PARTS`] count for nothing. What is muted is
    /// silent even where it is soloed.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn of(faders: impl Iterator<Item = PartFader> + Clone) -> Self {
        let faders = faders.take(MOST_PARTS);
        let solo = faders.clone().any(|fader| fader.is_soloed);
        let mut mix = Self::default();
        for (gain, fader) in mix.gains.iter_mut().zip(faders) {
            let silent = fader.is_muted || (solo && !fader.is_soloed);
            *gain = if silent { 0.0 } else { fader.gain() };
        }
        mix
    }

    /// Whether every part is left as it is.
    pub fn is_level(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fader(gain_db: f32) -> PartFader {
        PartFader {
            gain_db,
            ..PartFader::default()
        }
    }

    fn gains(faders: &[PartFader]) -> Vec<f32> {
        let mix = PartMix::of(faders.iter().copied());
        assert!(mix.gains.iter().skip(faders.len()).all(|gain| *gain == 1.0));
        mix.gains.into_iter().take(faders.len()).collect()
    }

    #[test]
    fn a_fader_at_0_db_is_exactly_1_and_at_the_lowest_exactly_0() {
        assert_eq!(
            gains(&[fader(0.0), fader(-4e-7), fader(-60.0), fader(-90.0)]),
            [1.0, 1.0, 0.0, 0.0]
        );
        assert!((gains(&[fader(-6.0206)])[0] - 0.5).abs() < 1e-4);
        assert_eq!(gains(&[fader(12.0)]), gains(&[fader(99.0)]));
        assert_eq!(gains(&[fader(f32::NAN)]), gains(&[fader(12.0)]));
        assert!(PartMix::default().is_level() && PartMix::of([].into_iter()).is_level());
    }

    #[test]
    fn a_solo_silences_the_others_and_a_mute_silences_all() {
        let muted = |fader: PartFader| PartFader {
            is_muted: true,
            ..fader
        };
        let soloed = |fader: PartFader| PartFader {
            is_soloed: true,
            ..fader
        };
        assert_eq!(gains(&[fader(0.0), muted(fader(6.0))]), [1.0, 0.0]);
        assert_eq!(
            gains(&[fader(0.0), soloed(fader(0.0)), fader(3.0)]),
            [0.0, 1.0, 0.0]
        );
        assert_eq!(
            gains(&[soloed(fader(0.0)), soloed(fader(-60.0)), fader(0.0)]),
            [1.0, 0.0, 0.0]
        );
        assert_eq!(gains(&[soloed(muted(fader(0.0))), fader(0.0)]), [0.0, 0.0]);
    }
}
