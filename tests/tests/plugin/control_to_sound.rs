//! A control that is moved is heard within the latency and one hop, in every mode, whatever the control.

use netbend_dsp::signal::noise;
use netbend_tests::audio::Audio;
use netbend_tests::host::{Automation, Blocks};
use netbend_tests::measure::first_difference;

use crate::fixture;

const RATE: u32 = 44_100;
const FFT_SAMPLES: usize = 1_024;
const HOP_SAMPLES: usize = 256;
/// Not on the grid of frames, blocks or strides, and one that begins a block.
const STEPS: [usize; 2] = [52_345, 103 * 512];
/// What counts as a difference: far above what transforms leave, far below what is heard.
const TOLERANCE: f32 = 1e-5;

/// Parameters and their values as text.
type Settings = &'static [(&'static str, &'static str)];

/// What is set, the control, and where it steps from and to.
const CONTROLS: [(Settings, &str, &str, &str); 5] = [
    (
        &[("slot_on_1", "On"), ("slot_layer_1", "2")],
        "slot_amount_1",
        "0 %",
        "100 %",
    ),
    (
        &[
            ("slot_on_1", "On"),
            ("slot_layer_1", "3"),
            ("slot_transform_1", "Ablate"),
            ("slot_selection_1", "Cluster"),
        ],
        "slot_cluster_1",
        "1",
        "3",
    ),
    (
        &[("weight_on_1", "On"), ("weight_layer_1", "3")],
        "weight_amount_1",
        "0 %",
        "50 %",
    ),
    (
        &[("slot_on_1", "On"), ("slot_layer_1", "2")],
        "voice",
        "0 %",
        "100 %",
    ),
    (
        &[("slot_layer_1", "1"), ("slot_transform_1", "Invert")],
        "slot_on_1",
        "Off",
        "On",
    ),
];

/// Rendered sound lines up with the input, so a latency is taken out already: what is left may be one frame early (a frame's
/// window reaches back that far) and one hop late.
#[test]
fn a_step_reaches_the_output_within_the_latency_and_one_hop_in_every_mode() {
    let input = Audio {
        sample_rate: RATE,
        channels: vec![noise(RATE as f32, 1.6, 0.1, 11)],
    };
    for mode in ["Direct", "Live", "Tight", "Studio"] {
        for (settings, control, from, to) in CONTROLS {
            let mut plugin = fixture::plugin();
            plugin.set_text("latency", mode).unwrap();
            for (param, text) in settings {
                plugin.set_text(param, text).unwrap();
            }
            let (from, to) = (
                plugin.text_to_value(control, from).unwrap(),
                plugin.text_to_value(control, to).unwrap(),
            );
            plugin.set(control, from).unwrap();
            let resting = plugin
                .render(&input, Blocks::Fixed(512), &Automation::default())
                .unwrap();
            for step in STEPS {
                plugin.set(control, from).unwrap();
                let automation = Automation::default().at(step, control, to);
                let moved = plugin
                    .render(&input, Blocks::Fixed(512), &automation)
                    .unwrap();
                let heard = first_difference(&resting, &moved, TOLERANCE).unwrap();
                let lag_hops = (heard as f64 - step as f64) / HOP_SAMPLES as f64;
                println!("{mode}, {control}, step at {step}: heard after {lag_hops:+.2} hops");
                assert!(
                    (step - FFT_SAMPLES..=step + HOP_SAMPLES).contains(&heard),
                    "{mode}, {control}, step at {step}: heard after {lag_hops:+.2} hops"
                );
            }
        }
    }
}
