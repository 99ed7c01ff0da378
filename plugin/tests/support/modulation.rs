//! How much of a sound's level repeats with the stride.

use std::f64::consts::TAU;

/// Harmonics of the stride's rate that are looked at: those that are heard as a tremolo.
const HARMONICS: usize = 12;

/// The largest component of the output's envelope at the stride's rate and its harmonics, in dB relative to the mean. The envelope is the
/// RMS of every hop, averaged over all strides and divided by the input's: so the input's own fluctuation does not count.
pub fn noise_db(input: &[f32], output: &[f32], hop: usize, stride: usize) -> f64 {
    let power = |samples: &[f32]| {
        let mut power = vec![0.0; stride];
        for (n, hop) in samples.chunks_exact(hop).enumerate() {
            power[n % stride] += hop.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>();
        }
        power
    };
    let pairs = power(input).into_iter().zip(power(output));
    let envelope: Vec<f64> = pairs
        .map(|(input, output)| (output / input).sqrt())
        .collect();
    let component = |harmonic: usize| {
        let terms = envelope.iter().enumerate().map(|(n, value)| {
            let (sin, cos) = (TAU * (harmonic * n) as f64 / stride as f64).sin_cos();
            (value * cos, value * sin)
        });
        let (re, im) = terms.fold((0.0, 0.0), |(re, im), term| (re + term.0, im + term.1));
        re.hypot(im)
    };
    let mean = component(0);
    let harmonics = 1..=HARMONICS.min(stride / 2);
    let largest = harmonics.map(|k| {
        // The two sides of a spectrum are one at half its rate.
        let sides = if 2 * k == stride { 1.0 } else { 2.0 };
        sides * component(k) / mean
    });
    20.0 * largest.fold(1e-9, f64::max).log10()
}

/// The largest pair of sidebands of a tone of `tone_hz` at the stride's rate and its harmonics below the hop's rate, in dB relative
/// to the tone, as a depth of modulation.
pub fn tone_db(samples: &[f32], rate: f32, tone_hz: f32, hop: usize, stride: usize) -> f64 {
    let len = samples.len() as f64;
    let windowed: Vec<f64> = samples
        .iter()
        .enumerate()
        .map(|(n, x)| {
            // Blackman–Harris: side lobes below −92 dB.
            let turn = TAU * n as f64 / len;
            let window = 0.35875 - 0.48829 * turn.cos() + 0.14128 * (2.0 * turn).cos()
                - 0.01168 * (3.0 * turn).cos();
            window * f64::from(*x)
        })
        .collect();
    let amplitude = |hz: f64| {
        let turn = TAU * hz / f64::from(rate);
        let terms = windowed.iter().enumerate().map(|(n, x)| {
            let (sin, cos) = (turn * n as f64).sin_cos();
            (x * cos, x * sin)
        });
        let (re, im) = terms.fold((0.0, 0.0), |(re, im), term| (re + term.0, im + term.1));
        re.hypot(im)
    };
    let tone_hz = f64::from(tone_hz);
    let stride_hz = f64::from(rate) / (hop * stride) as f64;
    let depths = (1..=HARMONICS.min(stride - 1)).map(|k| {
        let apart = k as f64 * stride_hz;
        amplitude(tone_hz + apart) + amplitude((tone_hz - apart).abs())
    });
    20.0 * (depths.fold(1e-12, f64::max) / amplitude(tone_hz)).log10()
}
