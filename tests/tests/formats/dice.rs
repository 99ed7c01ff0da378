//! Dice, undo, variations and the morph by clicks in the editor: the plugin plays what they set, and the host hears of it. On a virtual screen; left
//! out where there is none.

use std::time::{Duration, Instant};

use netbend_tests::alone;
use netbend_tests::display::Window;
use netbend_tests::host::{self, param_id};
use netbend_tests::hosted::Hosted;
use netbend_tests::vst3;

/// Where things are in a new editor.
const DICE: (i16, i16) = (924, 638);
const VARY: (i16, i16) = (1037, 638);
const UNDO: (i16, i16) = (457, 26);
const B: (i16, i16) = (660, 26);
const FIRST_TILE: (i16, i16) = (150, 145);
/// How long the engine may take to load, and a roll to be tried.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a click may take before it is tried again.
const REACTION: Duration = Duration::from_secs(8);
const PICTURE: Duration = Duration::from_millis(100);
const BLOCK: usize = 512;

/// Clicks at a place until something is so, looking after every picture.
fn click_until(
    window: &Window,
    (x, y): (i16, i16),
    problem: &str,
    mut picture: impl FnMut(),
    mut is_so: impl FnMut() -> bool,
) {
    let start = Instant::now();
    loop {
        assert!(start.elapsed() < PATIENCE, "{problem}");
        window.click(x, y).unwrap();
        let clicked = Instant::now();
        while clicked.elapsed() < REACTION {
            picture();
            if is_so() {
                return;
            }
        }
    }
}

/// What is set of the slots, as a host sees it.
fn slots(plugin: &mut impl Hosted) -> Vec<f64> {
    let ids = (1..=8).flat_map(|n| {
        ["on", "layer", "transform", "percentage", "amount"].map(|what| format!("slot_{what}_{n}"))
    });
    ids.map(|id| plugin.value(&id).unwrap().0).collect()
}

fn bends(slots: &[f64]) -> bool {
    slots.iter().step_by(5).any(|on| *on > 0.5)
}

#[test]
fn dice_by_a_click_in_a_vst3() {
    alone::with_screen("dice::dice_by_a_click_in_a_vst3", || {
        let window = Window::open().unwrap();
        let mut plugin = vst3::Plugin::open().unwrap();
        plugin
            .set_up(vst3::Mode::Realtime, 48_000.0, BLOCK)
            .unwrap();
        plugin.activate().unwrap();
        let view = plugin.open_view(window.id()).unwrap();
        let picture = || view.run(PICTURE);
        // A host that plays sets what it hears of with its next block.
        let slots = (1..=8).map(|n| param_id(&format!("slot_on_{n}")));
        let slots: Vec<u32> = slots.collect();
        click_until(
            &window,
            DICE,
            "the host did not hear of a roll",
            picture,
            || {
                let edits = plugin.take_edits();
                edits
                    .iter()
                    .any(|(param, value)| slots.contains(param) && *value > 0.5)
            },
        );
    });
}

#[test]
fn dice_undo_variations_and_sides_by_clicks_in_a_clap() {
    let name = "dice::dice_undo_variations_and_sides_by_clicks_in_a_clap";
    alone::with_screen(name, || {
        let window = Window::open().unwrap();
        let mut plugin = host::Plugin::open().unwrap();
        plugin.activate(48_000.0, BLOCK as u32).unwrap();
        plugin.open_editor(window.id()).unwrap();
        let picture = || std::thread::sleep(PICTURE);
        let mut now = || {
            // What the editor sets reaches a plugin that does not play with the next change of the host's.
            plugin.set_text("seed", "1").unwrap();
            plugin.pump().unwrap();
            (slots(&mut plugin), plugin.value("morph").unwrap())
        };
        let (before, _) = now();
        assert!(!bends(&before));
        click_until(&window, DICE, "nothing was rolled", picture, || {
            bends(&now().0)
        });
        click_until(&window, UNDO, "the roll was not undone", picture, || {
            now().0 == before
        });
        click_until(&window, DICE, "nothing was rolled", picture, || {
            bends(&now().0)
        });
        let (rolled, morph) = now();
        assert_eq!(morph, 0.0);
        window.click(VARY.0, VARY.1).unwrap();
        click_until(&window, FIRST_TILE, "no variation was put", picture, || {
            now().0 != rolled
        });
        click_until(&window, B, "B was not chosen", picture, || now().1 == 1.0);
        plugin.close_editor().unwrap();
    });
}
