//! Pads by clicks in the editor: one that is pressed bends; one that learns takes the next note that the host plays, which bends from then on, is kept
//! with the project and undone. On a virtual screen; left out where there is none.

use std::time::Duration;

use netbend_tests::alone;
use netbend_tests::display::Window;
use netbend_tests::hosted::Hosted;
use netbend_tests::notes::Note;

use crate::shown::{Clap, Heard, Shown, Vst3, kept};

/// Where things are in a new editor.
const MODULATORS: (i16, i16) = (1_014, 68);
const PADS: (i16, i16) = (90, 269);
const FIRST_PAD: (i16, i16) = (236, 110);
const FIRST_LEARN: (i16, i16) = (209, 269);
const UNDO: (i16, i16) = (424, 26);
/// The latency of Tight in samples.
const LATENCY: usize = 9_216;
/// What is louder than that was bent.
const BENT: f32 = 1e-3;
/// How often something is tried before it has failed.
const TRIES: usize = 12;

fn played(shown: &impl Shown) -> usize {
    shown.heard().map_or(0, |heard| heard.output[0].len())
}

/// Whether what came out from sample `from` on is another sound than went in.
fn is_bent(shown: &impl Shown, from: usize) -> bool {
    let Some(Heard { input, output }) = shown.heard() else {
        return false;
    };
    let delayed = output[0].iter().skip(LATENCY).zip(&input[0]);
    let late = delayed.skip(from.saturating_sub(LATENCY));
    late.into_iter().any(|(out, dry)| (out - dry).abs() > BENT)
}

/// Tries until what is heard is bent.
fn bends<S: Shown>(shown: &mut S, problem: &str, mut try_it: impl FnMut(&mut S)) {
    let format = <S::Plugin as Hosted>::FORMAT;
    for _ in 0..TRIES {
        let from = played(shown);
        try_it(shown);
        shown.within(Duration::from_secs(2), |_| false);
        if is_bent(shown, from) {
            return;
        }
    }
    panic!("{format}: {problem}");
}

fn pads<S: Shown>() {
    let window = Window::open().unwrap();
    let mut shown = S::open(&window);
    for (id, text) in [
        ("slot_transform_1", "Multiply"),
        ("slot_selection_1", "All"),
        ("slot_parameter_1", "100 %"),
    ] {
        shown.set(id, text);
    }
    shown.play();
    shown.wait_until_drawn(&window);
    shown.within(Duration::from_secs(3), |_| false);
    let rest = played(&shown);
    shown.within(Duration::from_secs(2), |_| false);
    assert!(!is_bent(&shown, rest), "nothing is on");
    window.click(MODULATORS.0, MODULATORS.1).unwrap();
    shown.within(Duration::from_secs(1), |_| false);
    window.click(PADS.0, PADS.1).unwrap();
    shown.within(Duration::from_secs(1), |_| false);
    bends(&mut shown, "a pad that was pressed is not heard", |_| {
        window.click(FIRST_PAD.0, FIRST_PAD.1).unwrap();
    });

    let is_learnt = |plugin: &mut S::Plugin| kept(plugin).contains("note: 60");
    let learnt = (0..TRIES).any(|_| {
        window.click(FIRST_LEARN.0, FIRST_LEARN.1).unwrap();
        shown.within(Duration::from_secs(1), |_| false);
        shown.note(Note::on(0, 60, 1.0));
        shown.note(Note::off(0, 60));
        shown.within(Duration::from_secs(2), is_learnt)
    });
    assert!(learnt, "{}: no note was learnt", S::Plugin::FORMAT);
    bends(
        &mut shown,
        "the note that was learnt is not heard",
        |shown| {
            shown.note(Note::on(0, 60, 1.0));
            shown.note(Note::off(0, 60));
        },
    );
    shown.click_until(&window, UNDO, "the note is not unlearnt", |plugin| {
        !is_learnt(plugin)
    });
}

#[test]
fn pads_are_pressed_and_learn_by_clicks_in_a_clap() {
    let name = "pads::pads_are_pressed_and_learn_by_clicks_in_a_clap";
    alone::with_screen(name, pads::<Clap>);
}

#[test]
fn pads_are_pressed_and_learn_by_clicks_in_a_vst3() {
    let name = "pads::pads_are_pressed_and_learn_by_clicks_in_a_vst3";
    alone::with_screen(name, pads::<Vst3>);
}
