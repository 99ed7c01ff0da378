//! Latents that no sound gave: drawn from the prior, walked through, blended.
//!
//! The draw is spelled out here because presets rely on it: the same seed is the same sound for ever.

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use crate::package::manifest::{LatentPrior, Manifest};

/// Longest cycle of the walk's waypoints: positions beyond begin again. Years, at any rate there is.
const WAYPOINTS: f64 = (1_u64 << 40) as f64;
/// Cosine from which two latents count as parallel: an arc between them is a straight line.
const PARALLEL: f64 = 0.9995;

/// `count` latents `[count, latent_size]` of independent standard normal numbers: the same for the same seed.
pub fn sample_latents(count: usize, latent_size: usize, seed: u64) -> Vec<f32> {
    normal(count * latent_size, seed, 0)
}

/// Independent standard normal numbers. `random_stream` tells apart draws of one seed.
fn normal(count: usize, seed: u64, random_stream: u64) -> Vec<f32> {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    let mut rng = ChaCha8Rng::from_seed(key);
    rng.set_stream(random_stream);
    // In (0, 1), so that the logarithm below is finite.
    let mut unit = || (f64::from(rng.next_u32()) + 0.5) / (f64::from(u32::MAX) + 1.0);
    (0..count)
        .map(|_| {
            // Box and Muller's transform.
            let radius = (-2.0 * unit().ln()).sqrt();
            (radius * (std::f64::consts::TAU * unit()).cos()) as f32
        })
        .collect()
}

/// Draws latents of one model: from the Gaussian its training data have, where the manifest tells it, or
/// else from the prior N(0, I).
#[derive(Debug, Clone)]
pub struct LatentDraw {
    latent_size: usize,
    prior: Option<LatentPrior>,
}

impl LatentDraw {
    /// Draws for the model of `manifest`.
    pub fn new(manifest: &Manifest) -> Self {
        Self {
            latent_size: manifest.latent_size,
            prior: manifest.latent_prior.clone(),
        }
    }

    /// The latent `[latent_size]` of `seed`.
    pub fn random(&self, seed: u32) -> Vec<f32> {
        self.scaled(normal(self.latent_size, u64::from(seed), 0))
    }

    /// The latent `[latent_size]` at `position` of the walk of `seed`, in waypoints from its beginning.
    ///
    /// Waypoints are draws; between two of them, `cos θ · a + sin θ · b` keeps the variance what it is at
    /// both ends, where a straight line would pass through blander latents. A negative or infinite
    /// position is the beginning.
    pub fn walk(&self, seed: u32, position: f64) -> Vec<f32> {
        let position = if position.is_finite() {
            position.max(0.0) % WAYPOINTS
        } else {
            0.0
        };
        let (waypoint, angle) = (
            position.floor() as u64,
            position.fract() * std::f64::consts::FRAC_PI_2,
        );
        // Random stream 0 is `random`'s.
        let draw = |waypoint: u64| normal(self.latent_size, u64::from(seed), waypoint + 1);
        let (sin, cos) = (angle.sin() as f32, angle.cos() as f32);
        let mut latent = draw(waypoint);
        for (from, to) in latent.iter_mut().zip(draw(waypoint + 1)) {
            *from = cos * *from + sin * to;
        }
        self.scaled(latent)
    }

    fn scaled(&self, mut latent: Vec<f32>) -> Vec<f32> {
        if let Some(prior) = &self.prior {
            let moments = prior.mean.iter().zip(&prior.std);
            for (value, (mean, std)) in latent.iter_mut().zip(moments) {
                *value = mean + std * *value;
            }
        }
        latent
    }
}

/// Moves `latent` by `share` (0–1) towards `other` along an arc: direction and length each go evenly from
/// one to the other (*spherical linear interpolation*, Shoemake 1985).
///
/// Two latents of different sounds stand nearly at right angles; half-way on the straight line between
/// them the length is only 0.7 of theirs, and such latents decode to blander sounds.
pub fn blend(latent: &mut [f32], other: &[f32], share: f32) {
    let share = f64::from(share.clamp(0.0, 1.0));
    let dot = |a: &[f32], b: &[f32]| -> f64 {
        let products = a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b));
        products.sum()
    };
    let (from, to) = (dot(latent, latent).sqrt(), dot(other, other).sqrt());
    let cosine = dot(latent, other) / (from * to);
    let (near, far) = if cosine.is_finite() && cosine.abs() < PARALLEL {
        let angle = cosine.acos();
        let length = from + share * (to - from);
        let scale = length / angle.sin();
        (
            scale * ((1.0 - share) * angle).sin() / from,
            scale * (share * angle).sin() / to,
        )
    } else {
        (1.0 - share, share)
    };
    for (value, other) in latent.iter_mut().zip(other) {
        *value = (near * f64::from(*value) + far * f64::from(*other)) as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::manifest;

    fn variance(values: &[f32]) -> f32 {
        values.iter().map(|x| x * x).sum::<f32>() / values.len() as f32
    }

    fn draw(latent_size: usize) -> LatentDraw {
        LatentDraw {
            latent_size,
            prior: None,
        }
    }

    #[test]
    fn samples_have_mean_zero_and_variance_one_and_repeat() {
        let samples = sample_latents(100, 256, 3);
        let mean = samples.iter().sum::<f32>() / samples.len() as f32;
        assert!(mean.abs() < 0.03, "{mean}");
        assert!((variance(&samples) - 1.0).abs() < 0.05);
        assert_eq!(samples, sample_latents(100, 256, 3));
        assert_ne!(samples, sample_latents(100, 256, 4));
    }

    /// Presets rely on the draw: these numbers, worked out apart from this code, may never change.
    #[test]
    fn the_draw_of_a_seed_is_what_it_always_was() {
        let close = |found: &[f32], expected: [f32; 3]| {
            for (found, expected) in found.iter().zip(expected) {
                assert!((found - expected).abs() < 1e-5, "{found}, not {expected}");
            }
        };
        close(
            &draw(3).random(1),
            [-0.708_621_9, -0.106_880_33, 0.405_808_44],
        );
        close(
            &draw(3).walk(1, 2.25),
            [-0.914_705_3, -0.068_331_59, 1.157_689_8],
        );
    }

    #[test]
    fn a_walk_keeps_its_variance_and_meets_its_waypoints() {
        let draw = draw(4_096);
        for step in 0..=20 {
            let latent = draw.walk(7, f64::from(step) / 10.0);
            assert!((variance(&latent) - 1.0).abs() < 0.1, "step {step}");
        }
        let (before, at) = (draw.walk(7, 1.0 - 1e-9), draw.walk(7, 1.0));
        assert!(before.iter().zip(&at).all(|(a, b)| (a - b).abs() < 1e-5));
        assert_ne!(draw.walk(7, 0.0), draw.walk(7, 1.0));
        assert_ne!(draw.walk(7, 0.0), draw.walk(8, 0.0));
        assert_ne!(draw.walk(7, 0.0), draw.random(7));
        for odd in [-1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(draw.walk(7, odd), draw.walk(7, 0.0));
        }
    }

    #[test]
    fn a_prior_of_the_manifest_shapes_the_draw() {
        let mut manifest = manifest();
        let plain = LatentDraw::new(&manifest).random(5);
        manifest.latent_prior = Some(LatentPrior {
            mean: vec![3.0; 4],
            std: vec![0.5; 4],
        });
        let shaped = LatentDraw::new(&manifest).random(5);
        for (plain, shaped) in plain.iter().zip(&shaped) {
            assert_eq!(*shaped, 3.0 + 0.5 * plain);
        }
    }

    #[test]
    fn a_blend_keeps_the_length_and_meets_both_ends() {
        let (a, b) = (sample_latents(1, 512, 1), sample_latents(1, 512, 2));
        let at = |share: f32| {
            let mut latent = a.clone();
            blend(&mut latent, &b, share);
            latent
        };
        for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
            let expected = variance(&a) + share * (variance(&b) - variance(&a));
            assert!((variance(&at(share)) - expected).abs() < 0.02, "{share}");
        }
        let near = |a: &[f32], b: &[f32]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-5);
        assert!(near(&at(0.0), &a) && near(&at(1.0), &b));
    }

    #[test]
    fn a_blend_of_equal_opposite_or_empty_latents_is_the_straight_line() {
        for (from, to, half) in [
            ([1.0, 2.0], [1.0, 2.0], [1.0, 2.0]),
            ([1.0, 2.0], [-1.0, -2.0], [0.0, 0.0]),
            ([0.0, 0.0], [2.0, 4.0], [1.0, 2.0]),
        ] {
            let mut latent = from;
            blend(&mut latent, &to, 0.5);
            assert_eq!(latent, half);
        }
    }
}
