//! `--loop`: the end of the output runs into its start as if the loop had always gone round.
//!
//! The loop is played until the network has heard nothing but the loop, and the next pass is kept: of a loop longer than that,
//! the middle one of three. Strides fall on another place of the loop in each pass and phases go on, so the pass behind it is
//! not the same to the bit: its first moments fade into those of the pass kept. So what follows the last sample is the sample
//! that did follow it.

use anyhow::Result;
use netbend_dsp::number::{cut, nearest_f32};

use super::pass::Pass;

/// How long the pass behind fades into the one kept.
const FADE_SECONDS: f64 = 0.05;
/// Passes that are as alike as this are one and the same.
const ALIKE: f32 = 0.9999;

/// One pass, `[channel][sample]`, as long as the loop.
pub(super) fn render(pass: &Pass<'_>, last_seen_frame: usize) -> Result<Vec<Vec<f32>>> {
    let length = pass.audio.len();
    let window = (last_seen_frame + 1) * pass.shape.geometry.hop_samples;
    let memory = window + pass.shape.latency_samples();
    let start = memory.div_ceil(length) * length;
    let fade = cut::<usize>(FADE_SECONDS * f64::from(pass.audio.sample_rate));
    let fade = fade.min(length / 2);
    let mut channels = pass.run(start..start + length + fade)?;
    join(&mut channels, length);
    Ok(channels)
}

/// Fades what follows the first `length` samples into their beginning, and leaves those.
fn join(channels: &mut [Vec<f32>], length: usize) {
    let alike = correlation(channels, length);
    for channel in channels {
        let (kept, behind) = channel.split_at_mut(length);
        let steps = nearest_f32(behind.len());
        for (n, (kept, behind)) in kept.iter_mut().zip(behind).enumerate() {
            let gone = 0.5 * (1.0 + (std::f32::consts::PI * nearest_f32(n) / steps).cos());
            // Equal passes stay as they are, to the bit.
            let mixed = *kept + (*behind - *kept) * gone;
            *kept = mixed * makeup(gone, alike);
        }
        channel.truncate(length);
    }
}

/// What two sounds mixed by shares `gone` and `1 − gone` lose in level where they are not alike, made up for.
fn makeup(gone: f32, alike: f32) -> f32 {
    let rest = 1.0 - gone;
    if alike > ALIKE {
        1.0
    } else {
        (gone * gone + rest * rest + 2.0 * alike * gone * rest)
            .sqrt()
            .recip()
    }
}

/// How far the samples from `length` on are those of the beginning, from 0 to 1.
fn correlation(channels: &[Vec<f32>], length: usize) -> f32 {
    let (mut both, mut one, mut other) = (0.0_f64, 0.0_f64, 0.0_f64);
    for channel in channels {
        let (kept, behind) = channel.split_at(length);
        for (kept, behind) in kept.iter().zip(behind) {
            let (kept, behind) = (f64::from(*kept), f64::from(*behind));
            both += kept * behind;
            one += kept * kept;
            other += behind * behind;
        }
    }
    let power = (one * other).sqrt();
    if power > 0.0 {
        nearest_f32((both / power).clamp(0.0, 1.0))
    } else {
        1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_followed_the_last_sample_is_the_first() {
        let mut channels = [vec![0.1, 1.0, 2.0, 3.0, 4.0, 5.0, 8.0, 9.0]];
        join(&mut channels, 6);
        assert_eq!(channels[0].len(), 6);
        assert_eq!(
            (channels[0][0], &channels[0][2..]),
            (8.0, &[2.0, 3.0, 4.0, 5.0][..])
        );
        let mut repeated = [vec![0.3, 0.1, 0.7, 0.3, 0.1]];
        join(&mut repeated, 3);
        assert_eq!(repeated[0], [0.3, 0.1, 0.7]);
    }

    /// Two tones a quarter of a period apart are as loud in the middle of the fade as before and behind it.
    #[test]
    fn passes_that_are_not_alike_keep_their_level() {
        let tone = |n: usize, phase: f32| (n as f32 * 0.1 * std::f32::consts::PI + phase).sin();
        let kept = (0..4_000).map(|n| tone(n, 0.0));
        let behind = (0..2_000).map(|n| tone(n, std::f32::consts::FRAC_PI_2));
        let mut channels = [kept.chain(behind).collect::<Vec<_>>()];
        join(&mut channels, 4_000);
        let power = |range: std::ops::Range<usize>| -> f32 {
            let samples = &channels[0][range];
            samples.iter().map(|x| x * x).sum::<f32>() / samples.len() as f32
        };
        for first in (0..3_900).step_by(100) {
            assert!((power(first..first + 100) - 0.5).abs() < 0.02, "{first}");
        }
    }
}
