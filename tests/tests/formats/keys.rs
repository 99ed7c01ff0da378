//! The editor by keys alone: Tab goes to a knob, keys turn it, a value is typed; a menu finds a line by its letters. On a virtual screen; left out
//! where there is none.

use std::time::Duration;

use netbend_tests::alone;
use netbend_tests::display::Window;
use netbend_tests::hosted::Hosted;

use crate::shown::{Clap, Shown, Vst3};

/// Keys by their numbers.
const TAB: u8 = 23;
const RETURN: u8 = 36;
const ESCAPE: u8 = 9;
const DOWN: u8 = 116;
const PAGE_DOWN: u8 = 117;
const HOME: u8 = 110;
const END: u8 = 115;
const DELETE: u8 = 119;
const FIVE: u8 = 14;
const ZERO: u8 = 19;
const R: u8 = 27;
const O: u8 = 32;
/// How many controls lie behind *Mix*, at most.
const BEHIND_MIX: usize = 14;
/// The menu of the first slot's transforms in a new editor.
const TRANSFORM: (i16, i16) = (905, 457);
/// Places of transforms among all eleven.
const MULTIPLY: f64 = 0.2;
const ROTATE: f64 = 0.8;
const MOMENT: Duration = Duration::from_millis(600);

fn mix<S: Shown>(shown: &mut S) -> f64 {
    shown.plugin().value("mix").unwrap().0
}

fn typed<S: Shown>(shown: &mut S, window: &Window, keys: &[u8], expected: f64) {
    window.type_keys(keys).unwrap();
    let is_so = |plugin: &mut S::Plugin| (plugin.value("mix").unwrap().0 - expected).abs() < 1e-4;
    shown.until(&format!("{keys:?} do not lead to {expected}"), is_so);
}

fn a_knob_by_keys<S: Shown>() {
    let window = Window::open().unwrap();
    let mut shown = S::open(&window);
    shown.wait_until_drawn(&window);
    assert_eq!(mix(&mut shown), 1.0);
    // Nothing has the focus: no key turns anything.
    window.type_keys(&[DOWN, HOME, PAGE_DOWN]).unwrap();
    shown.within(MOMENT, |_| false);
    assert_eq!(mix(&mut shown), 1.0);

    let before = window.picture().unwrap();
    window.type_keys(&[TAB]).unwrap();
    shown.within(MOMENT, |_| false);
    assert_ne!(window.picture().unwrap(), before, "no ring is seen");
    let found = (0..BEHIND_MIX).any(|_| {
        window.shift_and(TAB).unwrap();
        shown.within(MOMENT / 2, |_| false);
        window.type_keys(&[HOME]).unwrap();
        shown.within(MOMENT, |plugin| plugin.value("mix").unwrap().0 < 1.0)
    });
    assert!(found, "no Tab leads to the mix");
    typed(&mut shown, &window, &[DELETE], 1.0);
    typed(&mut shown, &window, &[PAGE_DOWN], 0.9);
    typed(&mut shown, &window, &[HOME], 0.0);
    typed(&mut shown, &window, &[END], 1.0);
    typed(&mut shown, &window, &[FIVE, ZERO, RETURN], 0.5);
    // The knob has the keys again.
    typed(&mut shown, &window, &[PAGE_DOWN], 0.4);
    // Escape leaves the value, and a second one gives the keys back.
    typed(&mut shown, &window, &[FIVE, ESCAPE], 0.4);
    window.type_keys(&[ESCAPE, END]).unwrap();
    shown.within(MOMENT, |_| false);
    assert!((mix(&mut shown) - 0.4).abs() < 1e-4);
}

#[test]
fn keys_alone_turn_a_claps_knob() {
    alone::with_screen("keys::keys_alone_turn_a_claps_knob", a_knob_by_keys::<Clap>);
}

#[test]
fn keys_alone_turn_a_vst3s_knob() {
    alone::with_screen("keys::keys_alone_turn_a_vst3s_knob", a_knob_by_keys::<Vst3>);
}

fn a_menu_by_letters<S: Shown>() {
    let window = Window::open().unwrap();
    let mut shown = S::open(&window);
    shown.wait_until_drawn(&window);
    let share = |plugin: &mut S::Plugin| {
        let (value, [least, most]) = plugin.value("slot_transform_1").unwrap();
        (value - least) / (most - least)
    };
    let is_at = |plugin: &mut S::Plugin, place: f64| (share(plugin) - place).abs() < 1e-6;
    assert!(is_at(shown.plugin(), MULTIPLY));
    shown.try_until(
        "the letters do not find Rotate",
        || {
            window.click(TRANSFORM.0, TRANSFORM.1).unwrap();
            std::thread::sleep(MOMENT);
            window.type_keys(&[R, O, RETURN]).unwrap();
        },
        |plugin| is_at(plugin, ROTATE),
    );
}

#[test]
fn letters_find_a_line_of_a_claps_menu() {
    let name = "keys::letters_find_a_line_of_a_claps_menu";
    alone::with_screen(name, a_menu_by_letters::<Clap>);
}

#[test]
fn letters_find_a_line_of_a_vst3s_menu() {
    let name = "keys::letters_find_a_line_of_a_vst3s_menu";
    alone::with_screen(name, a_menu_by_letters::<Vst3>);
}
