//! A random selection that wanders: which features are bent changes with time, how many does not.
//!
//! Every feature has a height of its own, gradient noise over time ([`draws`]); those that stand highest are bent. So a
//! share is exact at every moment, one that grows only adds features, and the same seed wanders the same way for ever.

use netbend_dsp::number::{cut, low_bits, nearest_f32, nearest_f64};

use super::draws;

/// Slowest and fastest drift, in changes of mind of a feature in a second.
pub const DRIFT_RANGE_HZ: (f32, f32) = (0.01, 8.0);
/// Seconds for which a drift stands still before it takes its next step.
pub const DRIFT_STEP_SECONDS: f64 = 0.08;
/// Parts of a change of mind that places are told to.
const PARTS: f64 = 65_536.0;
const THOUSAND: f32 = 1_000.0;

/// How fast a selection drifts, and where it stands. By default it stands still.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Drift {
    /// In thousandths of a hertz; 0 where it stands still.
    millihertz: u32,
    /// In [`PARTS`].
    place: i64,
}

impl Drift {
    /// A drift at its beginning. Below the slowest it stands still; it is told to a thousandth of a hertz.
    pub fn new(hertz: f32) -> Self {
        let (slowest, fastest) = DRIFT_RANGE_HZ;
        let millihertz = match hertz >= slowest {
            true => cut::<u32>((hertz.min(fastest) * THOUSAND).round()),
            false => 0,
        };
        Self {
            millihertz,
            place: 0,
        }
    }

    /// How fast, in hertz; 0 where it stands still.
    pub fn hertz(self) -> f32 {
        nearest_f32(self.millihertz) / THOUSAND
    }

    /// Whether it stands still: features are drawn once.
    pub fn is_still(self) -> bool {
        self.millihertz == 0
    }

    /// Where it stands after `seconds`, at its last step.
    ///
    /// # Real-time safety
    /// Arithmetic only.
    pub fn after(self, seconds: f64) -> Self {
        let hertz = nearest_f64(self.millihertz) / 1_000.0;
        Self {
            place: cut::<i64>((step(seconds) * hertz * PARTS).round()),
            ..self
        }
    }
}

/// The time of the last step, in seconds.
pub fn step(seconds: f64) -> f64 {
    // A rounding error before a step is that step.
    (seconds / DRIFT_STEP_SECONDS + 1e-6).floor() * DRIFT_STEP_SECONDS
}

/// Writes all of `0..features` into `order`, those that are bent first at the front. `seed` and `random_stream` key the draw, as they do
/// for features that are drawn once.
pub fn order(
    features: usize,
    (seed, random_stream): (u64, u64),
    drift: Drift,
    heights: &mut Vec<f64>,
    order: &mut Vec<usize>,
) {
    let key = draws::bits(seed, low_bits::<i64>(random_stream));
    let place = nearest_f64(drift.place) / PARTS;
    heights.clear();
    heights.extend((0..features).map(|feature| {
        let own = draws::bits(key, low_bits::<i64>(feature));
        // Not all change their minds at once.
        draws::noise(own, place + draws::unit(own, i64::MIN))
    }));
    order.clear();
    order.extend(0..features);
    let height = |feature: usize| heights.get(feature).copied().unwrap_or(0.0);
    order.sort_unstable_by(|one, other| {
        let down = height(*other).total_cmp(&height(*one));
        down.then(one.cmp(other))
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bends::selection::share_count;

    fn at(seconds: f64, seed: u64) -> Vec<usize> {
        let (mut heights, mut found) = (Vec::new(), Vec::new());
        let drift = Drift::new(0.5).after(seconds);
        order(128, (seed, 3), drift, &mut heights, &mut found);
        found
    }

    #[test]
    fn at_any_moment_the_share_is_exact_and_nested() {
        let mut ever = [false; 128];
        for moment in 0..2_000 {
            let order = at(f64::from(moment) * 0.01, 7);
            let mut sorted = order.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, (0..128).collect::<Vec<_>>());
            let quarter = &order[..share_count(128, 0.25)];
            assert_eq!(quarter.len(), 32);
            quarter.iter().for_each(|feature| ever[*feature] = true);
        }
        // In ten changes of mind nearly all had their turn.
        assert!(ever.iter().filter(|was| **was).count() > 110);
    }

    #[test]
    fn it_wanders_and_does_not_leap_and_goes_the_same_way_again() {
        let quarter = |seconds: f64| {
            let mut first = at(seconds, 7)[..32].to_vec();
            first.sort_unstable();
            first
        };
        let kept = |one: &[usize], other: &[usize]| {
            one.iter().filter(|feature| other.contains(feature)).count()
        };
        let start = quarter(0.0);
        assert_eq!(quarter(0.079), start, "it stands still between steps");
        assert!(kept(&start, &quarter(0.08)) >= 26);
        let later = kept(&start, &quarter(8.0));
        assert!((2..20).contains(&later), "{later} of 32 by chance alone");
        assert_eq!(at(3.3, 7), at(3.3, 7));
        assert_ne!(at(3.3, 7), at(3.3, 8));
        assert_eq!(
            Drift::new(0.5).after(0.16 - 1e-12),
            Drift::new(0.5).after(0.16)
        );
    }

    #[test]
    fn rates_are_told_to_a_thousandth_and_none_stands_still() {
        assert!(Drift::new(0.0).is_still() && Drift::new(f32::NAN).is_still());
        assert_eq!(Drift::new(0.25).hertz(), 0.25);
        assert_eq!(Drift::new(99.0).hertz(), 8.0);
        assert_eq!(Drift::default().after(5.0), Drift::default());
    }

    #[test]
    fn it_wanders_the_same_way_for_ever() {
        // Frozen on the day the format was made: a change here changes every user's presets.
        let (mut heights, mut found) = (Vec::new(), Vec::new());
        let drift = Drift::new(1.0).after(1.6);
        order(16, (1, 0), drift, &mut heights, &mut found);
        assert_eq!(found, FROZEN);
    }
    const FROZEN: [usize; 16] = [15, 3, 12, 11, 14, 2, 13, 9, 10, 0, 8, 1, 7, 4, 6, 5];
}
