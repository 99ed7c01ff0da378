//! A control that moves causes no rebuild: no session is made, in any mode, and the step is heard within the latency and one hop.
//!
//! Alone in its program, since sessions are counted for the whole process. What a host hears of it: `tests/tests/plugin/control_to_sound.rs`.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

mod support;

use netbend::offline::{Controls, LatencyMode};
use netbend_dsp::phase::PhaseMethod;
use netbend_dsp::signal::noise;
use netbend_models::Runtime;
use netbend_models::bends::selection::SelectionKind;
use netbend_models::bends::transform::TransformKind;
use netbend_models::bends::weights::{WeightFrame, WeightTransform};
use support::stream::bent;
use support::{RATE, instance};

const SECONDS: f32 = 1.4;
const HOP_SAMPLES: usize = 256;
const FFT_SAMPLES: usize = 1_024;
/// Not on the grid of frames, blocks or strides.
const STEP: usize = 52_345;
/// Far above what transforms leave, far below what is heard.
const TOLERANCE: f32 = 1e-5;

/// What steps, and the controls before and after.
fn steps() -> Vec<(&'static str, Controls, Controls)> {
    let on = bent(0.5);
    let with = |change: &dyn Fn(&mut Controls)| {
        let mut controls = on;
        change(&mut controls);
        controls
    };
    let weight = WeightFrame {
        layer: 3,
        transform: WeightTransform::Multiply,
        seed: 1,
        share: 0.5,
        amount: 0.6,
    };
    let cluster = |number: u16| {
        with(&|controls| {
            let slot = &mut controls.slots[0];
            slot.target.transform = TransformKind::Ablate;
            slot.target.selection = SelectionKind::Cluster;
            slot.target.cluster = number;
        })
    };
    let amount = with(&|controls| controls.slots[0].amount = 0.0);
    let layer = with(&|controls| controls.slots[0].target.layer = 4);
    let second = with(&|controls| controls.slots[1] = cluster(1).slots[0]);
    let weights = with(&|controls| controls.weights[0] = weight);
    let voice = with(&|controls| controls.voice = 1.0);
    let phase = with(&|controls| controls.phase.method = PhaseMethod::Rtpghi);
    let latent = with(&|controls| controls.latent.blend = 0.7);
    vec![
        ("amount", amount, on),
        ("layer", on, layer),
        ("cluster", cluster(1), cluster(3)),
        ("second slot", on, second),
        ("weight slot", on, weights),
        ("voice", on, voice),
        ("phase method", on, phase),
        ("latent blend", on, latent),
    ]
}

#[test]
fn a_step_is_heard_within_the_latency_and_one_hop_and_makes_no_session() {
    let input = noise(RATE, SECONDS, 0.1, 11);
    for mode in LatencyMode::ALL {
        let mut instance = instance(mode);
        let sessions = support::sessions_at_rest();
        for (what, before, after) in steps() {
            let resting = instance.bounce(&input, 479, |_| before);
            let moved = instance.bounce(&input, 479, |at| if at < STEP { before } else { after });
            let mut pairs = resting.iter().zip(&moved);
            let heard = pairs.position(|(a, b)| (a - b).abs() > TOLERANCE).unwrap();
            let lag_hops = (heard as f64 - STEP as f64) / HOP_SAMPLES as f64;
            println!("{mode:?}, {what}: heard after {lag_hops:+.2} hops");
            assert!(
                (STEP - FFT_SAMPLES..=STEP + HOP_SAMPLES).contains(&heard),
                "{mode:?}, {what}: heard after {lag_hops:+.2} hops"
            );
        }
        assert_eq!(Runtime::sessions_created(), sessions, "{mode:?}");
    }
}
