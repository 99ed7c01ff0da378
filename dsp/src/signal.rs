//! Test signals with a seed: the same samples for the same arguments, whatever version of
//! whichever random library is installed. Offline only: allocates.

use crate::number::{cut, nearest_f32, nearest_f64};

mod drum_loop;
mod tonal;

use std::f64::consts::TAU;

pub use crate::random::Random;
pub use drum_loop::{DrumLoop, drum_loop, drum_loop_stereo};
pub use tonal::{mix, tonal};

/// The peak of [`drum_loop`]: −3 dBFS.
pub const PEAK_DBFS: f32 = -3.0;

/// Samples of a signal that lasts `seconds`.
pub fn length_samples(sample_rate: f32, seconds: f32) -> usize {
    cut::<usize>(
        (f64::from(sample_rate) * f64::from(seconds))
            .round()
            .max(0.0),
    )
}

/// A sine of `frequency_hz` from phase 0, peaking at `amplitude`.
pub fn sine(sample_rate: f32, seconds: f32, frequency_hz: f32, amplitude: f32) -> Vec<f32> {
    let turn = TAU * f64::from(frequency_hz) / f64::from(sample_rate);
    (0..length_samples(sample_rate, seconds))
        .map(|n| nearest_f32((turn * nearest_f64(n)).sin() * f64::from(amplitude)))
        .collect()
}

/// White noise, uniform in ±`amplitude`.
pub fn noise(sample_rate: f32, seconds: f32, amplitude: f32, seed: u64) -> Vec<f32> {
    let mut random = Random::new(seed);
    (0..length_samples(sample_rate, seconds))
        .map(|_| nearest_f32(random.bipolar() * f64::from(amplitude)))
        .collect()
}

/// Silence of `len` samples but for a 1 at `position` (all silence if that is beyond the end).
pub fn impulse(len: usize, position: usize) -> Vec<f32> {
    let mut signal = vec![0.0; len];
    if let Some(sample) = signal.get_mut(position) {
        *sample = 1.0;
    }
    signal
}

/// Scales channels together so that the loudest sample is at `peak_dbfs`; silence stays.
pub fn normalize(channels: &mut [&mut [f32]], peak_dbfs: f32) {
    let peak = channels
        .iter()
        .flat_map(|c| c.iter())
        .fold(0.0_f32, |peak, x| peak.max(x.abs()));
    if peak > 0.0 {
        let gain = crate::decibel::db_to_amplitude(peak_dbfs) / peak;
        channels
            .iter_mut()
            .flat_map(|c| c.iter_mut())
            .for_each(|x| *x *= gain);
    }
}
