//! Floats to integers.
//!
//! At 16 bits a triangular dither of ±1 step is added, so that what is quieter than a step stays sound and does not become
//! distortion. It is drawn from a seed of our own, one and the same for every file, so that the same render gives the same
//! bytes. Where every sample of the file lies on a step already, but for a 32nd of one (a 16-bit file that came through the
//! transform unbent), nothing is added: rounding takes away no more than that transform's own error, 120 dB below full scale,
//! and gives the file back. Other sound has one sample in sixteen so near to a step. At 24 bits the step lies 144 dB below
//! full scale, and samples are rounded.

use crate::audio::Audio;
use netbend_dsp::number::{cut, nearest_f64};

/// How near to a step a sample lies on it, in steps of 16 bits: 2^-20 of full scale.
const NEAR: f64 = 1.0 / 32.0;
const SEED: u64 = 0x6e65_7462_656e_6421;

/// Makes integers of the samples of one file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quantizer {
    scale: f64,
    is_dithered: bool,
}

impl Quantizer {
    /// For `bits` of 16 or 24.
    pub(crate) fn new(bits: u32, audio: &Audio) -> Self {
        let scale = f64::from(bits - 1).exp2();
        let on_steps = |sample: &f32| {
            let steps = f64::from(*sample) * scale;
            (steps - steps.round()).abs() <= NEAR
        };
        let samples = || audio.channels.iter().flatten();
        // What is nowhere louder than half a step would be gone.
        let is_silent = samples().all(|sample| (f64::from(*sample) * scale).abs() < 0.5);
        let is_exact =
            samples().all(|sample| *sample == 0.0) || (!is_silent && samples().all(on_steps));
        Self {
            scale,
            is_dithered: bits < 24 && !is_exact,
        }
    }

    /// The integer for one sample, of `[−2^(bits − 1), 2^(bits − 1) − 1]`.
    pub(crate) fn quantize(&self, sample: f32, channel: usize, n: usize) -> i32 {
        let mut steps = f64::from(sample) * self.scale;
        if self.is_dithered {
            let number = (n as u64) << 8 | channel as u64;
            let drawn = mixed(SEED.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
            let (one, other) = (drawn >> 32, drawn & 0xffff_ffff);
            steps += (nearest_f64(one) - nearest_f64(other)) / 4_294_967_296.0;
        }
        cut::<i32>(steps.round().clamp(-self.scale, self.scale - 1.0))
    }
}

/// SplitMix64's finaliser.
fn mixed(mut z: u64) -> u64 {
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    fn audio(samples: &[f32]) -> Audio {
        Audio::new(48_000, vec![samples.to_vec()])
    }

    #[test]
    fn what_lies_on_steps_is_left_alone() {
        let samples: Vec<f32> = (-32_768..32_768)
            .map(|step| step as f32 / 32_768.0)
            .collect();
        let quantizer = Quantizer::new(16, &audio(&samples));
        for (n, sample) in samples.iter().enumerate() {
            assert_eq!(quantizer.quantize(*sample, 0, n), n as i32 - 32_768);
        }
        assert_eq!(quantizer.quantize(1.5, 0, 0), 32_767);
        assert_eq!(quantizer.quantize(-1.5, 0, 0), -32_768);
    }

    #[test]
    fn an_unbent_file_comes_back_from_the_transforms_rounding() {
        let near: Vec<f32> = (-3_000..3_000)
            .map(|step| (step as f32 + if step % 2 == 0 { 0.02 } else { -0.02 }) / 32_768.0)
            .collect();
        let quantizer = Quantizer::new(16, &audio(&near));
        for (n, sample) in near.iter().enumerate() {
            assert_eq!(quantizer.quantize(*sample, 0, n), n as i32 - 3_000);
        }
        // One sample between two steps, or nothing but what is quieter than one, and all is dithered.
        let mut other = near.clone();
        other[17] += 0.3 / 32_768.0;
        assert!(Quantizer::new(16, &audio(&other)).is_dithered);
        assert!(Quantizer::new(16, &audio(&[0.01 / 32_768.0; 100])).is_dithered);
        assert!(!Quantizer::new(16, &audio(&[0.0; 100])).is_dithered);
    }

    /// A constant of a tenth of a step has its mean, and the noise of a triangular dither and of rounding: half a step.
    #[test]
    fn dither_keeps_what_is_quieter_than_a_step() {
        let step = 1.0 / 32_768.0;
        let samples = vec![0.1 * step; 200_000];
        let quantizer = Quantizer::new(16, &audio(&samples));
        let steps: Vec<f64> = samples
            .iter()
            .enumerate()
            .map(|(n, sample)| quantizer.quantize(*sample, 1, n).into())
            .collect();
        let count = steps.len() as f64;
        let mean = steps.iter().sum::<f64>() / count;
        let power = steps.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count;
        assert!((mean - 0.1).abs() < 0.01, "{mean}");
        assert!((power.sqrt() - 0.5).abs() < 0.01, "{power}");
    }
}
