//! Random numbers by their place: the same number for the same seed and place, in whatever order they are asked for.
//!
//! The place, times the golden ratio, and the seed, times another odd number, go through the finaliser of SplitMix64 (Steele, Lea and
//! Flood 2014); its high 53 bits are the number's. Presets rely on every bit of it.

use netbend_dsp::number::{low_bits, nearest_f64};

/// 2⁶⁴ by the golden ratio.
const PLACES_APART: u64 = 0x9e37_79b9_7f4a_7c15;
const SEEDS_APART: u64 = 0xd1b5_4a32_d192_ed03;

/// Uniform in `[0, 1)`.
pub(super) fn unit(seed: u32, place: i64) -> f64 {
    let place = low_bits::<u64>(place).wrapping_mul(PLACES_APART);
    let seed = u64::from(seed).wrapping_add(1).wrapping_mul(SEEDS_APART);
    let mut mixed = place ^ seed;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    nearest_f64(mixed >> 11) / 9_007_199_254_740_992.0
}

/// Uniform in `[−1, 1)`.
pub(super) fn bipolar(seed: u32, place: i64) -> f64 {
    2.0 * unit(seed, place) - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_even_and_another_seed_draws_others() {
        for seed in [0, 1, 65_535] {
            let draws: Vec<f64> = (-5_000..5_000).map(|place| unit(seed, place)).collect();
            assert!(draws.iter().all(|draw| (0.0..1.0).contains(draw)));
            let mean = draws.iter().sum::<f64>() / 1e4;
            assert!((mean - 0.5).abs() < 0.02, "{mean}");
            let joint: f64 = draws
                .windows(2)
                .map(|two| (two[0] - 0.5) * (two[1] - 0.5))
                .sum();
            assert!((joint / 1e4).abs() < 0.005, "neighbours: {joint}");
            assert_ne!(unit(seed, 3), unit(seed + 1, 3));
        }
    }

    #[test]
    fn draws_never_change() {
        assert_eq!(unit(1, 0).to_bits(), EXPECTED);
    }

    /// What presets that are out there were drawn with.
    const EXPECTED: u64 = 0x3fdb_08ea_b328_4e1c;
}
