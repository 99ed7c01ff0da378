//! The editor opened and closed a hundred times. On a virtual screen; left out where there is none.

use std::time::{Duration, Instant};

use netbend_tests::alone;
use netbend_tests::display::Window;
use netbend_tests::held::Held;
use netbend_tests::hosted::Hosted;
use netbend_tests::{host, vst3};

const OPENINGS: usize = 100;
/// How often the editor is opened before anything is counted: libraries of the screen are loaded once, and caches fill.
const WARM_UP: usize = 5;
/// How long each opening lasts, so that some pictures are drawn.
const SHOWN: Duration = Duration::from_millis(60);
/// How long threads and windows that end may take for it.
const PATIENCE: Duration = Duration::from_secs(5);
/// What the memory in use may have grown by. baseview, which opens the window, keeps each one's keyboard map: some five hundred pieces, and
/// with what goes with them 75 KiB an opening in either format.
const GROWTH_KIB: usize = 100 * OPENINGS;

/// Opens and closes, then asserts that all that was taken has been given back.
fn assert_gives_all_back(format: &str, mut open_and_close: impl FnMut()) {
    (0..WARM_UP).for_each(|_| open_and_close());
    std::thread::sleep(Duration::from_millis(200));
    let before = Held::now();
    (0..OPENINGS).for_each(|_| open_and_close());
    let start = Instant::now();
    let mut after = Held::now();
    while (after.descriptors, after.threads) != (before.descriptors, before.threads)
        && start.elapsed() < PATIENCE
    {
        std::thread::sleep(Duration::from_millis(20));
        after = Held::now();
    }
    println!("{format}: {before:?}, after {OPENINGS} openings {after:?}");
    assert_eq!(
        after.descriptors, before.descriptors,
        "{format}: descriptors"
    );
    assert_eq!(after.threads, before.threads, "{format}: threads");
    assert!(
        after.allocated_kib <= before.allocated_kib + GROWTH_KIB,
        "{format}: {} KiB, {} KiB before",
        after.allocated_kib,
        before.allocated_kib
    );
}

/// Asserts that the editor's window goes: the screen hears of that over another connection than ours.
fn assert_empty(window: &Window) {
    let start = Instant::now();
    while window.children().unwrap() > 0 {
        assert!(start.elapsed() < PATIENCE, "the editor is still there");
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn a_hundred_openings_of_a_vst3_leave_nothing_behind() {
    alone::with_screen(
        "editor::a_hundred_openings_of_a_vst3_leave_nothing_behind",
        || {
            let window = Window::open().unwrap();
            let mut plugin = vst3::Plugin::open().unwrap();
            assert_gives_all_back("VST3", || {
                let view = plugin.open_view(window.id()).unwrap();
                view.run(SHOWN);
                assert!(
                    view.size().0 > 100 && view.size().1 > 100,
                    "{:?}",
                    view.size()
                );
                assert_eq!(window.children().unwrap(), 1, "the editor is in our window");
                drop(view);
                assert_empty(&window);
            });
        },
    );
}

#[test]
fn a_hundred_openings_of_a_clap_leave_nothing_behind() {
    alone::with_screen(
        "editor::a_hundred_openings_of_a_clap_leave_nothing_behind",
        || {
            let window = Window::open().unwrap();
            let mut plugin = host::Plugin::open().unwrap();
            assert_gives_all_back("CLAP", || {
                plugin.open_editor(window.id()).unwrap();
                std::thread::sleep(SHOWN);
                plugin.pump().unwrap();
                assert_eq!(window.children().unwrap(), 1, "the editor is in our window");
                plugin.close_editor().unwrap();
                assert_empty(&window);
            });
        },
    );
}

/// Values set while the editor is open, and a state loaded, reach it without harm.
#[test]
fn an_open_editor_follows_the_host() {
    alone::with_screen("editor::an_open_editor_follows_the_host", || {
        let window = Window::open().unwrap();
        let mut plugin = vst3::Plugin::open().unwrap();
        let state = Hosted::save(&mut plugin).unwrap();
        let view = plugin.open_view(window.id()).unwrap();
        for text in ["Live", "Studio", "Tight"] {
            plugin.set_text("latency", text).unwrap();
            view.run(SHOWN);
            Hosted::load(&mut plugin, &state).unwrap();
            view.run(SHOWN);
        }
        assert!(
            plugin.take_edits().is_empty(),
            "the editor sets nothing by itself"
        );
        // The plugin goes first, as in a host that closes a project.
        drop(plugin);
        drop(view);
    });
}
