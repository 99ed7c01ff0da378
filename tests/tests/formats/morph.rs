//! The morph: at its ends it is the settings themselves, to the bit, and on its way no hop steps away from the one before by more than hops do
//! where it rests.

use netbend_tests::audio::Audio;
use netbend_tests::host::{Automation, param_id};
use netbend_tests::hosted::Hosted;
use netbend_tests::measure::largest_step;
use netbend_tests::state::State;
use netbend_tests::{alone, host, vst3};
use serde_json::json;

use crate::sound::drums;

const SECONDS: f32 = 2.0;
/// How often the morph moves, in samples.
const STEP: usize = 64;
/// The largest step between two samples on the way, as a multiple of that of the louder end.
const LIMIT: f32 = 2.0;

/// What is set on A, and on B; another transform of another layer, another voice.
const A: [(&str, &str); 5] = [
    ("slot_on_1", "On"),
    ("slot_layer_1", "2"),
    ("slot_transform_1", "Multiply"),
    ("voice", "0 %"),
    ("mix", "100 %"),
];
const B: [(&str, &str); 5] = [
    ("slot_on_1", "On"),
    ("slot_layer_1", "3"),
    ("slot_transform_1", "Ablate"),
    ("voice", "40 %"),
    ("mix", "80 %"),
];

fn set<P: Hosted>(settings: [(&str, &str); 5]) -> P {
    let mut plugin = P::open().unwrap();
    for (id, text) in settings {
        plugin.set_text(id, text).unwrap();
    }
    plugin
}

/// An instance on which A is edited and B is the other side, as a project brings it.
fn with_both<P: Hosted>() -> P {
    // Where B's parameters stand, 0–1.
    let mut positions = serde_json::Map::new();
    let mut b = set::<P>(B);
    for id in B.map(|(id, _)| id) {
        let (value, [min, max]) = b.value(id).unwrap();
        positions.insert(id.to_owned(), json!((value - min) / (max - min)));
    }
    let other = json!({
        "is_b": false,
        "params": positions,
        "texts": ["drums", "", "", "", "", ""],
    });
    let mut plugin = set::<P>(A);
    let mut state = State::parse(&plugin.save().unwrap()).unwrap();
    // A text, as all fields are.
    state.json["fields"]["other-side"] = json!(json!(other.to_string()).to_string());
    plugin.load(&state.bytes()).unwrap();
    plugin
}

fn at<P: Hosted>(plugin: &mut P, morph: &str, input: &Audio) -> Audio {
    plugin.set_text("morph", morph).unwrap();
    plugin.bounce(input).unwrap()
}

fn assert_morphs<P: Hosted>() {
    let input = drums(SECONDS);
    let mut plugin = with_both::<P>();
    let kept = plugin.save().unwrap();
    let (a, b) = (
        set::<P>(A).bounce(&input).unwrap(),
        set::<P>(B).bounce(&input).unwrap(),
    );
    assert!(a.channels != b.channels, "{}", P::FORMAT);
    for (morph, end) in [("0 %", &a), ("100 %", &b)] {
        let heard = at(&mut plugin, morph, &input);
        assert!(heard.channels == end.channels, "{}, {morph}", P::FORMAT);
    }
    // A project that is opened again has both.
    let mut reopened = P::open().unwrap();
    reopened.load(&kept).unwrap();
    let heard = at(&mut reopened, "100 %", &input);
    assert!(heard.channels == b.channels, "{}, reopened", P::FORMAT);

    let mut there_and_back = Automation::default();
    let samples = input.channels[0].len();
    for sample in (0..samples).step_by(STEP) {
        let turn = 4.0 * sample as f64 / samples as f64;
        let share = (turn.rem_euclid(2.0) - 1.0).abs();
        there_and_back = there_and_back.at_number(sample, param_id("morph"), share);
    }
    let moved = plugin.bounce_moving(&input, &there_and_back).unwrap();
    let (step, louder) = (largest_step(&moved), largest_step(&a).max(largest_step(&b)));
    println!(
        "{}: largest step {step:.4} on the way, {louder:.4} at the ends",
        P::FORMAT
    );
    assert!(step <= LIMIT * louder, "{}: {step} {louder}", P::FORMAT);
}

#[test]
fn the_ends_are_the_settings_and_the_way_is_smooth_in_both_formats() {
    let name = "morph::the_ends_are_the_settings_and_the_way_is_smooth_in_both_formats";
    alone::apart(name, || {
        assert_morphs::<host::Plugin>();
        assert_morphs::<vst3::Plugin>();
    });
}
