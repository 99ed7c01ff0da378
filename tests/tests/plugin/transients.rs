//! With the transient lock, bends leave attacks where and as sharp as they were.

use netbend_dsp::decibel::amplitude_to_db;
use netbend_dsp::metrics::onset_lag;
use netbend_dsp::signal::Random;
use netbend_tests::audio::Audio;

use crate::fixture;

const RATE: u32 = 44_100;
const LOCKED: [(&str, &str); 5] = [
    ("slot_layer_1", "2"),
    ("slot_transform_1", "Multiply"),
    ("slot_percentage_1", "50 %"),
    ("slot_parameter_1", "77.4 %"), // times 3
    ("transient_lock", "100 %"),
];
const MEDIAN_MS: f64 = 0.1;
const WORST_MS: f64 = 0.5;
const PRE_ECHO_DB: f32 = -30.0;

/// Bursts of noise that die away to silence: when they start, and the sound.
fn bursts() -> (Vec<usize>, Audio) {
    const EVERY: usize = 15_000;
    const COUNT: usize = 5;
    let mut random = Random::new(5);
    let decay_samples = 0.015 * f64::from(RATE);
    // Not on the grid of frames or strides.
    let starts: Vec<usize> = (0..COUNT).map(|n| 10_007 + n * EVERY + 61 * n).collect();
    let mut samples = vec![0.0; starts[COUNT - 1] + EVERY];
    for &start in &starts {
        for (n, sample) in samples[start..].iter_mut().take(EVERY).enumerate() {
            *sample = (0.5 * random.bipolar() * (-(n as f64) / decay_samples).exp()) as f32;
        }
    }
    (starts, Audio::same(RATE, 1, &samples))
}

fn rms(samples: &[f32]) -> f32 {
    (samples.iter().map(|x| x * x).sum::<f32>() / samples.len() as f32).sqrt()
}

#[test]
fn locked_onsets_stay_where_they_are() {
    for seed in [2, 7] {
        let input = fixture::drums_of(seed, RATE, 2, 3.0);
        let output = fixture::play(&mut fixture::bending(&LOCKED), &input);
        for (input, output) in input.channels.iter().zip(&output.channels) {
            let lag = onset_lag(input, output, RATE as f32);
            println!(
                "loop {seed}: {} onsets, median {:.3} ms, worst {:.3} ms",
                lag.lags_ms.len(),
                lag.median_ms,
                lag.worst_ms
            );
            assert!(lag.lags_ms.len() >= 8, "{} onsets", lag.lags_ms.len());
            assert!(lag.median_ms <= MEDIAN_MS, "{:.3} ms", lag.median_ms);
            assert!(lag.worst_ms <= WORST_MS, "{:.3} ms", lag.worst_ms);
        }
    }
}

#[test]
fn locked_hits_have_no_echo_before_them() {
    let milliseconds = |ms: usize| ms * RATE as usize / 1_000;
    let (starts, input) = bursts();
    let output = fixture::play(&mut fixture::bending(&LOCKED), &input);
    let output = &output.channels[0];
    for start in starts {
        let before = rms(&output[start - milliseconds(20)..start - milliseconds(1)]);
        let hit = rms(&output[start..start + milliseconds(10)]);
        let pre_echo_db = amplitude_to_db(before / hit);
        println!("burst at {start}: {pre_echo_db:.1} dB");
        assert!(pre_echo_db <= PRE_ECHO_DB, "{pre_echo_db:.1} dB");
    }
}
