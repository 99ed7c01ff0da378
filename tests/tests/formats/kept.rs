//! *Keep* in both formats, by clicks: the files hold what the host got and what it gave, bit for bit. On a virtual screen; left out where there is none.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use netbend_tests::alone;
use netbend_tests::audio::Audio;
use netbend_tests::display::Window;
use netbend_tests::hosted::Hosted;

use crate::shown::{Clap, Heard, Shown, Vst3};

/// Where things are in a new editor.
const REMEMBER: (i16, i16) = (687, 68);
const ONE_BAR: (i16, i16) = (720, 68);
/// A bar where the host says no tempo: two seconds at 44.1 kHz.
const BAR: usize = 88_200;
const BLOCK: usize = 512;

fn home() -> PathBuf {
    let home = std::env::var_os("XDG_DATA_HOME").unwrap();
    Path::new(&home).join("netbend")
}

/// The files that were kept, by how they end.
fn kept(ending: &str) -> Option<PathBuf> {
    let files = std::fs::read_dir(home().join("Kept")).ok()?;
    let mut paths = files.map(|file| file.unwrap().path());
    paths.find(|path| path.to_str().is_some_and(|path| path.ends_with(ending)))
}

fn remembers() -> bool {
    let text = std::fs::read_to_string(home().join("keep.json")).unwrap_or_default();
    text.contains("true")
}

/// Where in `all` the frames of `part` lie, which end with a block.
fn place(all: &[Vec<f32>; 2], part: &Audio) -> Option<usize> {
    let length = part.samples();
    let ends = (0..=all[0].len() / BLOCK).rev().map(|block| block * BLOCK);
    let starts = ends.filter_map(|end| end.checked_sub(length));
    let is_there = |start: &usize| {
        let mut channels = all.iter().zip(&part.channels);
        channels.all(|(all, part)| all[*start..start + length] == part[..])
    };
    starts.into_iter().find(is_there)
}

fn keep<S: Shown>() {
    let window = Window::open().unwrap();
    let mut shown = S::open(&window);
    shown.plugin().set_text("slot_on_1", "On").unwrap();
    shown.play();
    shown.wait_until_drawn(&window);
    assert!(!remembers(), "nobody has asked for it");
    shown.click_until(&window, REMEMBER, "it is not remembered", |_| remembers());
    // What was played before is not remembered.
    let played = |shown: &S| shown.heard().unwrap().input[0].len();
    let before = played(&shown);
    while played(&shown) < before + 2 * BAR {
        shown.picture();
    }
    window.click(ONE_BAR.0, ONE_BAR.1).unwrap();
    shown.until("nothing was kept", |_| {
        [" bent.wav", " dry.wav", ".yaml"]
            .iter()
            .all(|ending| kept(ending).is_some())
    });
    let format = <S::Plugin as Hosted>::FORMAT;
    let [bent, dry] =
        [" bent.wav", " dry.wav"].map(|ending| Audio::read_wav(&kept(ending).unwrap()).unwrap());
    for sound in [&bent, &dry] {
        assert_eq!(
            (sound.samples(), sound.channels.len(), sound.sample_rate),
            (BAR, 2, 44_100),
            "{format}"
        );
    }
    let Heard { input, output } = shown.heard().unwrap();
    let heard = place(output, &bent);
    let heard = heard.unwrap_or_else(|| panic!("{format}: what was kept was not heard"));
    let peak = bent.channels[0]
        .iter()
        .fold(0.0_f32, |peak, x| peak.max(x.abs()));
    assert!(peak > 0.01, "{format}: silence was kept");
    // Tight at 44.1 kHz.
    let latency = (0..20_000).step_by(256).find(|latency| {
        let start = heard - latency;
        let mut channels = input.iter().zip(&dry.channels);
        channels.all(|(input, dry)| input[start..start + BAR] == dry[..])
    });
    let latency = latency.unwrap_or_else(|| panic!("{format}: the dry sound is another"));
    println!(
        "{format}: {} kept, heard from {heard} on; {latency} samples of latency taken out",
        bent.samples()
    );
    assert!(latency > 0, "{format}: {latency}");
    let preset = std::fs::read_to_string(kept(".yaml").unwrap()).unwrap();
    assert!(preset.contains("transforms"), "{preset}");
}

fn with_a_home(name: &str, body: impl FnOnce()) {
    let home = tempfile::tempdir().unwrap();
    let homes = ["HOME", "XDG_DATA_HOME"].map(|variable| (variable, home.path().as_os_str()));
    let resources = netbend_tests::built::resources();
    let found = [("NETBEND_RESOURCES", OsStr::new(&resources))];
    alone::with_screen_and(name, &[&homes[..], &found].concat(), body);
}

#[test]
fn what_is_kept_is_what_the_host_got_in_a_clap() {
    let name = "kept::what_is_kept_is_what_the_host_got_in_a_clap";
    with_a_home(name, keep::<Clap>);
}

#[test]
fn what_is_kept_is_what_the_host_got_in_a_vst3() {
    let name = "kept::what_is_kept_is_what_the_host_got_in_a_vst3";
    with_a_home(name, keep::<Vst3>);
}
