//! The spectrograms by clicks: what the bends changed, and pictures that are held. On a virtual screen; left out where there is none.

use std::ops::Range;
use std::time::Duration;

use netbend_tests::alone;
use netbend_tests::display::Window;

use crate::shown::{Clap, Shown, Vst3};

/// Where things are in a new editor.
const CHANGE: (i16, i16) = (159, 203);
const INSIDE_PICTURE: (i16, i16) = (600, 120);
/// The lower picture below its tabs and above what is said of a click.
const ACROSS: Range<usize> = 70..1_050;
const DOWN: Range<usize> = 220..295;
/// The share of the picture that a bend of a whole layer colours, at least; and what is as it was, at most.
const BENT: f64 = 0.05;
const UNBENT: f64 = 0.001;

/// The pixels of the lower picture.
fn lower(window: &Window) -> Vec<[u8; 3]> {
    let (width, _, pixels) = window.picture().unwrap();
    let row = |y: usize| {
        let at = |x: usize| (y * width as usize + x) * 3;
        pixels[at(ACROSS.start)..at(ACROSS.end)]
            .chunks_exact(3)
            .map(|pixel| [pixel[0], pixel[1], pixel[2]])
    };
    DOWN.flat_map(row).collect()
}

/// The share of the lower picture that is red or blue.
fn coloured(window: &Window) -> f64 {
    let pixels = lower(window);
    let is_coloured = |&&[r, _, b]: &&[u8; 3]| r.abs_diff(b) > 60;
    pixels.iter().filter(is_coloured).count() as f64 / pixels.len() as f64
}

fn changes_are_seen_and_held<S: Shown>() {
    let window = Window::open().unwrap();
    let mut shown = S::open(&window);
    shown.play();
    shown.wait_until_drawn(&window);
    // The spectrogram has reds of its own; the change of what is not bent has none.
    shown.click_until(&window, CHANGE, "what is not bent is changed", |_| {
        coloured(&window) < UNBENT
    });
    for (id, text) in [
        ("slot_layer_1", "1"),
        ("slot_transform_1", "Ablate"),
        ("slot_selection_1", "All"),
        ("slot_on_1", "On"),
    ] {
        shown.set(id, text);
    }
    shown.until("a bend changes nothing", |_| coloured(&window) > BENT);
    let stands_still = |shown: &mut S| {
        let before = lower(&window);
        shown.within(Duration::from_secs(1), |_| false);
        before == lower(&window)
    };
    assert!(
        !stands_still(&mut shown),
        "it is held before it was told to"
    );
    let (x, y) = INSIDE_PICTURE;
    window.click(x, y).unwrap();
    shown.within(Duration::from_secs(1), |_| false);
    assert!(stands_still(&mut shown), "it is not held");
    window.click(x, y).unwrap();
    shown.within(Duration::from_secs(1), |_| false);
    assert!(!stands_still(&mut shown), "it does not go on");
}

#[test]
fn changes_are_seen_and_held_by_clicks_in_a_clap() {
    let name = "pictures::changes_are_seen_and_held_by_clicks_in_a_clap";
    alone::with_screen(name, changes_are_seen_and_held::<Clap>);
}

#[test]
fn changes_are_seen_and_held_by_clicks_in_a_vst3() {
    let name = "pictures::changes_are_seen_and_held_by_clicks_in_a_vst3";
    alone::with_screen(name, changes_are_seen_and_held::<Vst3>);
}
