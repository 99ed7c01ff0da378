//! Files dropped on the editor: presets are loaded, models copied among the user's and played, anything else changes nothing; and while they
//! are dragged over it, a frame says which. On a virtual screen; left out where there is none.

use std::ffi::OsStr;
use std::path::Path;
use std::time::{Duration, Instant};

use kit::tiny_model;
use netbend_tests::alone;
use netbend_tests::display::Window;
use netbend_tests::drag::Drag;
use netbend_tests::host::{self, param_id};
use netbend_tests::hosted::Hosted;
use netbend_tests::vst3;
use prost::Message;

const PRESET: &str = "mix: 0.25\ntransforms:\n- layer: 2\n  transform: invert\n  amount: 0.375\n";
/// How long a picture, a load or a copy may take.
const PATIENCE: Duration = Duration::from_secs(60);
const PICTURE: Duration = Duration::from_millis(100);
/// The frame's colours: of a file that is taken, of one that is not.
const TAKEN: [u8; 3] = [0xfe, 0x8a, 0x62];
const REFUSED: [u8; 3] = [0xff, 0xc1, 0x5e];
/// In the frame's line, at the editor's left.
const LINE: usize = 13;

/// Runs the body of the test called `name` on a screen, with an empty folder for the user's data beside the files that are dropped.
fn with_files(name: &str, body: impl FnOnce(&Path)) {
    const FOLDER: &str = "XDG_DATA_HOME";
    let folder = tempfile::tempdir().unwrap();
    let variables: [(&str, &OsStr); 1] = [(FOLDER, folder.path().as_os_str())];
    alone::with_screen_and(name, &variables, || {
        let folder = std::env::var_os(FOLDER).unwrap();
        body(Path::new(&folder));
    });
}

/// The colour of the editor's frame, halfway down.
fn frame(window: &Window) -> [u8; 3] {
    let (width, height, colours) = window.picture().unwrap();
    let at = 3 * ((height / 2 * width) as usize + LINE);
    colours[at..at + 3].try_into().unwrap()
}

fn until(problem: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "{problem}");
    }
}

/// Drags a file over the editor until the frame has that colour, out, and over it again, then drops it.
fn drop_on(window: &Window, file: &Path, colour: [u8; 3], mut picture: impl FnMut()) {
    picture();
    let drag = Drag::of(&[file], window.editor().unwrap()).unwrap();
    assert!(drag.over(300, 200).unwrap());
    until("nothing is said of the file", || {
        picture();
        frame(window) == colour
    });
    drag.away().unwrap();
    until("the frame stays", || {
        picture();
        frame(window) != colour
    });
    assert!(drag.over(320, 220).unwrap());
    assert!(drag.drop().unwrap());
}

#[test]
fn a_preset_dropped_on_a_vst3_is_loaded() {
    with_files("drops::a_preset_dropped_on_a_vst3_is_loaded", |folder| {
        // A name that is escaped on its way.
        let file = folder.join("größe 50%.yaml");
        std::fs::write(&file, PRESET).unwrap();
        let window = Window::open().unwrap();
        let mut plugin = vst3::Plugin::open().unwrap();
        let view = plugin.open_view(window.id()).unwrap();
        drop_on(&window, &file, TAKEN, || view.run(PICTURE));
        until("no preset was loaded", || {
            view.run(PICTURE);
            (plugin.value("mix").unwrap() - 0.25).abs() < 1e-6
        });
        let edits = plugin.take_edits();
        for id in ["mix", "slot_on_1", "slot_transform_1", "slot_amount_1"] {
            let heard = edits.iter().any(|(param, _)| *param == param_id(id));
            assert!(heard, "the host did not hear of {id}");
        }
    });
}

#[test]
fn what_is_dropped_on_a_clap_is_taken_as_what_it_is() {
    let name = "drops::what_is_dropped_on_a_clap_is_taken_as_what_it_is";
    with_files(name, |folder| {
        let window = Window::open().unwrap();
        let mut plugin = host::Plugin::open().unwrap();
        plugin.activate(48_000.0, 512).unwrap();
        plugin.open_editor(window.id()).unwrap();
        let picture = || std::thread::sleep(PICTURE);
        let mut saved = || {
            // What the editor sets reaches a plugin that does not play with the next change of the host's.
            plugin.set_text("seed", "1").unwrap();
            plugin.pump().unwrap();
            let saved = plugin.save().unwrap();
            let mix = plugin.value("mix").unwrap();
            (mix, String::from_utf8_lossy(&saved).into_owned())
        };

        let (_, before) = saved();
        let sound = folder.join("kick.wav");
        std::fs::write(&sound, "RIFF").unwrap();
        drop_on(&window, &sound, REFUSED, picture);
        picture();
        assert_eq!(saved().1, before, "a sound changes nothing");

        let preset = folder.join("drift.yml");
        std::fs::write(&preset, PRESET).unwrap();
        drop_on(&window, &preset, TAKEN, picture);
        until("no preset was loaded", || {
            picture();
            (saved().0 - 0.25).abs() < 1e-6
        });

        let model = folder.join("pocket.onnx");
        let bytes = tiny_model::model().encode_to_vec();
        std::fs::write(&model, &bytes).unwrap();
        drop_on(&window, &model, TAKEN, picture);
        until("the model was not chosen", || {
            picture();
            saved().1.contains("pocket")
        });
        let copy = folder.join("netbend").join("models").join("pocket.onnx");
        assert_eq!(std::fs::read(copy).unwrap(), bytes);
        assert!((saved().0 - 0.25).abs() < 1e-6, "the settings stay");
        plugin.close_editor().unwrap();
    });
}
