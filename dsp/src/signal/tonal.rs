//! Held chords of harmonic tones. Offline only: allocates.

use std::f64::consts::TAU;

use super::{PEAK_DBFS, Random, length_samples, normalize};
use crate::number::{cut, nearest_f32, nearest_f64};

/// Seconds between two chords.
const CHORD_SECONDS: f64 = 0.75;
/// Notes of a chord, in semitones above its root.
const NOTES: [f64; 3] = [0.0, 7.0, 16.0];
/// Roots to choose from, in semitones above A3.
const ROOTS: [f64; 5] = [0.0, -4.0, 3.0, -2.0, 5.0];
/// A3.
const ROOT_HZ: f64 = 220.0;
/// No harmonic lies above.
const HIGHEST_HZ: f64 = 8_000.0;
const ATTACK_SECONDS: f64 = 0.02;
const DECAY_SECONDS: f64 = 0.9;
const RELEASE_SECONDS: f64 = 0.05;

/// Chords of three notes with a slight vibrato and harmonics that fall by 6 dB an octave; a new chord every three quarters of a
/// second. Mono, peaking at −3 dBFS.
pub fn tonal(sample_rate: f32, seconds: f32, seed: u64) -> Vec<f32> {
    let len = length_samples(sample_rate, seconds);
    let rate = f64::from(sample_rate);
    let mut random = Random::new(seed ^ 0x746f_6e61_6c00);
    let chord_samples = cut::<usize>((CHORD_SECONDS * rate).round().max(1.0));
    let mut sum = vec![0.0; len];
    for start in (0..len).step_by(chord_samples) {
        let root = ROOTS[cut::<usize>(random.unit() * nearest_f64(ROOTS.len()))];
        for note in NOTES {
            let frequency_hz = ROOT_HZ * 2_f64.powf((root + note) / 12.0);
            let tone = Tone {
                frequency_hz,
                vibrato_hz: random.between(4.5, 6.0),
                vibrato_depth: random.between(0.001, 0.004),
            };
            tone.add(&mut sum[start..], rate, &mut random);
        }
    }
    let mut signal: Vec<f32> = sum.into_iter().map(nearest_f32).collect();
    normalize(&mut [&mut signal], PEAK_DBFS);
    signal
}

struct Tone {
    frequency_hz: f64,
    vibrato_hz: f64,
    /// Largest deviation of the frequency, relative.
    vibrato_depth: f64,
}

impl Tone {
    fn add(&self, out: &mut [f64], rate: f64, random: &mut Random) {
        let harmonics = cut::<usize>(HIGHEST_HZ.min(0.45 * rate) / self.frequency_hz);
        let phases: Vec<f64> = (0..harmonics).map(|_| random.unit()).collect();
        let sounding = CHORD_SECONDS + RELEASE_SECONDS;
        let count = cut::<usize>(sounding * rate).min(out.len());
        for (n, x) in out[..count].iter_mut().enumerate() {
            let t = nearest_f64(n) / rate;
            let attack = (t / ATTACK_SECONDS).min(1.0);
            let release = ((sounding - t) / RELEASE_SECONDS).clamp(0.0, 1.0);
            let level = attack * release * (-t / DECAY_SECONDS).exp();
            let wobble = self.vibrato_depth / (TAU * self.vibrato_hz)
                * (1.0 - (TAU * self.vibrato_hz * t).cos());
            let turns = self.frequency_hz * (t + wobble);
            for (harmonic, phase) in phases.iter().enumerate() {
                let number = nearest_f64(harmonic) + 1.0;
                *x += level / number * (TAU * (number * turns + phase)).sin();
            }
        }
    }
}

/// A drum loop over held chords, both equally strong (RMS). Mono, peaking at −3 dBFS.
pub fn mix(sample_rate: f32, seconds: f32, seed: u64) -> Vec<f32> {
    let drums = super::drum_loop(sample_rate, seconds, seed);
    let chords = tonal(sample_rate, seconds, seed);
    let power = |x: &[f32]| x.iter().map(|&x| f64::from(x * x)).sum::<f64>();
    let chord_power = power(&chords);
    let gain = if chord_power > 0.0 {
        nearest_f32((power(&drums) / chord_power).sqrt())
    } else {
        1.0
    };
    let both = drums.iter().zip(&chords);
    let mut signal: Vec<f32> = both.map(|(d, c)| d + gain * c).collect();
    normalize(&mut [&mut signal], PEAK_DBFS);
    signal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_chords_and_another_seed_others() {
        assert_eq!(tonal(44_100.0, 1.0, 7), tonal(44_100.0, 1.0, 7));
        assert_ne!(tonal(44_100.0, 1.0, 7), tonal(44_100.0, 1.0, 8));
        assert_ne!(mix(44_100.0, 1.0, 7), mix(44_100.0, 1.0, 8));
        assert!(mix(44_100.0, 0.0, 7).is_empty());
    }

    #[test]
    fn the_root_of_a_chord_is_a_sine_of_its_frequency() {
        // The strongest of all multiples of 1 Hz below 800 Hz is a note of the chord.
        let rate = 8_000.0;
        let signal = tonal(rate, 0.7, 3);
        let power = |hz: f64| {
            let turn = TAU * hz / f64::from(rate);
            let (mut re, mut im) = (0.0, 0.0);
            for (n, &x) in signal.iter().enumerate() {
                let (sin, cos) = (turn * n as f64).sin_cos();
                (re, im) = (re + f64::from(x) * cos, im + f64::from(x) * sin);
            }
            re * re + im * im
        };
        let strongest = (100..800).max_by(|&a, &b| power(a.into()).total_cmp(&power(b.into())));
        let semitones = 12.0 * (f64::from(strongest.unwrap()) / ROOT_HZ).log2();
        let near = ROOTS
            .iter()
            .flat_map(|root| NOTES.map(|note| root + note))
            .any(|note| (note - semitones).abs() < 0.3);
        assert!(near, "{semitones} semitones above A3");
    }
}
