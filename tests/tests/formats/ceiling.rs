//! The ceiling: no output is louder than full scale, or than the input where that is louder, and sound that is as it came in is never touched.

use netbend_tests::audio::Audio;
use netbend_tests::hosted::Hosted;
use netbend_tests::measure::{null_db, peak};
use netbend_tests::state::State;
use netbend_tests::{alone, host, vst3};

use crate::sound::drums;

const SECONDS: f32 = 1.5;
/// What 32-bit floats and two Fourier transforms leave of a null.
const NULL_DB: f64 = -120.0;
/// Twice full scale, from drums that peak at half of it.
const HOT: f32 = 4.0;

fn louder(sound: &Audio, factor: f32) -> Audio {
    let mut louder = sound.clone();
    let samples = louder.channels.iter_mut().flatten();
    samples.for_each(|x| *x *= factor);
    louder
}

fn assert_holds<P: Hosted>() {
    let input = drums(SECONDS);
    for (text, factor) in [("24", 1.0), ("24", HOT), ("0", 1.0)] {
        let sound = louder(&input, factor);
        let mut plugin = P::open().unwrap();
        // Strong enough to be too loud by itself.
        for (id, text) in [
            ("slot_on_1", "On"),
            ("slot_layer_1", "4"),
            ("slot_transform_1", "Multiply"),
            ("slot_percentage_1", "100 %"),
            ("slot_parameter_1", "95 %"),
            ("auto_gain", "Off"),
            ("gain", text),
        ] {
            plugin.set_text(id, text).unwrap();
        }
        let what = format!("{}, gain {text} dB, input × {factor}", P::FORMAT);
        let ceiling = peak(&sound).max(1.0);
        let held = peak(&plugin.bounce(&sound).unwrap());
        assert!(held <= ceiling && held > 0.9 * ceiling, "{what}: {held}");
        plugin.set_text("ceiling", "Off").unwrap();
        let free = peak(&plugin.bounce(&sound).unwrap());
        println!("{what}: {held} under the ceiling, {free} without");
        assert!(free > ceiling, "{what}: {free} without a ceiling");
    }
}

fn assert_null<P: Hosted>() {
    for factor in [1.0, HOT] {
        let sound = louder(&drums(SECONDS), factor);
        let heard = P::open().unwrap().bounce(&sound).unwrap();
        let null = null_db(&sound, &heard);
        assert!(null <= NULL_DB, "{}: {null:.1} dB", P::FORMAT);
    }
}

/// What was saved before there was a ceiling goes on without one.
fn assert_old_states_have_none<P: Hosted>() {
    let mut plugin = P::open().unwrap();
    assert_eq!(plugin.value("ceiling").unwrap().0, 1.0, "{}", P::FORMAT);
    let mut state = State::parse(&plugin.save().unwrap()).unwrap();
    let params = state.json["params"].as_object_mut().unwrap();
    params.remove("ceiling").unwrap();
    plugin.load(&state.bytes()).unwrap();
    assert_eq!(plugin.value("ceiling").unwrap().0, 0.0, "{}", P::FORMAT);
}

#[test]
fn nothing_is_louder_than_full_scale_or_the_input_in_both_formats() {
    let name = "ceiling::nothing_is_louder_than_full_scale_or_the_input_in_both_formats";
    alone::apart(name, || {
        assert_holds::<host::Plugin>();
        assert_holds::<vst3::Plugin>();
    });
}

#[test]
fn sound_as_it_came_in_passes_however_hot_in_both_formats() {
    let name = "ceiling::sound_as_it_came_in_passes_however_hot_in_both_formats";
    alone::apart(name, || {
        assert_null::<host::Plugin>();
        assert_null::<vst3::Plugin>();
    });
}

#[test]
fn states_of_before_have_none_in_both_formats() {
    let name = "ceiling::states_of_before_have_none_in_both_formats";
    alone::apart(name, || {
        assert_old_states_have_none::<host::Plugin>();
        assert_old_states_have_none::<vst3::Plugin>();
    });
}
