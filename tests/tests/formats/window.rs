//! The editor's window in scale and zoom: what hosts are told, what is seen, and what stays where a host refuses. On a virtual screen; left out
//! where there is none.

use std::ffi::OsStr;
use std::time::Duration;

use netbend_tests::alone;
use netbend_tests::display::Window;
use netbend_tests::hosted::Hosted;
use netbend_tests::{host, vst3};

use crate::shown::{Clap, Shown, Vst3};

/// Width and height of a new editor, in points.
const SIZE: (u32, u32) = (1_080, 700);
/// The smallest that it takes.
const SMALLEST: (u32, u32) = (720, 460);
/// Keys by their numbers: `=` and `+`, `-`, `0`.
const PLUS: u8 = 21;
const MINUS: u8 = 20;
const ZERO: u8 = 19;
const SHOWN: Duration = Duration::from_millis(400);

fn times((width, height): (u32, u32), factor: f64) -> (u32, u32) {
    let scaled = |points: u32| (f64::from(points) * factor).round() as u32;
    (scaled(width), scaled(height))
}

/// Runs a body with a screen, and with a folder of its own for what the user chose.
fn with_home(name: &str, body: impl FnOnce()) {
    let home = tempfile::tempdir().unwrap();
    let path: &OsStr = home.path().as_os_str();
    let homes = ["HOME", "XDG_DATA_HOME"].map(|variable| (variable, path));
    alone::with_screen_and(name, &homes, body);
}

fn size(window: &Window) -> (u32, u32) {
    let (width, height, _) = window.picture().unwrap();
    (width, height)
}

#[test]
fn a_clap_is_as_large_as_the_hosts_scale_says() {
    let name = "window::a_clap_is_as_large_as_the_hosts_scale_says";
    with_home(name, || {
        let window = Window::open_of(2_400, 1_600).unwrap();
        let mut plugin = <host::Plugin as Hosted>::open().unwrap();
        for scale in [2.0, 1.5, 1.0] {
            plugin.open_editor_at(window.id(), Some(scale)).unwrap();
            assert_eq!(plugin.editor_size().unwrap(), times(SIZE, scale));
            std::thread::sleep(SHOWN);
            assert_eq!(size(&window), times(SIZE, scale), "what is seen");
            let least = plugin.adjusted_size((10, 10)).unwrap();
            assert_eq!(least, times(SMALLEST, scale));
            plugin.close_editor().unwrap();
        }
        for scale in [0.0, -2.0, f64::NAN, 1e9] {
            plugin.open_editor_at(window.id(), Some(scale)).unwrap();
            assert_eq!(plugin.editor_size().unwrap(), SIZE, "{scale}");
            plugin.close_editor().unwrap();
        }
    });
}

#[test]
fn a_vst3_is_as_large_as_the_hosts_scale_says_before_it_is_attached_and_after() {
    let name = "window::a_vst3_is_as_large_as_the_hosts_scale_says_before_it_is_attached_and_after";
    with_home(name, || {
        let window = Window::open_of(2_400, 1_600).unwrap();
        let mut plugin = <vst3::Plugin as Hosted>::open().unwrap();
        let view = plugin.open_view_at(window.id(), Some(2.0)).unwrap();
        let (width, height) = times(SIZE, 2.0);
        assert_eq!(view.size(), (width as i32, height as i32));
        view.run(SHOWN);
        assert_eq!(size(&window), (width, height), "what is seen");
        assert!(view.set_scale(1.5));
        view.run(SHOWN);
        let (width, height) = times(SIZE, 1.5);
        assert_eq!(view.size(), (width as i32, height as i32));
        assert_eq!(size(&window), (width, height), "what is seen");
        assert!(!view.set_scale(f32::NAN) && !view.set_scale(-1.0));
        assert_eq!(view.size(), (width as i32, height as i32));
    });
}

fn zoomed<S: Shown>() {
    let window = Window::open_of(2_400, 1_600).unwrap();
    let mut shown = S::open(&window);
    shown.wait_until_drawn(&window);
    assert_eq!(size(&window), SIZE);
    let becomes = |shown: &mut S, key: u8, factor: f64| {
        window.click(1_060, 10).unwrap();
        window.control_and(key).unwrap();
        let wanted = times(SIZE, factor);
        let is_so = shown.within(Duration::from_secs(20), |_| size(&window) == wanted);
        assert!(is_so, "{:?}, not {wanted:?}", size(&window));
    };
    for factor in [1.25, 1.5, 1.75, 2.0] {
        becomes(&mut shown, PLUS, factor);
    }
    becomes(&mut shown, MINUS, 1.75);
    becomes(&mut shown, ZERO, 1.0);
    becomes(&mut shown, MINUS, 0.85);
    drop(shown);
    // Another instance, or another host, begins with it.
    let again = S::open(&window);
    std::thread::sleep(SHOWN);
    assert_eq!(size(&window), times(SIZE, 0.85));
    drop(again);
}

#[test]
fn keys_zoom_a_clap_and_the_next_one_remembers() {
    let name = "window::keys_zoom_a_clap_and_the_next_one_remembers";
    with_home(name, zoomed::<Clap>);
}

#[test]
fn keys_zoom_a_vst3_and_the_next_one_remembers() {
    let name = "window::keys_zoom_a_vst3_and_the_next_one_remembers";
    with_home(name, zoomed::<Vst3>);
}

/// Where a host keeps its window as it is, the editor goes back to that size, larger than it has room for; what is out of sight is scrolled to,
/// and nothing is lost when the zoom goes back.
fn refused<S: Shown>(refuse: impl FnOnce(&mut S)) {
    let window = Window::open_of(2_400, 1_600).unwrap();
    let mut shown = S::open(&window);
    refuse(&mut shown);
    shown.wait_until_drawn(&window);
    let before = window.picture().unwrap();
    for _ in 0..3 {
        window.control_and(PLUS).unwrap();
        shown.within(SHOWN, |_| false);
    }
    let is_back = shown.within(Duration::from_secs(20), |_| size(&window) == SIZE);
    assert!(is_back, "{:?}", size(&window));
    assert_ne!(window.picture().unwrap(), before, "it is drawn larger");
    window.control_and(ZERO).unwrap();
    let same = |now: &(u32, u32, Vec<u8>)| {
        let pairs = now.2.iter().zip(&before.2);
        let others = pairs
            .filter(|(now, then)| now.abs_diff(**then) > 40)
            .count();
        now.2.len() == before.2.len() && others < before.2.len() / 50
    };
    let is_as_before = shown.within(Duration::from_secs(20), |_| {
        same(&window.picture().unwrap())
    });
    assert!(is_as_before, "it is not drawn as before");
}

#[test]
fn a_clap_stays_whole_where_the_host_refuses_a_zoom() {
    let name = "window::a_clap_stays_whole_where_the_host_refuses_a_zoom";
    with_home(name, || {
        refused::<Clap>(|shown| shown.plugin().refuse_sizes(true));
    });
}

#[test]
fn a_vst3_stays_whole_where_the_host_refuses_a_zoom() {
    let name = "window::a_vst3_stays_whole_where_the_host_refuses_a_zoom";
    with_home(name, || refused::<Vst3>(Vst3::refuse_sizes));
}
