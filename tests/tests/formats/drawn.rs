//! What is drawn in parts, where something changed, is what is drawn as a whole. On a virtual screen; left out where there is none.

use std::time::Duration;

use netbend_tests::alone;
use netbend_tests::display::Window;

use crate::shown::{Clap, Shown, Vst3};

/// Longer than anything fades in.
const REST: Duration = Duration::from_millis(900);
/// Where things are in a new editor, from its left and its top: what each leads to is drawn over what was there before.
const PLACES: [(i16, i16); 9] = [
    (250, 350), // the second card
    (440, 408), // the third one's amount
    (1014, 60), // the modulators
    (1014, 60), // and back
    (250, 26),  // presets
    (250, 26),  // and back
    (905, 457), // a menu
    (600, 600), // and away from it
    (1024, 26), // bypass
];
/// Keys by their numbers.
const TAB: u8 = 23;
const UP: u8 = 111;

fn in_parts_as_a_whole<S: Shown>() {
    let window = Window::open().unwrap();
    let mut shown = S::open(&window);
    shown.wait_until_drawn(&window);
    let mut seen = vec![window.picture().unwrap()];
    let mut look = |shown: &mut S, what: &str| {
        shown.within(REST, |_| false);
        let in_parts = window.picture().unwrap();
        window.spoil().unwrap();
        let is_whole = |_: &mut S::Plugin| window.picture().unwrap() == in_parts;
        shown.until(&format!("{what}: the whole is another"), is_whole);
        if !seen.contains(&in_parts) {
            seen.push(in_parts);
        }
    };
    for place in PLACES {
        window.click(place.0, place.1).unwrap();
        look(&mut shown, &format!("{place:?}"));
    }
    for keys in [[TAB, TAB], [TAB, UP]] {
        window.type_keys(&keys).unwrap();
        look(&mut shown, &format!("{keys:?}"));
    }
    assert!(seen.len() > PLACES.len(), "little changes: {}", seen.len());
}

#[test]
fn a_claps_editor_is_drawn_in_parts_as_it_is_as_a_whole() {
    let name = "drawn::a_claps_editor_is_drawn_in_parts_as_it_is_as_a_whole";
    alone::with_screen(name, in_parts_as_a_whole::<Clap>);
}

#[test]
fn a_vst3s_editor_is_drawn_in_parts_as_it_is_as_a_whole() {
    let name = "drawn::a_vst3s_editor_is_drawn_in_parts_as_it_is_as_a_whole";
    alone::with_screen(name, in_parts_as_a_whole::<Vst3>);
}
