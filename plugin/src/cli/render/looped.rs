//! `--loop`: the end of the output runs into its start as if the loop had always gone round.
//!
//! The loop is played until everything that remembers has forgotten its first beginning, and the next pass is kept. Strides
//! fall on another place of the loop in each pass unless its length is a multiple of theirs, so the pass behind it is not the
//! same to the bit: its first moments fade into those of the pass kept. So what follows the last sample is the sample that
//! did follow it.

use anyhow::Result;

use super::pass::Pass;

/// Windows of the network that are played before what is kept, besides the latency: one fills its history, the others let
/// phases, levels and held loops come to rest.
const WINDOWS_BEFORE: usize = 3;
/// How long the pass behind fades into the one kept.
const FADE_SECONDS: f64 = 0.05;

/// One pass, `[channel][sample]`, as long as the loop.
pub(super) fn render(pass: &Pass<'_>, last_seen_frame: usize) -> Result<Vec<Vec<f32>>> {
    let length = pass.audio.len();
    let window = (last_seen_frame + 1) * pass.shape.geometry.hop_samples;
    let memory = WINDOWS_BEFORE * window + pass.shape.latency_samples();
    let start = memory.div_ceil(length) * length;
    let fade = (FADE_SECONDS * f64::from(pass.audio.sample_rate)) as usize;
    let fade = fade.min(length / 2);
    let mut channels = pass.run(start..start + length + fade)?;
    for channel in &mut channels {
        join(channel, length);
    }
    Ok(channels)
}

/// Fades what follows the first `length` samples into their beginning, and leaves those.
fn join(channel: &mut Vec<f32>, length: usize) {
    let (kept, behind) = channel.split_at_mut(length);
    let steps = behind.len() as f32;
    for (n, (kept, behind)) in kept.iter_mut().zip(behind).enumerate() {
        let gone = 0.5 * (1.0 + (std::f32::consts::PI * n as f32 / steps).cos());
        // Equal passes stay as they are, to the bit.
        *kept += (*behind - *kept) * gone;
    }
    channel.truncate(length);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_followed_the_last_sample_is_the_first() {
        let mut channel = vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 8.0, 9.0];
        join(&mut channel, 6);
        assert_eq!(channel, [8.0, 5.0, 2.0, 3.0, 4.0, 5.0]);
        let mut repeated = vec![0.3, 0.1, 0.7, 0.3, 0.1];
        join(&mut repeated, 3);
        assert_eq!(repeated, [0.3, 0.1, 0.7]);
    }
}
