//! A preset that was saved by hand in one instance and opened in a new process sounds the same to the bit. On a virtual screen; left out where
//! there is none.

use std::ffi::OsStr;
use std::path::PathBuf;

use netbend_tests::alone;
use netbend_tests::audio::Audio;
use netbend_tests::display::Window;
use netbend_tests::hosted::Hosted;
use netbend_tests::measure;

use crate::shown::{Clap, Shown, Vst3};
use crate::sound::drums;

const FOLDER: &str = "XDG_DATA_HOME";
/// What this process is to do.
const TASK: &str = "NETBEND_TEST_TASK";
/// Last in the list of presets.
const NAME: &str = "zz";
const KEY_Z: u8 = 52;
/// Where things are in a new editor, and in the browser and its form.
const PRESET_NAME: (i16, i16) = (280, 26);
const PREVIOUS: (i16, i16) = (148, 26);
const SAVE_AS: (i16, i16) = (869, 72);
const SAVE: (i16, i16) = (496, 316);

/// Draws of two slots, a cluster, weights, the voice, and knobs between their marks.
const SETTINGS: [(&str, &str); 16] = [
    ("slot_on_1", "On"),
    ("slot_layer_1", "3"),
    ("slot_transform_1", "Rotate"),
    ("slot_selection_1", "Random"),
    ("slot_percentage_1", "37.3"),
    ("slot_amount_1", "71.7"),
    ("slot_on_5", "On"),
    ("slot_selection_5", "Cluster"),
    ("slot_cluster_5", "2"),
    ("weight_on_1", "On"),
    ("weight_layer_1", "3"),
    ("voice", "23.4"),
    ("transient_lock", "41.9"),
    ("band_low", "91 Hz"),
    ("mix", "87.6"),
    ("seed", "4711"),
];

fn folder() -> PathBuf {
    PathBuf::from(std::env::var_os(FOLDER).unwrap())
}

fn sound() -> PathBuf {
    folder().join("heard.wav")
}

fn preset() -> PathBuf {
    folder()
        .join("netbend")
        .join("presets")
        .join(format!("{NAME}.yaml"))
}

fn save<S: Shown>() {
    let window = Window::open().unwrap();
    let mut shown = S::open(&window);
    for (id, text) in SETTINGS {
        shown.plugin().set_text(id, text).unwrap();
    }
    shown.wait_until_drawn(&window);
    window.click(PRESET_NAME.0, PRESET_NAME.1).unwrap();
    shown.within(std::time::Duration::from_secs(1), |_| false);
    window.click(SAVE_AS.0, SAVE_AS.1).unwrap();
    shown.within(std::time::Duration::from_secs(1), |_| false);
    window.type_keys(&[KEY_Z; 2]).unwrap();
    shown.within(std::time::Duration::from_secs(1), |_| false);
    shown.click_until(&window, SAVE, "no preset was saved", |_| preset().exists());
    let input = drums(1.5);
    let heard = shown.plugin().bounce(&input).unwrap();
    assert!(measure::null_db(&input, &heard) > -20.0, "nothing is bent");
    heard.write_wav(&sound()).unwrap();
}

fn open<S: Shown>() {
    let window = Window::open().unwrap();
    let mut shown = S::open(&window);
    shown.wait_until_drawn(&window);
    shown.click_until(&window, PREVIOUS, "the preset was not loaded", |plugin| {
        plugin.value("slot_on_5").unwrap().0 == 1.0
    });
    let heard = shown.plugin().bounce(&drums(1.5)).unwrap();
    let before = Audio::read_wav(&sound()).unwrap();
    let null_db = measure::null_db(&before, &heard);
    assert!(heard == before, "{}: {null_db:.1} dB", S::Plugin::FORMAT);
}

/// Saves in one process and opens in another one.
fn in_two_processes<S: Shown>(name: &str) {
    match std::env::var(TASK).as_deref() {
        Ok("save") => return alone::with_screen(name, save::<S>),
        Ok(_) => return alone::with_screen(name, open::<S>),
        Err(_) => {}
    }
    let folder = tempfile::tempdir().unwrap();
    for task in ["save", "open"] {
        let variables = [
            (FOLDER, folder.path().as_os_str()),
            (TASK, OsStr::new(task)),
        ];
        alone::with_screen_and(name, &variables, || {});
    }
}

#[test]
fn a_saved_preset_sounds_the_same_in_another_process_of_a_clap() {
    in_two_processes::<Clap>("saved::a_saved_preset_sounds_the_same_in_another_process_of_a_clap");
}

#[test]
fn a_saved_preset_sounds_the_same_in_another_process_of_a_vst3() {
    in_two_processes::<Vst3>("saved::a_saved_preset_sounds_the_same_in_another_process_of_a_vst3");
}
