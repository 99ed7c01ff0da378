//! How few clicks lead to a sound: from an editor that was just opened to the third factory sound that is heard. And history, by clicks. On a
//! virtual screen; left out where there is none.

use std::fs;
use std::path::Path;

use netbend_tests::display::Window;
use netbend_tests::hosted::Hosted;
use netbend_tests::{alone, built, measure};

use crate::shown::{self, Clap, Shown, Vst3, kept};
use crate::sound::drums;

/// Where things are in a new editor.
const NEXT: (i16, i16) = (379, 26);
const UNDO: (i16, i16) = (424, 26);
const HISTORY: (i16, i16) = (507, 26);
/// In the history: what was done before the last.
const LAST_BUT_ONE: (i16, i16) = (300, 120);
/// What is not more alike than this is another sound, in dB.
const ANOTHER_DB: f64 = -20.0;
const MOST_CLICKS: usize = 3;

/// The names of the presets that come with Netbend.
fn names() -> Vec<String> {
    fn collect(folder: &Path, names: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, names);
            } else if let Ok(text) = fs::read_to_string(&path) {
                let name = text.lines().find_map(|line| line.strip_prefix("name: "));
                names.extend(name.map(|name| name.trim_matches('"').to_owned()));
            }
        }
    }
    let mut names = Vec::new();
    collect(&built::resources().join("presets"), &mut names);
    assert!(names.len() >= 64, "{} presets", names.len());
    names
}

/// The factory preset that an instance says it plays.
fn playing(plugin: &mut impl Hosted, names: &[String]) -> Option<String> {
    let kept = kept(plugin);
    names.iter().find(|name| kept.contains(*name)).cloned()
}

fn the_third_sound<S: Shown>() {
    let names = names();
    let window = Window::open().unwrap();
    let mut shown = S::open(&window);
    shown.wait_until_drawn(&window);
    let dry = drums(1.0);
    let mut heard = vec![dry.clone()];
    let mut last = None;
    let mut clicks = 0;
    while heard.len() < 4 {
        clicks += 1;
        window.click(NEXT.0, NEXT.1).unwrap();
        shown.until("a click loaded no preset", |plugin| {
            let now = playing(plugin, &names);
            now.is_some() && now != last
        });
        last = playing(shown.plugin(), &names);
        let sound = shown.plugin().bounce(&dry).unwrap();
        let nearest = heard.iter().map(|other| measure::null_db(other, &sound));
        let nearest = nearest.fold(f64::MIN, f64::max);
        println!("{}: {last:?} after {clicks} clicks", S::Plugin::FORMAT);
        let apart = heard
            .iter()
            .all(|other| measure::null_db(other, &sound) > ANOTHER_DB);
        assert!(apart, "{last:?}: {nearest:.1} dB from another");
        heard.push(sound);
    }
    assert!(clicks <= MOST_CLICKS, "{clicks} clicks");
}

#[test]
fn three_clicks_lead_to_the_third_sound_of_a_clap() {
    let name = "steps::three_clicks_lead_to_the_third_sound_of_a_clap";
    alone::with_screen(name, the_third_sound::<Clap>);
}

#[test]
fn three_clicks_lead_to_the_third_sound_of_a_vst3() {
    let name = "steps::three_clicks_lead_to_the_third_sound_of_a_vst3";
    alone::with_screen(name, the_third_sound::<Vst3>);
}

fn history<S: Shown>() {
    let names = names();
    let all = |plugin: &mut S::Plugin| {
        let slots = shown::slots(plugin, &["on", "layer", "transform", "amount"]);
        (
            slots,
            plugin.value("voice").unwrap().0,
            plugin.value("mix").unwrap().0,
        )
    };
    let window = Window::open().unwrap();
    let mut shown = S::open(&window);
    shown.play();
    shown.wait_until_drawn(&window);
    let mut moments = Vec::new();
    let mut last = None;
    for _ in 0..2 {
        window.click(NEXT.0, NEXT.1).unwrap();
        shown.until("a click loaded no preset", |plugin| {
            let now = playing(plugin, &names);
            now.is_some() && now != last
        });
        last = playing(shown.plugin(), &names);
        // All of it has been set.
        shown.within(std::time::Duration::from_secs(1), |_| false);
        moments.push(all(shown.plugin()));
    }
    assert_ne!(moments[0], moments[1]);
    window.click(HISTORY.0, HISTORY.1).unwrap();
    // Its lines have been drawn.
    shown.within(std::time::Duration::from_secs(2), |_| false);
    shown.click_until(&window, LAST_BUT_ONE, "nothing was recalled", |plugin| {
        all(plugin) == moments[0]
    });
    // What was recalled is a step like any other.
    shown.click_until(&window, UNDO, "it was not undone", |plugin| {
        all(plugin) == moments[1]
    });
}

#[test]
fn a_moment_of_the_last_minute_is_recalled_in_a_clap() {
    let name = "steps::a_moment_of_the_last_minute_is_recalled_in_a_clap";
    alone::with_screen(name, history::<Clap>);
}

#[test]
fn a_moment_of_the_last_minute_is_recalled_in_a_vst3() {
    let name = "steps::a_moment_of_the_last_minute_is_recalled_in_a_vst3";
    alone::with_screen(name, history::<Vst3>);
}
