//! Analysis followed by synthesis gives the input back, one frame less a hop later.

#![allow(clippy::unwrap_used)] // clippy.toml allows it in tests, but not in their helpers

use netbend_dsp::metrics::{NullDepth, null_depth};
use netbend_dsp::phase::{InputPhase, LOOK_AHEAD_FRAMES};
use netbend_dsp::{Analyzer, Complex, StftGeometry, Synthesizer, signal};

/// What single precision allows at the largest frames, with some decibels to spare.
const NULL_DB: f64 = -130.0;

fn round_trip(input: &[f32], geometry: StftGeometry, block: usize) -> Vec<f32> {
    let mut analyzer = Analyzer::new(geometry).unwrap();
    let mut synthesizer = Synthesizer::new(geometry).unwrap();
    let mut spectrum = vec![Complex::default(); geometry.bins()];
    let mut hop = vec![0.0; geometry.hop_samples];
    let mut output = Vec::new();
    for block in input.chunks(block) {
        let mut rest = block;
        while !rest.is_empty() {
            rest = &rest[analyzer.write(rest)..];
            if analyzer.frame_ready() {
                analyzer.analyze(&mut spectrum);
                synthesizer.add(&spectrum, &mut hop);
                output.extend_from_slice(&hop);
            }
        }
    }
    output
}

fn null_of_round_trip(input: &[f32], geometry: StftGeometry) -> NullDepth {
    let output = round_trip(input, geometry, 333);
    let delay = geometry.delay_samples();
    assert!(
        output[..delay].iter().all(|x| x.abs() < 1e-6),
        "something before the input's start"
    );
    null_depth(input, &output[delay..])
}

#[test]
fn unchanged_spectra_null_below_130_db_from_the_first_sample_on() {
    for rate in [22_050.0, 44_100.0, 48_000.0, 96_000.0, 192_000.0, 768_000.0] {
        let geometry = StftGeometry::for_sample_rate(rate).unwrap();
        let seconds = 40_000.0 / rate + 0.05;
        let signals = [
            ("drums", signal::drum_loop(rate, seconds, 5)),
            ("noise", signal::noise(rate, seconds, 0.7, 5)),
            ("sine", signal::sine(rate, seconds, 997.0, 1.0)),
        ];
        for (name, input) in signals {
            let null = null_of_round_trip(&input, geometry);
            println!(
                "{rate} Hz, {name}: {:.1} dB rms, peak {:.1} dBFS",
                null.relative_db, null.peak_dbfs
            );
            assert!(null.relative_db < NULL_DB, "{name} at {rate} Hz: {null:?}");
            // The first samples lie under frames that are mostly silence.
            let start = null_of_round_trip(&input[..geometry.fft_size * 2], geometry);
            assert!(
                start.relative_db < NULL_DB,
                "start of {name} at {rate} Hz: {start:?}"
            );
        }
    }
}

#[test]
fn block_sizes_do_not_change_a_single_bit() {
    let geometry = StftGeometry::for_sample_rate(44_100.0).unwrap();
    let input = signal::drum_loop(44_100.0, 0.5, 2);
    let expected = round_trip(&input, geometry, input.len());
    for block in [1, 17, 64, 256, 4_096] {
        assert_eq!(
            round_trip(&input, geometry, block),
            expected,
            "blocks of {block}"
        );
    }
}

#[test]
fn input_phase_is_a_delay_of_one_frame_and_nothing_else() {
    let geometry = StftGeometry::for_sample_rate(44_100.0).unwrap();
    let mut stage = InputPhase::new(geometry).unwrap();
    let frames: Vec<Vec<Complex<f32>>> = (0..5)
        .map(|k| {
            (0..geometry.bins())
                .map(|b| Complex::new(k as f32, b as f32))
                .collect()
        })
        .collect();
    let mut out = vec![Complex::default(); geometry.bins()];
    for (k, frame) in frames.iter().enumerate() {
        stage.push(frame, &mut out);
        match k.checked_sub(LOOK_AHEAD_FRAMES) {
            Some(before) => assert_eq!(out, frames[before]),
            None => assert!(out.iter().all(|x| x.norm() == 0.0)),
        }
    }
}
