//! Sweeping the voice from the difference to the model keeps the loudness, measured after EBU R 128.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

mod support;

use ebur128::{EbuR128, Mode};
use netbend::offline::{Controls, LatencyMode};
use netbend_models::bends::selection::SelectionKind;
use netbend_models::bends::transform::TransformKind;
use netbend_models::bends::{BendFrame, BendTarget};
use support::sound::drums;
use support::{RATE, instance};

const BLOCK: usize = 480;
/// How far short-term loudness may move, in LU.
const MOST_LU: f64 = 3.0;

/// Short-term loudness (3 s) of mono sound every 0.1 s, in LUFS.
fn loudness(samples: &[f32]) -> Vec<f64> {
    let mut meter = EbuR128::new(1, RATE as u32, Mode::S).unwrap();
    let mut found = Vec::new();
    for (place, block) in samples.chunks(RATE as usize / 10).enumerate() {
        meter.add_frames_f32(block).unwrap();
        if place >= 30 {
            found.push(meter.loudness_shortterm().unwrap());
        }
    }
    found
}

fn bend(layer: u16, transform: TransformKind, share: f32, parameters: [f32; 2]) -> BendFrame {
    BendFrame {
        target: BendTarget {
            layer,
            transform,
            selection: SelectionKind::Random,
            seed: 1,
            ..BendTarget::default()
        },
        share,
        amount: 1.0,
        parameters,
    }
}

#[test]
fn a_sweep_of_the_voice_keeps_the_loudness_whatever_is_bent() {
    use TransformKind::{Invert, Rotate, ScalarMultiply};
    let input = drums(5.0);
    let layer_2 = bend(2, ScalarMultiply, 0.25, [3.0, 0.0]);
    let layer_4 = bend(4, ScalarMultiply, 0.25, [3.0, 0.0]);
    let several = [layer_2, layer_4, bend(3, Rotate, 0.25, [0.3, 0.0])];
    for mode in LatencyMode::ALL {
        let mut instance = instance(mode);
        for (name, bends) in [
            ("no bend", &[][..]),
            ("layer 2 multiplied", &[layer_2]),
            ("layer 4 multiplied", &[layer_4]),
            ("layer 3 inverted", &[bend(3, Invert, 0.25, [0.0; 2])]),
            ("several layers", &several),
        ] {
            let mut heard = |voice: f32| {
                let mut controls = Controls {
                    voice,
                    ..Controls::default()
                };
                controls.slots[..bends.len()].copy_from_slice(bends);
                loudness(&instance.bounce(&input, BLOCK, |_| controls))
            };
            let difference = heard(0.0);
            assert!(difference.len() > 10);
            for voice in [0.5, 1.0] {
                let moved: Vec<f64> = heard(voice)
                    .iter()
                    .zip(&difference)
                    .map(|(a, b)| a - b)
                    .collect();
                let least = moved.iter().copied().fold(f64::MAX, f64::min);
                let most = moved.iter().copied().fold(f64::MIN, f64::max);
                println!("{mode:?}, {name}, voice {voice}: {least:+.2} to {most:+.2} LU");
                assert!(
                    -MOST_LU <= least && most <= MOST_LU,
                    "{mode:?}, {name}, voice {voice}: {least} to {most} LU"
                );
            }
        }
    }
}
