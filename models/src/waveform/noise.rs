//! What a waveform model draws in a block: the same for the same seed and block, whatever was played before, so that a bounce is what was heard.
//!
//! Normal numbers are those of Box and Muller (1958) of two even ones.

use netbend_dsp::number::{low_bits, nearest_f32};

use crate::bends::draws::unit;
use crate::package::waveform::{Distribution, NoisePlace, NoiseTensor};

/// How much of a model's own noise there is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NoiseAmounts {
    /// Of the encoder's spread, 0–1.
    pub encoder: f32,
    /// Of the latent dimensions that are left out, 0–1.
    pub padding: f32,
}

impl Default for NoiseAmounts {
    /// As the model was trained.
    fn default() -> Self {
        Self {
            encoder: 1.0,
            padding: 1.0,
        }
    }
}

impl NoiseAmounts {
    fn of(&self, place: NoisePlace) -> f32 {
        match place {
            NoisePlace::Encoder => self.encoder,
            NoisePlace::Padding => self.padding,
            NoisePlace::Synthesis => 1.0,
        }
    }
}

/// Numbers that a block of a tensor may have: draws of two blocks never meet.
const MOST: i64 = 1 << 32;

/// Fills `values` with what the tensor numbered `tensor` draws in block `block`.
///
/// # Real-time safety
/// Arithmetic only.
pub(super) fn fill(
    noise: &NoiseTensor,
    tensor: u64,
    seed: u32,
    block: i64,
    amounts: NoiseAmounts,
    values: &mut [f32],
) {
    let amount = amounts.of(noise.place).clamp(0.0, 1.0);
    let seed = u64::from(seed) << 16 | tensor;
    let first = block.wrapping_mul(MOST);
    let draw = |place: usize| unit(seed, first.wrapping_add(low_bits::<i64>(place)));
    match noise.distribution {
        Distribution::Uniform => {
            for (place, value) in values.iter_mut().enumerate() {
                *value = 0.5 + amount * (nearest_f32(draw(place)) - 0.5);
            }
        }
        Distribution::Normal if amount == 0.0 => values.fill(0.0),
        Distribution::Normal => {
            for (pair, values) in values.chunks_mut(2).enumerate() {
                // Of (0, 1]: its logarithm is finite.
                let radius = (-2.0 * (1.0 - draw(2 * pair)).ln()).sqrt();
                let angle = std::f64::consts::TAU * draw(2 * pair + 1);
                let normal = [radius * angle.cos(), radius * angle.sin()];
                for (value, normal) in values.iter_mut().zip(normal) {
                    *value = amount * nearest_f32(normal);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(distribution: Distribution, block: i64, amounts: NoiseAmounts) -> Vec<f32> {
        let noise = NoiseTensor {
            name: "noise0".into(),
            shape: vec![10_001],
            distribution,
            place: NoisePlace::Encoder,
        };
        let mut values = vec![9.0; 10_001];
        fill(&noise, 0, 1, block, amounts, &mut values);
        values
    }

    fn moments(values: &[f32]) -> (f32, f32) {
        let count = values.len() as f32;
        let mean = values.iter().sum::<f32>() / count;
        let power = values.iter().map(|x| (x - mean).powi(2)).sum::<f32>();
        (mean, (power / count).sqrt())
    }

    #[test]
    fn numbers_lie_as_they_should_and_belong_to_their_block() {
        let all = NoiseAmounts::default();
        let normal = drawn(Distribution::Normal, 3, all);
        let (mean, deviation) = moments(&normal);
        assert!(mean.abs() < 0.03 && (deviation - 1.0).abs() < 0.03);
        assert!(normal.iter().all(|x| x.is_finite()));
        let uniform = drawn(Distribution::Uniform, 3, all);
        let (mean, deviation) = moments(&uniform);
        assert!((mean - 0.5).abs() < 0.01 && (deviation - 0.2887).abs() < 0.01);
        assert_eq!(normal, drawn(Distribution::Normal, 3, all));
        assert_ne!(normal, drawn(Distribution::Normal, 4, all));
    }

    #[test]
    fn none_of_it_is_the_middle() {
        let none = NoiseAmounts {
            encoder: 0.0,
            padding: 1.0,
        };
        assert!(
            drawn(Distribution::Normal, 0, none)
                .iter()
                .all(|x| *x == 0.0)
        );
        assert!(
            drawn(Distribution::Uniform, 0, none)
                .iter()
                .all(|x| *x == 0.5)
        );
    }
}
