//! The network's page by clicks: a group is soloed, and a slot is aimed at it. On a virtual screen; left out where there is none.

use netbend_tests::alone;
use netbend_tests::display::Window;
use netbend_tests::hosted::Hosted;

use crate::shown::{Clap, Shown, Vst3};

/// Where things are in a new editor.
const TAB: (i16, i16) = (924, 68);
const FIRST_GROUP: (i16, i16) = (915, 114);
const FIRST_SOLO: (i16, i16) = (1_030, 114);
/// Beside the letters.
const INSIDE_TAB: (usize, usize) = (894, 62);
const INSIDE_SOLO: (usize, usize) = (1_024, 110);
/// Of a tab that is chosen, and of a solo that is on.
const CHOSEN: [u8; 3] = [0x74, 0x7b, 0x90];
const SOLOED: [u8; 3] = [0xff, 0xc1, 0x5e];

fn has_colour(window: &Window, (x, y): (usize, usize), colour: [u8; 3]) -> bool {
    let (width, _, pixels) = window.picture().unwrap();
    let at = (y * width as usize + x) * 3;
    pixels[at..at + 3]
        .iter()
        .zip(colour)
        .all(|(is, expected)| is.abs_diff(expected) < 8)
}

fn a_group_is_soloed_and_aimed_at<S: Shown>() {
    let window = Window::open().unwrap();
    let mut shown = S::open(&window);
    shown.play();
    shown.wait_until_drawn(&window);
    shown.click_until(&window, TAB, "the network does not show", |_| {
        has_colour(&window, INSIDE_TAB, CHOSEN)
    });
    // Its groups are known once the model is loaded.
    shown.click_until(&window, FIRST_SOLO, "nothing is soloed", |_| {
        has_colour(&window, INSIDE_SOLO, SOLOED)
    });
    let selection = |plugin: &mut S::Plugin| plugin.value("slot_selection_1").unwrap().0;
    let before = selection(shown.plugin());
    shown.click_until(&window, FIRST_GROUP, "the slot is not aimed", |plugin| {
        selection(plugin) != before
    });
}

#[test]
fn a_group_is_soloed_and_aimed_at_by_clicks_in_a_clap() {
    let name = "network::a_group_is_soloed_and_aimed_at_by_clicks_in_a_clap";
    alone::with_screen(name, a_group_is_soloed_and_aimed_at::<Clap>);
}

#[test]
fn a_group_is_soloed_and_aimed_at_by_clicks_in_a_vst3() {
    let name = "network::a_group_is_soloed_and_aimed_at_by_clicks_in_a_vst3";
    alone::with_screen(name, a_group_is_soloed_and_aimed_at::<Vst3>);
}
