//! A preset of the user's loaded by a click in the editor: the plugin plays it, and the host hears of it. On a virtual screen; left out where
//! there is none.

use std::ffi::OsStr;
use std::path::Path;
use std::time::{Duration, Instant};

use netbend_tests::alone;
use netbend_tests::display::Window;
use netbend_tests::host::{self, param_id};
use netbend_tests::hosted::Hosted;
use netbend_tests::vst3;

/// Last in the list, after all that come with Netbend: the arrow that goes back from no preset at all leads to it.
const NAME: &str = "zz drift";
const TEXT: &str =
    "name: zz drift\nmix: 0.25\ntransforms:\n- layer: 2\n  transform: invert\n  amount: 0.375\n";
/// Where that arrow is in a new editor.
const ARROW: (i16, i16) = (148, 26);
/// How long a picture and a scan of presets may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a click may take.
const REACTION: Duration = Duration::from_secs(3);
const PICTURE: Duration = Duration::from_millis(100);

/// Runs the body of the test called `name` on a screen, with that preset among the user's.
fn with_preset(name: &str, body: impl FnOnce()) {
    let folder = tempfile::tempdir().unwrap();
    let presets = folder.path().join("netbend").join("presets");
    std::fs::create_dir_all(&presets).unwrap();
    std::fs::write(presets.join(format!("{NAME}.yaml")), TEXT).unwrap();
    let user = Path::as_os_str(folder.path());
    let variables: [(&str, &OsStr); 1] = [("XDG_DATA_HOME", user)];
    alone::with_screen_and(name, &variables, body);
}

/// Clicks until the mix is what the preset says: the first clicks may come before the presets are read.
fn click_until_loaded(window: &Window, mut wait: impl FnMut() -> f64) {
    let start = Instant::now();
    let mut is_loaded = || (wait() - 0.25).abs() < 1e-6;
    while !is_loaded() {
        assert!(start.elapsed() < PATIENCE, "no preset was loaded");
        window.click(ARROW.0, ARROW.1).unwrap();
        // Another click would go on to the preset before that.
        let clicked = Instant::now();
        while !is_loaded() && clicked.elapsed() < REACTION {}
    }
}

/// What a project keeps of the preset.
fn assert_kept(plugin: &mut impl Hosted) {
    let saved = plugin.save().unwrap();
    let text = String::from_utf8_lossy(&saved);
    assert!(text.contains(NAME), "{text}");
    assert_eq!(plugin.value("slot_on_1").unwrap().0, 1.0);
}

#[test]
fn a_click_loads_a_preset_into_a_vst3() {
    with_preset("presets::a_click_loads_a_preset_into_a_vst3", || {
        let window = Window::open().unwrap();
        let mut plugin = vst3::Plugin::open().unwrap();
        let view = plugin.open_view(window.id()).unwrap();
        click_until_loaded(&window, || {
            view.run(PICTURE);
            plugin.value("mix").unwrap()
        });
        let edits = plugin.take_edits();
        for id in ["mix", "slot_on_1", "slot_transform_1", "slot_amount_1"] {
            let heard = edits.iter().any(|(param, _)| *param == param_id(id));
            assert!(heard, "the host did not hear of {id}");
        }
        assert!(
            !edits.iter().any(|(param, _)| *param == param_id("gain")),
            "no preset speaks of the output gain"
        );
        assert_kept(&mut plugin);
    });
}

#[test]
fn a_click_loads_a_preset_into_a_clap() {
    with_preset("presets::a_click_loads_a_preset_into_a_clap", || {
        let window = Window::open().unwrap();
        let mut plugin = host::Plugin::open().unwrap();
        plugin.open_editor(window.id()).unwrap();
        click_until_loaded(&window, || {
            std::thread::sleep(PICTURE);
            // What the editor sets reaches a plugin that does not play with the next change of the host's.
            plugin.set_text("seed", "1").unwrap();
            plugin.pump().unwrap();
            plugin.value("mix").unwrap()
        });
        assert_kept(&mut plugin);
        plugin.close_editor().unwrap();
    });
}

/// The name of the preset, and *Copy as text* in the browser that it opens.
const PRESET_NAME: (i16, i16) = (280, 26);
const COPY: (i16, i16) = (952, 72);
/// The letter V on every keyboard that an X server knows by its keys' places.
const KEY_V: u8 = 55;

#[test]
fn a_presets_text_is_copied_and_pasted() {
    with_preset("presets::a_presets_text_is_copied_and_pasted", || {
        let window = Window::open().unwrap();
        let mut plugin = host::Plugin::open().unwrap();
        plugin.set_text("mix", "40").unwrap();
        plugin.open_editor(window.id()).unwrap();
        std::thread::sleep(REACTION);
        window.click(PRESET_NAME.0, PRESET_NAME.1).unwrap();
        std::thread::sleep(REACTION);
        window.click(COPY.0, COPY.1).unwrap();
        std::thread::sleep(REACTION);
        plugin.set_text("mix", "100").unwrap();
        let start = Instant::now();
        while (plugin.value("mix").unwrap() - 0.4).abs() > 1e-6 {
            assert!(start.elapsed() < PATIENCE, "the text was not pasted");
            window.control_and(KEY_V).unwrap();
            std::thread::sleep(10 * PICTURE);
            // What the editor sets reaches a plugin that does not play with the next change of the host's.
            plugin.set_text("seed", "1").unwrap();
            plugin.pump().unwrap();
        }
        plugin.close_editor().unwrap();
    });
}
