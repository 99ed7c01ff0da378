//! What moves by itself, in both formats: a macro does what its target's automation does, and steps at sixteenths of 174 beats per minute add no
//! click.

use netbend_tests::host::{Automation, param_id};
use netbend_tests::hosted::Hosted;
use netbend_tests::measure::largest_step;
use netbend_tests::state::State;
use netbend_tests::{alone, host, vst3};
use serde_json::json;

use crate::sound::drums;

const SECONDS: f32 = 1.5;
/// The largest step between two samples, as a multiple of that of the louder end.
const LIMIT: f32 = 2.0;
const MACRO: &str = "modulation:\n  routes:\n  - {from: macro-1, to: slot_amount_1, depth: 1}\n";
/// Sixteenths at 174 beats per minute are 11.6 in a second, whatever the host says of its tempo.
const SIXTEENTHS: &str = "modulation:\n  sequencer-1: {values: [1, 0], length: 2, hertz: 11.6}\n  routes:\n  - {from: sequencer-1, to: slot_amount_1, depth: 1}\n";

/// An instance that bends at that amount, and its modulators as a project brings them.
fn bending<P: Hosted>(amount: &str, modulation: &str) -> P {
    let mut plugin = P::open().unwrap();
    for (id, text) in [
        ("slot_on_1", "On"),
        ("slot_layer_1", "2"),
        ("slot_transform_1", "Multiply"),
        ("slot_amount_1", amount),
    ] {
        plugin.set_text(id, text).unwrap();
    }
    let mut state = State::parse(&plugin.save().unwrap()).unwrap();
    // A text, as all fields are.
    state.json["fields"]["modulation"] = json!(json!(modulation).to_string());
    plugin.load(&state.bytes()).unwrap();
    plugin
}

fn ramps(id: &str, samples: usize) -> Automation {
    (0..samples)
        .step_by(311)
        .fold(Automation::default(), |automation, sample| {
            let turn = 4.0 * sample as f64 / samples as f64;
            let share = (turn.rem_euclid(2.0) - 1.0).abs();
            automation.at_number(sample, param_id(id), share)
        })
}

fn assert_moves<P: Hosted>() {
    let input = drums(SECONDS);
    let samples = input.channels[0].len();
    let mut automated = bending::<P>("0 %", "");
    let resting = automated.bounce(&input).unwrap();
    let expected = automated
        .bounce_moving(&input, &ramps("slot_amount_1", samples))
        .unwrap();
    let mut by_macro = bending::<P>("0 %", MACRO);
    let found = by_macro
        .bounce_moving(&input, &ramps("macro_1", samples))
        .unwrap();
    assert!(found.channels == expected.channels, "{}", P::FORMAT);
    assert!(found.channels != resting.channels, "{}", P::FORMAT);
    // A project that is opened again has it.
    let mut reopened = P::open().unwrap();
    reopened
        .load(&bending::<P>("0 %", MACRO).save().unwrap())
        .unwrap();
    let again = reopened
        .bounce_moving(&input, &ramps("macro_1", samples))
        .unwrap();
    assert!(
        again.channels == expected.channels,
        "{}, reopened",
        P::FORMAT
    );

    let stepped = bending::<P>("0 %", SIXTEENTHS).bounce(&input).unwrap();
    let bent = bending::<P>("100 %", "").bounce(&input).unwrap();
    assert!(stepped.channels != resting.channels && stepped.channels != bent.channels);
    let louder = largest_step(&resting).max(largest_step(&bent));
    let step = largest_step(&stepped);
    println!("{}: largest step {step:.4}, {louder:.4} at rest", P::FORMAT);
    assert!(step <= LIMIT * louder, "{}: {step} {louder}", P::FORMAT);
}

#[test]
fn a_macro_does_what_automation_does_and_sixteenths_add_no_click_in_both_formats() {
    let name =
        "modulators::a_macro_does_what_automation_does_and_sixteenths_add_no_click_in_both_formats";
    alone::apart(name, || {
        assert_moves::<host::Plugin>();
        assert_moves::<vst3::Plugin>();
    });
}
