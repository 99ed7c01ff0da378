//! The parameters that projects and presets rely on.

use std::collections::HashSet;

use crate::fixture;

const PER_SLOT: [&str; 13] = [
    "on",
    "layer",
    "transform",
    "selection",
    "cluster",
    "percentage",
    "within",
    "invert",
    "amount",
    "parameter",
    "second",
    "part",
    "drift",
];
const PER_WEIGHT_SLOT: [&str; 6] = ["on", "layer", "transform", "percentage", "amount", "seed"];
const GLOBAL: [&str; 20] = [
    "voice",
    "voice_floor",
    "voice_ceiling",
    "voice_smoothing",
    "transient_lock",
    "band_low",
    "band_high",
    "auto_gain",
    "phase",
    "phase_iterations",
    "phase_look_ahead",
    "stereo",
    "sidechain",
    "mix",
    "gain",
    "bypass",
    "latency",
    "seed",
    "ceiling",
    "morph",
];
const PER_PART: [&str; 3] = ["gain", "mute", "solo"];
const LATENT: [&str; 7] = [
    "freeze",
    "source",
    "blend",
    "seed",
    "rate",
    "encoder_noise",
    "padding_noise",
];
const PER_DIMENSION: [&str; 2] = ["offset", "scale"];

fn promised() -> Vec<String> {
    let slots = (1..=8).flat_map(|n| PER_SLOT.map(|what| format!("slot_{what}_{n}")));
    let weights = (1..=2).flat_map(|n| PER_WEIGHT_SLOT.map(|what| format!("weight_{what}_{n}")));
    let parts = (1..=8).flat_map(|n| PER_PART.map(|what| format!("part_{what}_{n}")));
    let macros = (1..=8).map(|n| format!("macro_{n}"));
    let dimensions = (1..=8).flat_map(|n| PER_DIMENSION.map(|what| format!("latent_{what}_{n}")));
    let latent = LATENT.map(|what| format!("latent_{what}"));
    slots
        .chain(weights)
        .chain(GLOBAL.map(String::from))
        .chain(latent)
        .chain(dimensions)
        .chain(parts)
        .chain(macros)
        .collect()
}

#[test]
fn every_promised_parameter_exists_and_no_other() {
    let mut plugin = fixture::plugin();
    for id in promised() {
        plugin.param(&id).unwrap();
    }
    assert_eq!(plugin.params().unwrap().len(), promised().len());
}

#[test]
fn names_are_distinct() {
    let params = fixture::plugin().params().unwrap();
    let names: HashSet<_> = params
        .iter()
        .map(|param| (&param.module, &param.name))
        .collect();
    assert_eq!(names.len(), params.len());
}

#[test]
fn a_host_may_record_all_but_the_latency_mode() {
    let mut plugin = fixture::plugin();
    for id in promised() {
        assert_eq!(
            plugin.param(&id).unwrap().automatable,
            id != "latency",
            "{id}"
        );
    }
    assert!(plugin.param("bypass").unwrap().bypass);
}

#[test]
fn defaults_lie_in_range_and_are_the_values_of_a_fresh_instance() {
    let mut plugin = fixture::plugin();
    for id in promised() {
        let param = plugin.param(&id).unwrap();
        assert!((param.min..=param.max).contains(&param.default), "{id}");
        assert_eq!(plugin.value(&id).unwrap(), param.default, "{id}");
    }
}

#[test]
fn every_value_reads_back_from_its_own_text() {
    let mut plugin = fixture::plugin();
    for id in promised() {
        let param = plugin.param(&id).unwrap();
        for value in [param.min, param.default, param.max] {
            let text = plugin.value_to_text(&id, value).unwrap();
            let back = plugin.text_to_value(&id, &text).unwrap();
            // Texts are rounded for reading.
            let tolerance = if param.stepped { 0.0 } else { 2e-3 };
            assert!(
                (back - value).abs() <= tolerance,
                "{id}: {value} → `{text}` → {back}"
            );
        }
    }
}
