//! `netbend render --notes`.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use netbend_tests::built;

use crate::netbend::{Workbench, run, said};

/// What pads switch on.
const BEND: [&str; 4] = ["--set", "slot_layer_1=2", "--set", "slot_selection_1=all"];

/// A file of one track: each note's delta in ticks, of which 96 are a quarter note, its key and its velocity.
fn midi(path: &Path, notes: &[[u8; 3]]) -> PathBuf {
    let events = notes
        .iter()
        .flat_map(|[delta, key, hard]| [*delta, 0x90, *key, *hard]);
    let track: Vec<u8> = events.chain([0, 0xff, 0x2f, 0]).collect();
    let mut file = b"MThd\0\0\0\x06\0\0\0\x01\0\x60MTrk".to_vec();
    file.extend((track.len() as u32).to_be_bytes());
    file.extend(track);
    fs::write(path, file).unwrap();
    path.to_owned()
}

#[test]
fn a_note_that_is_held_is_the_switch_and_tempo_and_loop_say_when() {
    let bench = Workbench::new();
    let (path, _) = bench.drums(48_000, 2);
    let render = |more: &[&str]| bench.render(&path, &[&BEND[..], more].concat());
    let held = midi(&bench.path("held.mid"), &[[0, 36, 127]]);
    let held = held.to_str().unwrap();
    let switched = render(&["--set", "slot_on_1=on"]);
    let plain = render(&[]);
    assert!(switched != plain);
    assert!(render(&["--notes", held]) == switched);
    let later = midi(&bench.path("later.mid"), &[[96, 36, 127]]);
    let later = later.to_str().unwrap();
    let slow = render(&["--notes", later, "--tempo", "90"]);
    assert!(slow != render(&["--notes", later, "--tempo", "180"]));
    assert!(render(&["--notes", later, "--block", "77", "--tempo", "90"]) == slow);
    // A note that does not end ends with its pass, and begins with the next one: it is the switch.
    assert!(render(&["--loop", "--notes", held]) == render(&["--loop", "--set", "slot_on_1=on"]));
}

#[test]
fn files_that_are_no_notes_are_refused_and_notes_of_no_pad_are_spoken_of() {
    let bench = Workbench::new();
    let (path, _) = bench.drums(48_000, 1);
    let output = bench.path("output.wav");
    let render = |notes: &Path| {
        let arguments = ["render", "--notes"].map(OsStr::new);
        let files = [notes.as_os_str(), path.as_os_str(), output.as_os_str()];
        run([&arguments[..], &files].concat(), &built::resources())
    };
    let whole = fs::read(midi(&bench.path("whole.mid"), &[[0, 36, 127]])).unwrap();
    let cut = bench.path("cut.mid");
    fs::write(&cut, &whole[..whole.len() - 3]).unwrap();
    for (notes, expected) in [
        (path.as_path(), "no standard MIDI file"),
        (cut.as_path(), "track 1"),
        (Path::new("nowhere.mid"), "nowhere.mid"),
        (output.as_path(), "output.wav"),
    ] {
        let ran = render(notes);
        let said = said(&ran);
        assert!(!ran.status.success(), "{said}");
        assert!(said.contains(expected), "{said}");
        assert!(!output.exists(), "{said}");
    }
    let other = midi(&bench.path("other.mid"), &[[0, 60, 127]]);
    let ran = render(&other);
    let said = said(&ran);
    assert!(ran.status.success(), "{said}");
    assert!(
        said.contains("plays a pad") && said.contains("36 (C1)"),
        "{said}"
    );
}
