//! Random numbers by their place, and noise of them: the same for the same seed and place, in whatever order they are asked for.
//!
//! The place, times the golden ratio, and the seed, times another odd number, go through the finaliser of SplitMix64 (Steele, Lea and
//! Flood 2014); its high 53 bits are the number's. Presets rely on every bit of it.

use netbend_dsp::number::{cut, low_bits, nearest_f64};

/// 2⁶⁴ by the golden ratio.
const PLACES_APART: u64 = 0x9e37_79b9_7f4a_7c15;
const SEEDS_APART: u64 = 0xd1b5_4a32_d192_ed03;

/// 64 random bits.
pub fn bits(seed: u64, place: i64) -> u64 {
    let place = low_bits::<u64>(place).wrapping_mul(PLACES_APART);
    let seed = seed.wrapping_add(1).wrapping_mul(SEEDS_APART);
    let mut mixed = place ^ seed;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Uniform in `[0, 1)`.
pub fn unit(seed: u64, place: i64) -> f64 {
    nearest_f64(bits(seed, place) >> 11) / 9_007_199_254_740_992.0
}

/// Gradient noise in one dimension (Perlin 1985, with the quintic of Perlin 2002), −0.5 to 0.5, 0 at every whole place.
///
/// At every whole place there is a slope, drawn from −1 to 1; between two the noise goes from the line of the one to that of the other
/// along 6t⁵ − 15t⁴ + 10t³. Two slopes of 1 meet half-way at 0.5: no more is possible.
pub fn noise(seed: u64, place: f64) -> f64 {
    let number = place.floor();
    let t = place - number;
    let whole = cut::<i64>(number);
    let slope = |place: i64| 2.0 * unit(seed, place) - 1.0;
    let from = t * slope(whole);
    let to = (t - 1.0) * slope(whole.wrapping_add(1));
    let share = t * t * t * (t * (6.0 * t - 15.0) + 10.0);
    from + share * (to - from)
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
        // What presets that are out there were drawn with.
        assert_eq!(unit(1, 0).to_bits(), 0x3fdb_08ea_b328_4e1c);
        assert_eq!(unit(65_535, -3), 0.776_000_332_180_984_3);
    }

    #[test]
    fn noise_is_smooth_and_within_its_bounds() {
        let way: Vec<f64> = (-20_000..20_000)
            .map(|n| noise(1, f64::from(n) / 100.0))
            .collect();
        assert!(way.iter().all(|value| (-0.5..=0.5).contains(value)));
        let steps = way.windows(2).map(|two| (two[1] - two[0]).abs());
        assert!(steps.fold(0.0, f64::max) < 0.03);
        assert_eq!(noise(1, 3.0), 0.0);
    }
}
