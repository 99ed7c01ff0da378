//! The editor opened and closed five hundred times. On a virtual screen; left out where there is none.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use netbend_tests::alone;
use netbend_tests::display::Window;
use netbend_tests::held::Held;
use netbend_tests::host::param_id;
use netbend_tests::hosted::Hosted;
use netbend_tests::sounding::{Change, Sounding};
use netbend_tests::{host, vst3};

const OPENINGS: usize = 500;
/// How often the editor is opened before anything is counted: libraries of the screen are loaded once, and caches fill.
const WARM_UP: usize = 5;
/// How long each opening lasts, so that some pictures are drawn.
const SHOWN: Duration = Duration::from_millis(40);
/// How long threads and windows that end may take for it.
const PATIENCE: Duration = Duration::from_secs(5);
/// What the memory in use may have grown by. Mesa keeps some 5 KiB of each: EGL never lets go of a display, and its table of functions has names of
/// its own. A keyboard map that stays is 75 KiB.
const GROWTH_KIB: usize = 10 * OPENINGS;

/// Samples a block, and openings, while everything moves.
const MOVING_BLOCK: usize = 64;
const MOVING_OPENINGS: usize = 30;
const MOVING_SHOWN: Duration = Duration::from_millis(10);

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
fn five_hundred_openings_of_a_vst3_leave_nothing_behind() {
    alone::with_screen(
        "editor::five_hundred_openings_of_a_vst3_leave_nothing_behind",
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
fn five_hundred_openings_of_a_clap_leave_nothing_behind() {
    alone::with_screen(
        "editor::five_hundred_openings_of_a_clap_leave_nothing_behind",
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

/// While an editor opens or closes, parameters that move are told to it by another thread; that thread outlives it, and goes on to
/// tell the host of a new latency.
#[test]
fn a_vst3s_editor_opens_while_everything_moves() {
    alone::with_screen(
        "editor::a_vst3s_editor_opens_while_everything_moves",
        || {
            let window = Window::open().unwrap();
            let mut plugin = vst3::Plugin::open().unwrap();
            plugin
                .set_up(vst3::Mode::Realtime, 48_000.0, MOVING_BLOCK)
                .unwrap();
            plugin.activate().unwrap();
            let latency = plugin.latency();
            let mut half = while_everything_moves(plugin.lend().unwrap(), || {
                let view = plugin.open_view(window.id()).unwrap();
                view.run(MOVING_SHOWN);
            });
            let live = plugin.text_to_value("latency", "Live").unwrap();
            play_block(&mut half, &[(param_id("latency"), live)]);
            assert_soon("no new latency was told", || {
                play_block(&mut half, &[]);
                plugin.pump().unwrap();
                plugin.latency() != latency
            });
        },
    );
}

#[test]
fn a_claps_editor_opens_while_everything_moves() {
    alone::with_screen(
        "editor::a_claps_editor_opens_while_everything_moves",
        || {
            let window = Window::open().unwrap();
            let mut plugin = host::Plugin::open().unwrap();
            plugin.activate(48_000.0, MOVING_BLOCK as u32).unwrap();
            let latency = plugin.latency().unwrap();
            let half = plugin.lend().unwrap();
            let half = while_everything_moves(half, || {
                plugin.open_editor(window.id()).unwrap();
                std::thread::sleep(MOVING_SHOWN);
                plugin.pump().unwrap();
                plugin.close_editor().unwrap();
            });
            plugin.take_back(half);
            let live = plugin.text_to_value("latency", "Live").unwrap();
            assert_soon("no new latency was told", || {
                let mut half = plugin.lend().unwrap();
                play_block(&mut half, &[(param_id("latency"), live)]);
                plugin.take_back(half);
                plugin.pump().unwrap();
                plugin.latency().unwrap() != latency
            });
        },
    );
}

/// Opens and closes many times while another thread plays and moves parameters; gives back what it played with.
fn while_everything_moves<S: Sounding + Send + 'static>(
    mut half: S,
    mut open_and_close: impl FnMut(),
) -> S {
    let moving = ["voice", "gain", "mix", "seed"].map(param_id);
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    let player = std::thread::spawn(move || {
        let mut value = 0.0;
        while !stopped.load(Ordering::Relaxed) {
            value = (value + 0.07) % 1.0;
            play_block(&mut half, &moving.map(|param| (param, value)));
            std::thread::sleep(Duration::from_micros(200));
        }
        half
    });
    (0..MOVING_OPENINGS).for_each(|_| open_and_close());
    stop.store(true, Ordering::Relaxed);
    player.join().unwrap()
}

fn assert_soon(problem: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "{problem}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Plays a block of silence, parameters moving to values in the host's range.
fn play_block(half: &mut impl Sounding, values: &[(u32, f64)]) {
    let mut sound = vec![0.0_f32; 4 * MOVING_BLOCK];
    let mut parts = sound.chunks_exact_mut(MOVING_BLOCK);
    let mut part = || parts.next().unwrap();
    let (input, output) = ([part(), part()], [part(), part()]);
    let change = |&(param, value): &(u32, f64)| Change {
        offset: 0,
        param,
        value,
    };
    let changes: Vec<Change> = values.iter().map(change).collect();
    half.play(input, output, &changes).unwrap();
}

/// Values set while the editor is open, and a state loaded, reach it without harm.
#[test]
fn an_open_editor_follows_the_host() {
    alone::with_screen("editor::an_open_editor_follows_the_host", || {
        let window = Window::open().unwrap();
        let mut plugin = vst3::Plugin::open().unwrap();
        let state = Hosted::save(&mut plugin).unwrap();
        let view = plugin.open_view(window.id()).unwrap();
        for text in ["Live", "Studio", "Direct", "Tight"] {
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
