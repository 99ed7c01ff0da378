//! Automation moves through the network to the hop, whatever the layer and the latency mode.

use netbend_dsp::signal::noise;
use netbend_tests::audio::Audio;
use netbend_tests::host::{Automation, Blocks};

use crate::fixture;

const RATE: u32 = 44_100;
const HOP_SAMPLES: usize = 256;
/// Samples over which the way from dry to bent is measured: one hop either side of its middle.
const WINDOW_SAMPLES: usize = 2 * HOP_SAMPLES;

/// How far `moving` has come from `from` to `to` around each sample: 0 at `from`, 1 at `to`.
fn progress(from: &Audio, to: &Audio, moving: &Audio, at: usize) -> f64 {
    let range = at - WINDOW_SAMPLES / 2..at + WINDOW_SAMPLES / 2;
    let (mut along, mut whole) = (0.0, 0.0);
    for n in range {
        let [from, to, moving] = [from, to, moving].map(|audio| f64::from(audio.channels[0][n]));
        along += (moving - from) * (to - from);
        whole += (to - from) * (to - from);
    }
    along / whole
}

#[test]
fn a_step_is_half_way_within_a_hop_of_its_time_on_every_layer_in_every_mode() {
    // Not on the grid of frames, blocks or strides.
    const STEPS: [usize; 2] = [40_123, 52_345];
    let input = Audio {
        sample_rate: RATE,
        channels: vec![noise(RATE as f32, 1.6, 0.1, 11)],
    };
    for mode in ["Direct", "Live", "Tight", "Studio"] {
        for layer in 1..=4 {
            let layer = layer.to_string();
            let settings = [
                ("slot_layer_1", layer.as_str()),
                ("slot_transform_1", "Ablate"),
                ("slot_percentage_1", "25 %"),
                ("latency", mode),
            ];
            let render = |start: f64, automation: Automation| {
                fixture::play_automated(&settings, start, &automation, &input)
            };
            let off = render(0.0, Automation::default());
            let on = render(1.0, Automation::default());
            for step in STEPS {
                let switch = Automation::default().at(step, "slot_amount_1", 1.0);
                let moving = render(0.0, switch);
                let middle = (step - 8 * HOP_SAMPLES..step + 8 * HOP_SAMPLES)
                    .find(|&at| progress(&off, &on, &moving, at) >= 0.5)
                    .unwrap();
                let lag_hops = (middle as f64 - step as f64) / HOP_SAMPLES as f64;
                println!(
                    "{mode}, layer {layer}, step at {step}: half-way after {lag_hops:+.2} hops"
                );
                assert!(
                    lag_hops.abs() <= 1.0,
                    "{mode}, layer {layer}, step at {step}: half-way after {lag_hops:+.2} hops"
                );
            }
        }
    }
}

#[test]
fn latent_play_is_half_way_within_a_hop_of_its_time_in_every_mode() {
    const STEP: usize = 52_345;
    let input = Audio {
        sample_rate: RATE,
        channels: vec![noise(RATE as f32, 1.6, 0.1, 11)],
    };
    for mode in ["Direct", "Live", "Tight", "Studio"] {
        for source in ["Random", "Walk"] {
            let settings = [
                ("latency", mode),
                ("voice", "100 %"),
                ("latent_source", source),
            ];
            let render = |start: f64, automation: Automation| {
                let mut plugin = fixture::plugin();
                for (param, text) in settings {
                    plugin.set_text(param, text).unwrap();
                }
                plugin.set("latent_blend", start).unwrap();
                plugin
                    .render(&input, Blocks::Fixed(512), &automation)
                    .unwrap()
            };
            let off = render(0.0, Automation::default());
            let on = render(1.0, Automation::default());
            let moving = render(0.0, Automation::default().at(STEP, "latent_blend", 1.0));
            let middle = (STEP - 8 * HOP_SAMPLES..STEP + 8 * HOP_SAMPLES)
                .find(|&at| progress(&off, &on, &moving, at) >= 0.5)
                .unwrap();
            let lag_hops = (middle as f64 - STEP as f64) / HOP_SAMPLES as f64;
            println!("{mode}, {source}: half-way after {lag_hops:+.2} hops");
            assert!(
                lag_hops.abs() <= 1.0,
                "{mode}, {source}: {lag_hops:+.2} hops"
            );
        }
    }
}
