//! The noise of `randomise`: a pure function of seed, tensor number and index, spelled out here because
//! presets rely on it.
//!
//! Two rounds of Chris Wellons' 32-bit integer hash *lowbias32* (public domain, "Prospecting for hash
//! functions", 2018) give four 16-bit numbers a point. Their sum is bell-shaped (Irwin and Hall's
//! distribution of order 4: within ±3.46 deviations, kurtosis 2.7) and costs no logarithm.

/// Standard deviation of [`Noise::at`]: that of four uniform whole numbers 0–65535, √((2³² − 1)/3).
pub const DEVIATION: f64 = 37_837.227_237_206_48;
/// Twice the mean of a pair of 16-bit numbers.
const MEAN: i32 = 2 * 65_535;

/// The noise of one tensor under one seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Noise {
    keys: [u32; 2],
}

impl Noise {
    /// The noise that `seed` draws for the tensor numbered `layer`.
    pub fn new(seed: u32, layer: u16) -> Self {
        // SplitMix64 (Steele, Lea and Flood, 2014) spreads neighbouring seeds over all bits.
        let mut z = (u64::from(layer) << 32 | u64::from(seed)).wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        Self {
            keys: [z as u32, (z >> 32) as u32],
        }
    }

    /// A whole number of mean 0 and deviation [`DEVIATION`] for point `index`.
    #[inline(always)]
    pub fn at(self, index: u32) -> i32 {
        let first = lowbias32(index.wrapping_add(self.keys[0]));
        let second = lowbias32(first ^ self.keys[1]);
        let halves = |bits: u32| (bits & 0xffff) as i32 + (bits >> 16) as i32;
        halves(first) + halves(second) - MEAN
    }
}

#[inline(always)]
fn lowbias32(mut x: u32) -> u32 {
    x ^= x >> 16;
    x = x.wrapping_mul(0x7feb_352d);
    x ^= x >> 15;
    x = x.wrapping_mul(0x846c_a68b);
    x ^ (x >> 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frozen on the day the format was made: a change here changes every user's presets.
    #[test]
    fn the_same_seed_draws_the_same_noise_for_ever() {
        let draw =
            |seed, layer| [0, 1, 2, 1_000_000].map(|index| Noise::new(seed, layer).at(index));
        assert_eq!(draw(1, 1), FROZEN[0]);
        assert_eq!(draw(1, 2), FROZEN[1]);
        assert_eq!(draw(65_535, 1), FROZEN[2]);
    }
    const FROZEN: [[i32; 4]; 3] = [
        [-20_102, 47_112, 26_415, 40_106],
        [29_927, -66_881, -4_707, 9_761],
        [-66_751, 16_657, -33_374, -52_827],
    ];

    #[test]
    fn it_has_the_mean_deviation_and_shape_it_should_and_no_memory() {
        const COUNT: u32 = 1 << 20;
        for (seed, layer) in [(0, 1), (1, 1), (2, 1), (1, 2), (65_535, 64)] {
            let noise = Noise::new(seed, layer);
            let values: Vec<f64> = (0..COUNT)
                .map(|index| f64::from(noise.at(index)) / DEVIATION)
                .collect();
            let mean_of = |f: &dyn Fn(usize) -> f64| {
                (0..values.len()).map(f).sum::<f64>() / values.len() as f64
            };
            // Four standard errors of 2²⁰ draws are 0.004; of a fourth power some more.
            assert!(mean_of(&|n| values[n]).abs() < 0.004, "mean");
            assert!(
                (mean_of(&|n| values[n].powi(2)) - 1.0).abs() < 0.006,
                "deviation"
            );
            assert!(
                (mean_of(&|n| values[n].powi(4)) - 2.7).abs() < 0.03,
                "shape"
            );
            for lag in [1, 2, 3, 25, 128, 513] {
                let by_lag = mean_of(&|n| values[n] * values[(n + lag) % values.len()]);
                assert!(by_lag.abs() < 0.005, "lag {lag}: {by_lag}");
            }
            let other = Noise::new(seed + 1, layer);
            let across = mean_of(&|n| values[n] * f64::from(other.at(n as u32)) / DEVIATION);
            assert!(across.abs() < 0.005, "the next seed: {across}");
        }
    }
}
