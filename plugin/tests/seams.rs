//! Seams between strides: on a steady sound with a constant bend, what repeats with the stride is 60 dB below it in every mode.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

mod support;

use netbend::offline::{Controls, LatencyMode};
use netbend_dsp::phase::{PhaseMethod, PhaseSettings};
use netbend_dsp::signal::{noise, sine};
use netbend_models::bends::selection::SelectionKind;
use netbend_models::bends::transform::TransformKind;
use netbend_models::bends::{BendFrame, BendTarget};
use support::modulation::{noise_db, tone_db};
use support::{RATE, instance};

const HOP: usize = 256;
const BLOCK: usize = 480;
const TONE_HZ: f32 = 440.0;
/// The most that is allowed, in dB relative to the signal.
const MODULATION_DB: f64 = -60.0;
/// What the measurement itself leaves, which must lie far below.
const FLOOR_DB: f64 = -90.0;
/// Frames after which the pattern is learnt and the window full of sound.
const SETTLED: usize = 768;

/// Frames measured: so many strides that chance, which a bend's own restlessness is, averages out.
fn frames(mode: LatencyMode) -> usize {
    match mode {
        LatencyMode::Direct => 800,
        LatencyMode::Live => 1_600,
        LatencyMode::Tight => 3_200,
        LatencyMode::Studio => 6_400,
    }
}

/// A constant bend of a quarter of a layer's features.
fn bent(layer: u16, transform: TransformKind, parameter: f32, voice: f32) -> Controls {
    let mut controls = Controls {
        auto_gain: false,
        voice,
        phase: PhaseSettings {
            method: PhaseMethod::Input,
            ..PhaseSettings::default()
        },
        ..Controls::default()
    };
    controls.slots[0] = BendFrame {
        target: BendTarget {
            layer,
            transform,
            selection: SelectionKind::Random,
            seed: 3,
            ..BendTarget::default()
        },
        share: 0.25,
        amount: 1.0,
        parameters: [parameter, 0.0],
    };
    controls
}

fn unbent() -> Controls {
    let mut controls = bent(2, TransformKind::Ablate, 0.0, 0.0);
    controls.slots[0].amount = 0.0;
    controls
}

/// Modulation at the stride's rate and its harmonics below the hop's, of noise and of a tone, in dB.
fn modulation(mode: LatencyMode, controls: Controls) -> (f64, f64) {
    let mut instance = instance(mode);
    let stride = mode.stride_frames();
    let seconds = ((SETTLED + frames(mode) + 8) * HOP) as f32 / RATE;
    let steady = SETTLED * HOP..(SETTLED + frames(mode)) * HOP;
    let input = noise(RATE, seconds, 0.2, 7);
    let output = instance.bounce(&input, BLOCK, |_| controls);
    let noise = noise_db(&input[steady.clone()], &output[steady.clone()], HOP, stride);
    let input = sine(RATE, seconds, TONE_HZ, 0.3);
    let output = instance.bounce(&input, BLOCK, |_| controls);
    let tone = tone_db(&output[steady], RATE, TONE_HZ, HOP, stride);
    (noise, tone)
}

#[test]
fn the_measurement_finds_what_it_is_to_find_and_no_more() {
    for mode in LatencyMode::ALL {
        let (noise, tone) = modulation(mode, unbent());
        println!("{mode:?}, unbent: noise {noise:.1} dB, tone {tone:.1} dB");
        assert!(noise < FLOOR_DB && tone < FLOOR_DB, "{mode:?}");
    }
    // A tremolo of 0.1 %.
    let stride = 16;
    let tremolo = |samples: &[f32]| -> Vec<f32> {
        let turn = std::f32::consts::TAU / (stride * HOP) as f32;
        let samples = samples.iter().enumerate();
        samples
            .map(|(n, x)| x * (1.0 + 0.001 * (turn * n as f32).cos()))
            .collect()
    };
    let samples = noise(RATE, 20.0, 0.2, 7);
    let found = noise_db(&samples, &tremolo(&samples), HOP, stride);
    assert!((found + 60.0).abs() < 1.0, "noise: {found:.1} dB");
    let samples = sine(RATE, 20.0, TONE_HZ, 0.3);
    let found = tone_db(&tremolo(&samples), RATE, TONE_HZ, HOP, stride);
    assert!((found + 60.0).abs() < 0.1, "tone: {found:.1} dB");
}

#[test]
fn a_steady_sound_is_not_modulated_at_the_rate_of_strides() {
    for mode in LatencyMode::ALL {
        let (noise, tone) = modulation(mode, bent(2, TransformKind::ScalarMultiply, 1.5, 0.0));
        println!("{mode:?}: noise {noise:.1} dB, tone {tone:.1} dB");
        assert!(noise <= MODULATION_DB, "{mode:?}: noise {noise:.1} dB");
        assert!(tone <= MODULATION_DB, "{mode:?}: tone {tone:.1} dB");
    }
}

/// Figures of more bends; run with `--ignored --nocapture`.
#[test]
#[ignore = "a measurement, minutes long"]
fn modulation_of_many_bends() {
    for (layer, transform, parameter, voice) in [
        (1, TransformKind::ScalarMultiply, 3.0, 0.0),
        (2, TransformKind::ScalarMultiply, 3.0, 0.0),
        (2, TransformKind::Ablate, 0.0, 0.0),
        (3, TransformKind::ScalarMultiply, 2.0, 0.0),
        (4, TransformKind::ScalarMultiply, 2.0, 0.0),
        (2, TransformKind::ScalarMultiply, 1.5, 1.0),
    ] {
        for mode in LatencyMode::ALL {
            let (noise, tone) = modulation(mode, bent(layer, transform, parameter, voice));
            println!(
                "layer {layer} {transform:?} {parameter}, voice {voice}, {mode:?}: noise {noise:.1} dB, tone {tone:.1} dB"
            );
        }
    }
}
