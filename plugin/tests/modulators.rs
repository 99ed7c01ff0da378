//! What moves by itself through the real engine: a bounce is the same at blocks of any size, and a preset brings its modulators along.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

mod support;

use kit::routes::twenty_routes;
use netbend::offline::preset::{apply, capture, fixed_of_state, frames};
use netbend::offline::{LatencyMode, Modulators, NetbendParams, Transport};
use netbend_dsp::signal::drum_loop_stereo;
use netbend_models::Preset;
use support::{Instance, RATE, instance};

const TEMPO: f64 = 174.0;

fn moving() -> NetbendParams {
    let params = NetbendParams::default();
    let preset = Preset::from_yaml(&twenty_routes(), "twenty.yaml").unwrap();
    apply(&preset, &params).unwrap();
    params
}

/// A bounce in blocks of that size, while the song goes on from `start` beats.
fn bounce(instance: &mut Instance, params: &NetbendParams, block: usize, start: f64) -> Vec<f32> {
    let [mut left, mut right] = drum_loop_stereo(RATE, 1.2, 3);
    let [beside, _] = drum_loop_stereo(RATE, 1.2, 4);
    let mut modulators = Modulators::new(RATE, 2);
    let blocks = left.chunks_mut(block).zip(right.chunks_mut(block));
    for (number, (l, r)) in blocks.enumerate() {
        let from = number * block;
        let transport = Transport {
            is_playing: true,
            tempo: Some(TEMPO),
            beats: Some(start + from as f64 / f64::from(RATE) * TEMPO / 60.0),
            seconds: None,
        };
        let heard = [&beside[from..from + l.len()]];
        instance.processor.offline().process_with_sidechain(
            &mut [l, r],
            &heard,
            modulators.block(params, &transport),
        );
    }
    instance.processor.reset();
    left
}

#[test]
fn a_bounce_is_the_same_at_blocks_of_any_size_and_another_at_another_place_of_the_song() {
    let mut instance = instance(LatencyMode::Tight);
    let params = moving();
    let one = bounce(&mut instance, &params, 1, 5.0);
    for block in [32, 1_000] {
        let other = bounce(&mut instance, &params, block, 5.0);
        let differs = one
            .iter()
            .zip(&other)
            .position(|(a, b)| a.to_bits() != b.to_bits());
        assert_eq!(differs, None, "blocks of {block}");
    }
    assert!(bounce(&mut instance, &params, 1_000, 6.3) != one);
    params.modulation.put_text(String::new());
    assert!(bounce(&mut instance, &params, 1_000, 5.0) != one);
}

/// A bounce of a preset, whose bends beyond the slots run fixed.
fn drifted(instance: &mut Instance, text: &str, block: usize, start: f64) -> Vec<f32> {
    let params = NetbendParams::default();
    let preset = Preset::from_yaml(text, "drift.yaml").unwrap();
    apply(&preset, &params).unwrap();
    let fixed = fixed_of_state(&params).unwrap();
    instance.engine.set_fixed_bends(frames(&fixed));
    let sound = bounce(instance, &params, block, start);
    instance.engine.set_fixed_bends(Vec::new());
    sound
}

#[test]
fn a_draw_drifts_alike_in_slots_and_beyond_them_at_blocks_of_any_size() {
    let mut instance = instance(LatencyMode::Tight);
    let preset = |seed: u32, keys: &str| {
        format!(
            "seed: {seed}\ntransforms:\n- {{layer: 2, transform: ablate, features: random, feature-param: 0.25{keys}}}\n"
        )
    };
    let slot = drifted(&mut instance, &preset(9, ", drift: 2"), 1_000, 0.0);
    assert!(slot == drifted(&mut instance, &preset(9, ", drift: 2"), 32, 0.0));
    // With a seed of its own the bend fits no slot.
    assert!(slot == drifted(&mut instance, &preset(1, ", drift: 2, seed: 9"), 1_000, 0.0));
    assert!(slot != drifted(&mut instance, &preset(9, ""), 1_000, 0.0));
    assert!(slot != drifted(&mut instance, &preset(9, ", drift: 2"), 1_000, 4.0));
}

#[test]
fn a_preset_brings_its_modulators_along() {
    let params = moving();
    let text = capture(&params).unwrap().to_yaml();
    let preset = Preset::from_yaml(&text, "again.yaml").unwrap();
    let other = NetbendParams::default();
    apply(&preset, &other).unwrap();
    assert_eq!(
        other.modulation.modulation(),
        params.modulation.modulation()
    );
    assert_eq!(other.modulation.modulation().routes.count(), 20);
    assert_eq!(capture(&other).unwrap().to_yaml(), text);
    // One without them takes them away.
    apply(&Preset::default(), &other).unwrap();
    assert_eq!(
        (other.modulation.text(), other.macros[0].value.value()),
        (String::new(), 0.0)
    );
}
