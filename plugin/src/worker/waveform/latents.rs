//! Latent play of a waveform model: what is decoded in place of the encoded latent. Pool threads.
//!
//! The latent is held, then blended with what is drawn, then shaped. A held latent is that of one step, for as long as it is held. Drawn ones are about as large as a trained model's: a deviation of 1 in every dimension.

use netbend_dsp::number::{cut, nearest_f32, nearest_f64};
use netbend_models::bends::draws::unit;
use netbend_models::bends::latent_play::{LatentPlay, LatentSource};

/// Numbers of one draw.
const DIMENSIONS: i64 = 1 << 16;

/// What is held, and what was heard last.
#[derive(Debug, Clone, Default)]
pub(super) struct Latents {
    held: Option<Vec<f32>>,
    /// The last step that was encoded.
    last: Vec<f32>,
}

impl Latents {
    /// Plays a block `[dimension, step]` of `steps` steps that begins at `seconds` and whose steps last so long. Whether it is another then.
    pub(super) fn play(
        &mut self,
        play: &LatentPlay,
        steps: usize,
        seconds: f64,
        step_seconds: f64,
        latent: &mut [f32],
    ) -> bool {
        if play.freeze {
            if self.held.is_none() && !self.last.is_empty() {
                self.held = Some(self.last.clone());
            }
        } else {
            self.held = None;
        }
        let last = latent.chunks_exact(steps.max(1)).filter_map(<[f32]>::last);
        let heard: Vec<f32> = last.copied().collect();
        self.last = heard;
        let blend = play.blend.clamp(0.0, 1.0);
        let shape = &play.shape;
        for (dimension, values) in latent.chunks_exact_mut(steps.max(1)).enumerate() {
            let held = self.held.as_ref().and_then(|held| held.get(dimension));
            for (step, value) in values.iter_mut().enumerate() {
                if let Some(held) = held {
                    *value = *held;
                }
                if blend > 0.0 {
                    let seconds = seconds + nearest_f64(step) * step_seconds;
                    let drawn = drawn(play, dimension, seconds);
                    *value += blend * (drawn - *value);
                }
                if let (Some(scale), Some(offset)) =
                    (shape.scales.get(dimension), shape.offsets.get(dimension))
                {
                    *value = scale * *value + offset;
                }
            }
        }
        self.held.is_some() || blend > 0.0 || shape.moves()
    }

    /// Begins anew.
    pub(super) fn reset(&mut self) {
        self.held = None;
        self.last.clear();
    }
}

/// What is drawn for a dimension at that time.
fn drawn(play: &LatentPlay, dimension: usize, seconds: f64) -> f32 {
    let seed = u64::from(play.seed);
    match play.source {
        LatentSource::Random => normal(seed, 0, dimension),
        LatentSource::Walk => {
            let place = (seconds * f64::from(play.rate_hz)).max(0.0);
            let (number, share) = (place.floor(), nearest_f32(place.fract()));
            let number = cut::<i64>(number);
            let (from, to) = (
                normal(seed, number, dimension),
                normal(seed, number + 1, dimension),
            );
            // Half a turn from one draw to the next: as loud on the way as at either.
            let angle = share * std::f32::consts::FRAC_PI_2;
            angle.cos() * from + angle.sin() * to
        }
    }
}

fn normal(seed: u64, number: i64, dimension: usize) -> f32 {
    let place = number.wrapping_mul(DIMENSIONS) + 2 * nearest(dimension);
    let radius = (-2.0 * (1.0 - unit(seed, place)).ln()).sqrt();
    nearest_f32(radius * (std::f64::consts::TAU * unit(seed, place + 1)).cos())
}

fn nearest(dimension: usize) -> i64 {
    netbend_dsp::number::low_bits::<i64>(dimension)
}

#[cfg(test)]
mod tests {
    use super::*;
    use netbend_models::bends::latent_play::LatentShape;

    const HELD: LatentPlay = LatentPlay {
        freeze: true,
        source: LatentSource::Random,
        blend: 0.0,
        seed: 1,
        rate_hz: 1.0,
        shape: NO_SHAPE,
    };

    const NO_SHAPE: LatentShape = LatentShape {
        offsets: [0.0; 8],
        scales: [1.0; 8],
        encoder_noise: 1.0,
        padding_noise: 1.0,
    };

    #[test]
    fn dimensions_are_scaled_and_moved_and_those_beyond_the_eighth_stay() {
        let mut shape = NO_SHAPE;
        (shape.scales[0], shape.offsets[0], shape.offsets[7]) = (2.0, 0.5, -1.0);
        let play = LatentPlay {
            freeze: false,
            shape,
            ..HELD
        };
        let mut latent = [1.0; 9];
        assert!(Latents::default().play(&play, 1, 0.0, 0.1, &mut latent));
        assert_eq!(latent, [2.5, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 1.0]);
    }

    #[test]
    fn what_is_held_stays_and_goes_when_it_is_let_go() {
        let mut latents = Latents::default();
        let mut play = |freeze: bool, block: [f32; 4]| {
            let mut latent = block;
            let play = LatentPlay { freeze, ..HELD };
            let is_other = latents.play(&play, 2, 0.0, 0.1, &mut latent);
            (is_other, latent)
        };
        assert_eq!(
            play(false, [1.0, 2.0, 3.0, 4.0]),
            (false, [1.0, 2.0, 3.0, 4.0])
        );
        assert_eq!(play(true, [5.0; 4]), (true, [2.0, 2.0, 4.0, 4.0]));
        assert_eq!(play(true, [6.0; 4]), (true, [2.0, 2.0, 4.0, 4.0]));
        assert_eq!(play(false, [7.0; 4]), (false, [7.0; 4]));
        assert_eq!(play(true, [8.0; 4]), (true, [7.0; 4]));
    }

    #[test]
    fn a_walk_passes_its_draws_and_no_blend_is_no_other() {
        let mut latents = Latents::default();
        let walk = LatentPlay {
            freeze: false,
            source: LatentSource::Walk,
            blend: 1.0,
            ..HELD
        };
        let mut at = |seconds: f64| {
            let mut latent = [0.0; 3];
            assert!(latents.play(&walk, 1, seconds, 0.1, &mut latent));
            latent
        };
        assert_eq!(at(0.0).map(|x| x == 0.0), [false; 3]);
        assert_ne!(at(0.0), at(1.0));
        for (a, b) in at(0.999_99).iter().zip(at(1.0)) {
            assert!((a - b).abs() < 1e-3);
        }
        let large = (0..400)
            .map(|n| at(f64::from(n) * 0.37)[1])
            .fold(0.0, f32::max);
        assert!(large > 1.0 && large < 6.0, "{large}");
    }
}
