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
const F10: u8 = 76;
const SPACE: u8 = 65;
const UP: u8 = 111;
/// How many controls lie before the first card, at most.
const BEFORE_CARDS: usize = 40;
/// How many controls lie behind *Mix*, at most.
const BEHIND_MIX: usize = 14;
/// The menu of the first slot's transforms in a new editor.
const TRANSFORM: (i16, i16) = (905, 457);
/// In the upper picture, and where nothing is said of what the pointer is over.
const HELD: (i16, i16) = (600, 120);
const AWAY: (i16, i16) = (600, 560);
/// Rows of the lower picture beneath its tabs.
const LOWER_PICTURE: std::ops::Range<usize> = 220..295;
/// Pixels of a line that goes through it.
const LINE: usize = 900;
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

/// The menu of a control that has the focus, by Shift+F10; its first card is cleared by it.
fn a_menu_by_its_key<S: Shown>() {
    let window = Window::open().unwrap();
    let mut shown = S::open(&window);
    shown.wait_until_drawn(&window);
    shown.set("slot_on_1", "On");
    let is_on = |plugin: &mut S::Plugin| plugin.value("slot_on_1").unwrap().0 > 0.5;
    shown.until("the slot is not on", is_on);
    let is_cleared = (0..BEFORE_CARDS).any(|_| {
        window.type_keys(&[TAB]).unwrap();
        shown.within(MOMENT, |_| false);
        let before = window.picture().unwrap();
        window.shift_and(F10).unwrap();
        shown.within(MOMENT, |_| false);
        if window.picture().unwrap() == before {
            return false;
        }
        // *Clear* is the last line.
        window.type_keys(&[END]).unwrap();
        shown.within(MOMENT, |_| false);
        window.type_keys(&[RETURN]).unwrap();
        shown.within(2 * MOMENT, |plugin| !is_on(plugin))
    });
    assert!(is_cleared, "no key opens the menu of the first card");
}

#[test]
fn a_key_opens_the_menu_of_a_claps_card() {
    let name = "keys::a_key_opens_the_menu_of_a_claps_card";
    alone::with_screen(name, a_menu_by_its_key::<Clap>);
}

#[test]
fn a_key_opens_the_menu_of_a_vst3s_card() {
    let name = "keys::a_key_opens_the_menu_of_a_vst3s_card";
    alone::with_screen(name, a_menu_by_its_key::<Vst3>);
}

/// Space is the host's after a click in the editor, and not while a text is typed or a button has the focus.
fn space_is_the_hosts<S: Shown>() {
    let window = Window::open().unwrap();
    let mut shown = S::open(&window);
    window.listen().unwrap();
    shown.wait_until_drawn(&window);
    let heard = |shown: &mut S| {
        window.heard_keys().unwrap();
        window.type_keys(&[SPACE]).unwrap();
        shown.within(MOMENT, |_| false);
        window.heard_keys().unwrap()
    };
    let pressed = [(SPACE, true), (SPACE, false)];
    // Where nothing can be clicked.
    window.click(600, 560).unwrap();
    assert_eq!(heard(&mut shown), pressed, "nothing has the focus");
    window.type_keys(&[TAB]).unwrap();
    assert_eq!(heard(&mut shown), [], "a button has the focus");
    window.type_keys(&[ESCAPE]).unwrap();
    assert_eq!(heard(&mut shown), pressed, "the focus was given back");
}

#[test]
fn a_claps_host_has_space_for_itself() {
    let name = "keys::a_claps_host_has_space_for_itself";
    alone::with_screen(name, space_is_the_hosts::<Clap>);
}

#[test]
fn a_vst3s_host_has_space_for_itself() {
    let name = "keys::a_vst3s_host_has_space_for_itself";
    alone::with_screen(name, space_is_the_hosts::<Vst3>);
}

/// Arrows move a cursor over the pictures where these have the focus.
fn keys_read_the_pictures<S: Shown>() {
    let window = Window::open().unwrap();
    let mut shown = S::open(&window);
    shown.play();
    shown.wait_until_drawn(&window);
    // A click holds the pictures, so that nothing else moves in them.
    window.click(HELD.0, HELD.1).unwrap();
    shown.within(MOMENT, |_| false);
    window.click(AWAY.0, AWAY.1).unwrap();
    shown.within(MOMENT, |_| false);
    let rows = || {
        let (width, _, colours) = window.picture().unwrap();
        let row = |y: usize| colours[y * width as usize * 3..(y + 1) * width as usize * 3].to_vec();
        LOWER_PICTURE.map(row).collect::<Vec<_>>()
    };
    // A line from one side to the other has moved.
    let has_line_moved = |before: &[Vec<u8>], after: &[Vec<u8>]| {
        let changed = |(one, other): (&Vec<u8>, &Vec<u8>)| {
            let pixels = one.chunks(3).zip(other.chunks(3));
            pixels.filter(|(one, other)| one != other).count()
        };
        before
            .iter()
            .zip(after)
            .map(changed)
            .any(|many| many > LINE)
    };
    let before = rows();
    shown.within(MOMENT, |_| false);
    assert!(rows() == before, "the pictures are not held");
    let is_moved = (0..BEFORE_CARDS).any(|_| {
        window.type_keys(&[TAB]).unwrap();
        shown.within(MOMENT, |_| false);
        let before = rows();
        // Arrows alone would lead from control to control.
        window.shift_and(UP).unwrap();
        shown.within(MOMENT, |_| false);
        has_line_moved(&before, &rows())
    });
    assert!(is_moved, "no arrow moves a cursor over the pictures");
}

#[test]
fn arrows_read_the_pictures_of_a_clap() {
    let name = "keys::arrows_read_the_pictures_of_a_clap";
    alone::with_screen(name, keys_read_the_pictures::<Clap>);
}

#[test]
fn arrows_read_the_pictures_of_a_vst3() {
    let name = "keys::arrows_read_the_pictures_of_a_vst3";
    alone::with_screen(name, keys_read_the_pictures::<Vst3>);
}

/// Where nothing has the focus, Shift+Tab leads to the last control and Tab to the first; they lie at the two ends of the editor.
fn both_ends_by_tab<S: Shown>() {
    let window = Window::open().unwrap();
    let mut shown = S::open(&window);
    shown.wait_until_drawn(&window);
    let mut after = |type_it: &dyn Fn()| {
        type_it();
        shown.within(MOMENT, |_| false);
        window.picture().unwrap()
    };
    let (width, height, unfocused) = after(&|| {});
    // Rows in which a ring is seen.
    let ring = |picture: &[u8]| {
        let pixels = picture.chunks(3).zip(unfocused.chunks(3));
        let rows = (0..).zip(pixels).filter(|(_, (is, was))| is != was);
        let rows: Vec<_> = rows.map(|(place, _)| place / width).collect();
        (rows.first().copied(), rows.last().copied())
    };
    let last = ring(&after(&|| window.shift_and(TAB).unwrap()).2);
    assert!(last.0 > Some(height - 60), "not at the end: {last:?}");
    let none = ring(&after(&|| window.type_keys(&[ESCAPE]).unwrap()).2);
    assert_eq!(none, (None, None), "the focus was not given back");
    let first = ring(&after(&|| window.type_keys(&[TAB]).unwrap()).2);
    assert!(first.1 < Some(60), "not at the beginning: {first:?}");
}

#[test]
fn tab_leads_to_both_ends_of_a_clap() {
    let name = "keys::tab_leads_to_both_ends_of_a_clap";
    alone::with_screen(name, both_ends_by_tab::<Clap>);
}

#[test]
fn tab_leads_to_both_ends_of_a_vst3() {
    let name = "keys::tab_leads_to_both_ends_of_a_vst3";
    alone::with_screen(name, both_ends_by_tab::<Vst3>);
}
