//! The plugin where something is missing or damaged: it passes its input on, aligned, and keeps
//! what the project gave it.

#![allow(clippy::unwrap_used)] // helpers fail the way tests do

mod resources;
mod runtime;

use std::path::Path;

use netbend_dsp::signal::drum_loop_stereo;
use netbend_tests::audio::Audio;
use netbend_tests::built;
use netbend_tests::host::{Automation, Blocks, Bundle, Plugin};
use netbend_tests::{alone, measure};

/// Dry is the input's own samples: what is left is the rounding of the output gain, if anything.
const NULL_DB: f64 = -120.0;

const SETTINGS: [(&str, &str); 4] = [
    ("slot_on_1", "On"),
    ("slot_transform_1", "Ablate"),
    ("voice", "60 %"),
    ("seed", "99"),
];

#[test]
fn without_the_runtime_it_passes_dry_and_keeps_its_state() {
    let folder = resources::without_runtime();
    passes_dry(
        "without_the_runtime_it_passes_dry_and_keeps_its_state",
        folder.path(),
    );
}

#[test]
fn without_the_model_it_passes_dry_and_keeps_its_state() {
    let folder = resources::without_models();
    passes_dry(
        "without_the_model_it_passes_dry_and_keeps_its_state",
        folder.path(),
    );
}

#[test]
fn with_a_truncated_model_it_passes_dry_and_keeps_its_state() {
    let folder = resources::with_truncated_models();
    passes_dry(
        "with_a_truncated_model_it_passes_dry_and_keeps_its_state",
        folder.path(),
    );
}

#[test]
fn without_any_resources_it_passes_dry_and_keeps_its_state() {
    let folder = resources::empty();
    passes_dry(
        "without_any_resources_it_passes_dry_and_keeps_its_state",
        folder.path(),
    );
}

fn passes_dry(test: &str, resources: &Path) {
    alone::with_resources(test, resources, || {
        for offline in [true, false] {
            let mut plugin = set_up(offline);
            let rate = 48_000;
            let channels = drum_loop_stereo(rate as f32, 1.0, 5).into();
            let input = Audio {
                sample_rate: rate,
                channels,
            };
            let output = plugin
                .render(&input, Blocks::Fixed(512), &Automation::default())
                .unwrap();
            let null_db = measure::null_db(&input, &output);
            assert!(null_db <= NULL_DB, "offline {offline}: {null_db:.1} dB");

            let state = plugin.save().unwrap();
            let mut reloaded = fresh(offline);
            reloaded.load(&state).unwrap();
            for (param, _) in SETTINGS {
                assert_eq!(
                    reloaded.value(param).unwrap(),
                    plugin.value(param).unwrap(),
                    "{param}"
                );
            }
            assert_eq!(
                reloaded.save().unwrap(),
                state,
                "the model's name must survive too"
            );
        }
    });
}

fn set_up(offline: bool) -> Plugin {
    let mut plugin = fresh(offline);
    for (param, text) in SETTINGS {
        plugin.set_text(param, text).unwrap();
    }
    plugin
}

fn fresh(offline: bool) -> Plugin {
    let mut plugin = Bundle::open(&built::clap())
        .unwrap()
        .create(built::CLAP_ID)
        .unwrap();
    plugin.set_offline(offline).unwrap();
    plugin
}
