//! Dice, undo, variations and the morph by clicks in the editor: the plugin plays what they set, and the host hears of it. On a virtual screen; left
//! out where there is none.

use netbend_tests::alone;
use netbend_tests::display::Window;
use netbend_tests::hosted::Hosted;
use netbend_tests::state::State;

use crate::shown::{self, Clap, Shown, Vst3};

/// Where things are in a new editor.
const DICE: (i16, i16) = (924, 638);
const VARY: (i16, i16) = (1037, 638);
const UNDO: (i16, i16) = (424, 26);
const B: (i16, i16) = (625, 26);
const FIRST_TILE: (i16, i16) = (150, 145);

/// What is set of the slots, as a host sees it.
fn slots(plugin: &mut impl Hosted) -> Vec<f64> {
    shown::slots(
        plugin,
        &["on", "layer", "transform", "percentage", "amount"],
    )
}

fn bends(plugin: &mut impl Hosted) -> bool {
    shown::slots(plugin, &["on"]).iter().any(|on| *on > 0.5)
}

fn morph(plugin: &mut impl Hosted) -> f64 {
    plugin.value("morph").unwrap().0
}

fn dice_undo_variations_and_sides<S: Shown>() {
    let window = Window::open().unwrap();
    let mut shown = S::open(&window);
    shown.play();
    shown.wait_until_drawn(&window);
    let before = slots(shown.plugin());
    assert!(!bends(shown.plugin()));
    shown.click_until(&window, DICE, "nothing was rolled", bends);
    shown.click_until(&window, UNDO, "the roll was not undone", |plugin| {
        slots(plugin) == before
    });
    shown.click_until(&window, DICE, "nothing was rolled", bends);
    let rolled = slots(shown.plugin());
    assert_eq!(morph(shown.plugin()), 0.0);
    window.click(VARY.0, VARY.1).unwrap();
    shown.click_until(&window, FIRST_TILE, "no variation was put", |plugin| {
        slots(plugin) != rolled
    });
    shown.click_until(&window, B, "B was not chosen", |plugin| {
        morph(plugin) == 1.0
    });
}

/// With the waveform model that ships: bends of layers that it has, and variations of them.
fn dice_and_variations_of_a_waveform_model<S: Shown>() {
    let window = Window::open().unwrap();
    let mut shown = S::open(&window);
    let mut state = State::parse(&shown.plugin().save().unwrap()).unwrap();
    state.json["fields"]["model"] = "\"drums-waveform\"".into();
    state.json["fields"]["model-sha256"] = "\"\"".into();
    shown.plugin().load(&state.bytes()).unwrap();
    shown.play();
    shown.wait_until_drawn(&window);
    assert!(!bends(shown.plugin()));
    shown.click_until(&window, DICE, "nothing was rolled", bends);
    let rolled = slots(shown.plugin());
    window.click(VARY.0, VARY.1).unwrap();
    shown.click_until(&window, FIRST_TILE, "no variation was put", |plugin| {
        slots(plugin) != rolled
    });
}

#[test]
fn dice_and_variations_of_a_waveform_model_by_clicks_in_a_clap() {
    let name = "dice::dice_and_variations_of_a_waveform_model_by_clicks_in_a_clap";
    alone::with_screen(name, dice_and_variations_of_a_waveform_model::<Clap>);
}

#[test]
fn dice_and_variations_of_a_waveform_model_by_clicks_in_a_vst3() {
    let name = "dice::dice_and_variations_of_a_waveform_model_by_clicks_in_a_vst3";
    alone::with_screen(name, dice_and_variations_of_a_waveform_model::<Vst3>);
}

#[test]
fn dice_undo_variations_and_sides_by_clicks_in_a_clap() {
    let name = "dice::dice_undo_variations_and_sides_by_clicks_in_a_clap";
    alone::with_screen(name, dice_undo_variations_and_sides::<Clap>);
}

#[test]
fn dice_undo_variations_and_sides_by_clicks_in_a_vst3() {
    let name = "dice::dice_undo_variations_and_sides_by_clicks_in_a_vst3";
    alone::with_screen(name, dice_undo_variations_and_sides::<Vst3>);
}
