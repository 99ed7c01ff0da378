//! Cards of the editor's strip by hand: dragged onto each other; the names of sound clusters and the words of weight tensors. On a virtual screen;
//! left out where there is none.

use netbend_tests::alone;
use netbend_tests::display::Window;
use netbend_tests::hosted::Hosted;

use crate::shown::{Clap, Shown, Vst3, kept};

/// Where things are in a new editor.
const UNDO: (i16, i16) = (424, 26);
const FIRST_SLOT: (i16, i16) = (40, 381);
const THIRD_SLOT: (i16, i16) = (230, 381);
const FIRST_WEIGHTS: (i16, i16) = (806, 381);
const LEARN: (i16, i16) = (645, 458);
const NAME: (i16, i16) = (420, 516);
/// Beneath the menu of tensors: left, top, width and height.
const TENSOR_WORDS: (usize, usize, usize, usize) = (22, 500, 300, 40);
/// The letter Z, Return, and the key that deletes backwards.
const KEY_Z: u8 = 52;
const RETURN: u8 = 36;
const BACKSPACE: u8 = 22;

fn dragged<S: Shown>() {
    let does = |plugin: &mut S::Plugin| {
        [1, 3].map(|n| {
            ["layer", "transform", "percentage", "parameter"]
                .map(|what| plugin.value(&format!("slot_{what}_{n}")).unwrap().0)
        })
    };
    let window = Window::open().unwrap();
    let mut shown = S::open(&window);
    shown.play();
    shown.wait_until_drawn(&window);
    let [first, third] = does(shown.plugin());
    assert_ne!(first, third);
    let half = ((FIRST_SLOT.0 + THIRD_SLOT.0) / 2, FIRST_SLOT.1 + 4);
    let way = [
        FIRST_SLOT,
        (FIRST_SLOT.0 + 30, FIRST_SLOT.1),
        half,
        THIRD_SLOT,
    ];
    shown.try_until(
        "the cards were not exchanged",
        || window.drag(&way).unwrap(),
        |plugin| does(plugin) == [third, first],
    );
    shown.click_until(&window, UNDO, "that was not undone", |plugin| {
        does(plugin) == [first, third]
    });
}

#[test]
fn slots_change_places_where_one_is_dragged_in_a_clap() {
    let name = "cards::slots_change_places_where_one_is_dragged_in_a_clap";
    alone::with_screen(name, dragged::<Clap>);
}

#[test]
fn slots_change_places_where_one_is_dragged_in_a_vst3() {
    let name = "cards::slots_change_places_where_one_is_dragged_in_a_vst3";
    alone::with_screen(name, dragged::<Vst3>);
}

fn named<S: Shown>() {
    let window = Window::open().unwrap();
    let mut shown = S::open(&window);
    shown
        .plugin()
        .set_text("slot_selection_1", "Sound cluster")
        .unwrap();
    shown.play();
    shown.wait_until_drawn(&window);
    shown.click_until(&window, LEARN, "nothing was learned", |plugin| {
        kept(plugin).contains("clusters:")
    });
    let typed = [&[BACKSPACE; 24][..], &[KEY_Z; 3], &[RETURN]].concat();
    shown.try_until(
        "the cluster has no other name",
        || {
            window.click(NAME.0, NAME.1).unwrap();
            window.type_keys(&typed).unwrap();
        },
        |plugin| kept(plugin).contains("zzz"),
    );
    let saved = shown.plugin().save().unwrap();
    drop(shown);
    let mut again = <S::Plugin as Hosted>::open().unwrap();
    again.load(&saved).unwrap();
    assert!(kept(&mut again).contains("zzz"), "a project keeps the name");
}

#[test]
fn a_sound_cluster_is_named_in_a_clap() {
    alone::with_screen("cards::a_sound_cluster_is_named_in_a_clap", named::<Clap>);
}

#[test]
fn a_sound_cluster_is_named_in_a_vst3() {
    alone::with_screen("cards::a_sound_cluster_is_named_in_a_vst3", named::<Vst3>);
}

/// What is drawn where the words of a tensor stand.
fn words(window: &Window) -> Vec<u8> {
    let (width, _, colours) = window.picture().unwrap();
    let (left, top, across, down) = TENSOR_WORDS;
    let row = |y: usize| {
        let start = 3 * (y * width as usize + left);
        colours[start..start + 3 * across].iter().copied()
    };
    (top..top + down).flat_map(row).collect()
}

fn described<S: Shown>() {
    let window = Window::open().unwrap();
    let mut shown = S::open(&window);
    shown.play();
    shown.wait_until_drawn(&window);
    window.click(FIRST_WEIGHTS.0, FIRST_WEIGHTS.1).unwrap();
    let mut seen: Vec<Vec<u8>> = Vec::new();
    for tensor in ["1", "2", "5", "7"] {
        shown.set("weight_layer_1", tensor);
        shown.until("a tensor is called as another one", |_| {
            let words = words(&window);
            let is_written = words.iter().any(|value| *value > 0x80);
            is_written && !seen.contains(&words)
        });
        // All of it has been drawn.
        shown.within(std::time::Duration::from_millis(500), |_| false);
        seen.push(words(&window));
    }
}

#[test]
fn weight_tensors_have_words_of_their_own_in_a_clap() {
    let name = "cards::weight_tensors_have_words_of_their_own_in_a_clap";
    alone::with_screen(name, described::<Clap>);
}

#[test]
fn weight_tensors_have_words_of_their_own_in_a_vst3() {
    let name = "cards::weight_tensors_have_words_of_their_own_in_a_vst3";
    alone::with_screen(name, described::<Vst3>);
}
