//! Latents drawn from the prior.

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// `count` latents `[count, latent_size]` of independent standard normal numbers: the same for the same seed.
pub fn sample_latents(count: usize, latent_size: usize, seed: u64) -> Vec<f32> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    // In (0, 1), so that the logarithm below is finite.
    let mut unit = || (f64::from(rng.next_u32()) + 0.5) / (f64::from(u32::MAX) + 1.0);
    (0..count * latent_size)
        .map(|_| {
            // Box and Muller's transform.
            let radius = (-2.0 * unit().ln()).sqrt();
            (radius * (std::f64::consts::TAU * unit()).cos()) as f32
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_have_mean_zero_and_variance_one_and_repeat() {
        let samples = sample_latents(100, 256, 3);
        let mean = samples.iter().sum::<f32>() / samples.len() as f32;
        let variance = samples.iter().map(|x| x * x).sum::<f32>() / samples.len() as f32;
        assert!(mean.abs() < 0.03, "{mean}");
        assert!((variance - 1.0).abs() < 0.05, "{variance}");
        assert_eq!(samples, sample_latents(100, 256, 3));
        assert_ne!(samples, sample_latents(100, 256, 4));
    }
}
