//! A synthetic drum loop: 16 swung steps of kick, snare and hats. Offline only: allocates.

mod drums;

use super::{PEAK_DBFS, length_samples, normalize};
use crate::number::{cut, nearest_f32, nearest_f64};
use crate::random::Random;
use drums::{Hat, render_hat, render_kick, render_snare};

/// Steps of a bar.
const STEPS: usize = 16;

/// Kick patterns to choose from: velocities in eighths of full, per step.
const KICKS: [[u8; STEPS]; 5] = [
    [8, 0, 0, 0, 0, 0, 0, 5, 0, 0, 8, 0, 0, 0, 0, 0],
    [8, 0, 0, 6, 0, 0, 0, 0, 0, 0, 8, 5, 0, 0, 0, 0],
    [8, 0, 0, 0, 8, 0, 0, 0, 8, 0, 0, 0, 8, 0, 0, 5],
    [8, 0, 5, 0, 0, 0, 0, 0, 0, 6, 8, 0, 0, 0, 0, 0],
    [8, 0, 0, 0, 0, 0, 7, 0, 0, 0, 8, 0, 0, 6, 0, 0],
];

/// One stroke.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// When it starts, in seconds from the loop's start.
    pub seconds: f64,
    /// How hard, `(0, 1]`.
    pub velocity: f64,
    /// Which drum.
    pub drum: Drum,
}

/// The drums of the kit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drum {
    /// A swept sine with a click.
    Kick,
    /// Two tones and a burst of noise.
    Snare,
    /// High-passed noise and metal, short.
    ClosedHat,
    /// The same, ringing until the next hat.
    OpenHat,
}

/// A loop's tempo, feel and kit, all drawn from its seed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DrumLoop {
    /// Tempo, 100–130 beats per minute.
    pub bpm: f64,
    /// How late the off-beat sixteenths are, `[0, 0.3]` of a sixteenth.
    pub swing: f64,
    seed: u64,
    kick_pattern: usize,
}

impl DrumLoop {
    /// The loop of a seed.
    pub fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let bpm = random.between(100.0, 130.0).round();
        let swing = random.between(0.0, 0.3);
        let kick_pattern = cut::<usize>(random.unit() * nearest_f64(KICKS.len()));
        Self {
            bpm,
            swing,
            seed,
            kick_pattern,
        }
    }

    /// The strokes of the first `seconds`, in order of time.
    pub fn hits(&self, seconds: f64) -> Vec<Hit> {
        let sixteenth = 60.0 / self.bpm / 4.0;
        let mut random = Random::new(self.seed ^ 0x6869_7473);
        let mut hits = Vec::new();
        for step in 0.. {
            let late = if step % 2 == 1 { self.swing } else { 0.0 };
            let at = (nearest_f64(step) + late) * sixteenth;
            if at >= seconds {
                break;
            }
            self.step(step % STEPS, at, &mut random, &mut hits);
        }
        hits
    }

    fn step(&self, step: usize, seconds: f64, random: &mut Random, hits: &mut Vec<Hit>) {
        let accent = [1.0, 0.42, 0.75, 0.5][step % 4];
        // The same numbers are drawn at every step, so that no stroke changes the next one's.
        let (ghost, extra, open, human) = (
            random.chance(0.3),
            random.chance(0.35),
            random.chance(0.5),
            random.bipolar(),
        );
        let mut hit = |drum, velocity: f64| {
            let velocity = (velocity * (1.0 + 0.08 * human)).clamp(0.05, 1.0);
            hits.push(Hit {
                seconds,
                velocity,
                drum,
            });
        };
        let kick = KICKS[self.kick_pattern][step];
        if kick > 0 {
            hit(Drum::Kick, f64::from(kick) / 8.0);
        }
        if step == 4 || step == 12 {
            hit(Drum::Snare, 0.95);
        } else if ghost && matches!(step, 7 | 9 | 15) {
            hit(Drum::Snare, 0.22);
        }
        if step == 14 && open {
            hit(Drum::OpenHat, 0.8);
        } else if step.is_multiple_of(2) || extra {
            hit(Drum::ClosedHat, accent);
        }
    }

    /// Left and right channel, without a common peak yet.
    fn render(&self, sample_rate: f32, seconds: f32) -> [Vec<f64>; 2] {
        let len = length_samples(sample_rate, seconds);
        let rate = f64::from(sample_rate);
        let mut random = Random::new(self.seed ^ 0x6472_756d);
        let hits = self.hits(f64::from(seconds));
        let mut mono = vec![0.0; len];
        let mut hats = vec![0.0; len];
        for (n, hit) in hits.iter().enumerate() {
            let start = cut::<usize>((hit.seconds * rate).round());
            let choke = hits[n + 1..]
                .iter()
                .find(|next| next.drum == Drum::ClosedHat);
            let sounding = choke.map_or(f64::INFINITY, |next| next.seconds - hit.seconds);
            match hit.drum {
                Drum::Kick => render_kick(tail(&mut mono, start), rate, hit.velocity, &mut random),
                Drum::Snare => {
                    render_snare(tail(&mut mono, start), rate, hit.velocity, &mut random)
                }
                Drum::ClosedHat | Drum::OpenHat => {
                    let decay_seconds = if hit.drum == Drum::OpenHat {
                        0.22
                    } else {
                        0.032
                    };
                    let hat = Hat {
                        velocity: hit.velocity,
                        decay_seconds,
                        sounding,
                    };
                    render_hat(tail(&mut hats, start), rate, hat, &mut random);
                }
            }
        }
        // Hats a little to the right, early reflections of all but the kick's weight on both sides.
        let room = |delays_ms: [f64; 3], hat_gain: f64| -> Vec<f64> {
            let dry = mono.iter().zip(&hats).map(|(m, h)| m + hat_gain * h);
            let mut channel: Vec<f64> = dry.collect();
            for (delay_ms, gain) in delays_ms.into_iter().zip([0.10, 0.07, 0.045]) {
                let delay = cut::<usize>(delay_ms * 1e-3 * rate);
                for n in delay.max(1)..len {
                    // A first difference keeps the low end out of the room.
                    let at = n - delay;
                    let before = at.checked_sub(1).map_or(0.0, |at| mono[at]);
                    channel[n] += gain * (mono[at] - 0.85 * before + 0.6 * hats[at]);
                }
            }
            channel.into_iter().map(|x| (1.2 * x).tanh()).collect()
        };
        [room([7.3, 13.1, 21.7], 0.85), room([8.9, 15.7, 19.3], 1.1)]
    }
}

fn tail(buffer: &mut [f64], start: usize) -> &mut [f64] {
    let start = start.min(buffer.len());
    &mut buffer[start..]
}

/// A mono drum loop that peaks at −3 dBFS.
pub fn drum_loop(sample_rate: f32, seconds: f32, seed: u64) -> Vec<f32> {
    let [left, right] = DrumLoop::new(seed).render(sample_rate, seconds);
    let mut mono: Vec<f32> = left
        .iter()
        .zip(&right)
        .map(|(l, r)| nearest_f32(0.5 * (l + r)))
        .collect();
    normalize(&mut [&mut mono], PEAK_DBFS);
    mono
}

/// The same loop in stereo, `[channel][sample]`, peaking at −3 dBFS on the louder side.
pub fn drum_loop_stereo(sample_rate: f32, seconds: f32, seed: u64) -> [Vec<f32>; 2] {
    let channels = DrumLoop::new(seed).render(sample_rate, seconds);
    let [mut left, mut right] =
        channels.map(|c| c.iter().map(|&x| nearest_f32(x)).collect::<Vec<_>>());
    normalize(&mut [&mut left, &mut right], PEAK_DBFS);
    [left, right]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decibel::db_to_amplitude;

    fn peak(signal: &[f32]) -> f32 {
        signal.iter().fold(0.0, |peak, x| peak.max(x.abs()))
    }

    #[test]
    fn a_seed_gives_the_same_loop_and_another_seed_another() {
        let first = drum_loop(44_100.0, 1.0, 7);
        assert_eq!(first, drum_loop(44_100.0, 1.0, 7));
        assert_ne!(first, drum_loop(44_100.0, 1.0, 8));
    }

    #[test]
    fn loops_peak_at_minus_three_decibels_at_any_rate() {
        for rate in [22_050.0, 44_100.0, 96_000.0] {
            let mono = drum_loop(rate, 2.0, 1);
            assert_eq!(mono.len(), 2 * rate as usize);
            assert!((peak(&mono) - db_to_amplitude(-3.0)).abs() < 1e-5);
            let [left, right] = drum_loop_stereo(rate, 2.0, 1);
            assert!((peak(&left).max(peak(&right)) - db_to_amplitude(-3.0)).abs() < 1e-5);
            assert_ne!(left, right);
        }
        assert!(drum_loop(44_100.0, 0.0, 1).is_empty());
    }

    #[test]
    fn tempo_and_swing_are_a_producers() {
        for seed in 0..50 {
            let drums = DrumLoop::new(seed);
            assert!((100.0..=130.0).contains(&drums.bpm));
            assert!((0.0..=0.3).contains(&drums.swing));
            let hits = drums.hits(4.0);
            assert!(
                hits.windows(2)
                    .all(|pair| pair[0].seconds <= pair[1].seconds)
            );
            let count = |drum| hits.iter().filter(|hit| hit.drum == drum).count();
            assert!(count(Drum::Kick) >= 4 && count(Drum::Snare) >= 3);
            assert!(count(Drum::ClosedHat) >= 12);
        }
    }
}
