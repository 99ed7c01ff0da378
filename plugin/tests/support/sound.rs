//! The sound that tests play, and what they hear.

use netbend_dsp::signal::drum_loop_stereo;

use super::RATE;

/// One channel of a drum loop.
pub fn drums(seconds: f32) -> Vec<f32> {
    let [left, _] = drum_loop_stereo(RATE, seconds, 3);
    left
}

pub fn rms(samples: &[f32]) -> f64 {
    let power: f64 = samples.iter().map(|x| f64::from(*x).powi(2)).sum();
    (power / samples.len() as f64).sqrt()
}

/// The level of the difference of two sounds relative to the first, in dB.
pub fn null_db(a: &[f32], b: &[f32]) -> f64 {
    let difference: Vec<f32> = a.iter().zip(b).map(|(a, b)| a - b).collect();
    20.0 * (rms(&difference) / rms(a)).log10()
}
