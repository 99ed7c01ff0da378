//! Many variations of one preset, as files.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use netbend_tests::audio::Audio;
use netbend_tests::{built, measure};

use crate::netbend::{Workbench, run, said};

const PRESET: &str = "name: Drift\ntransforms:\n- layer: 2\n  transform: scalar-multiply\n  params: [4]\n  features: random\n  feature-param: 0.3\n";

/// Whether it went well, and what was said.
fn variations(input: &Path, preset: &Path, folder: &Path, seed: &str) -> (bool, String) {
    let arguments = [
        OsStr::new("variations"),
        input.as_os_str(),
        OsStr::new("--preset"),
        preset.as_os_str(),
        OsStr::new("--out"),
        folder.as_os_str(),
    ];
    let numbers = ["--count", "3", "--seed", seed].map(OsStr::new);
    let ran = run(arguments.into_iter().chain(numbers), &built::resources());
    (ran.status.success(), said(&ran))
}

#[test]
fn each_is_a_sound_and_a_preset_that_renders_to_it_and_a_seed_gives_the_same() {
    let bench = Workbench::new();
    let (input, dry) = bench.drums(44_100, 2);
    let preset = bench.path("drift.yaml");
    fs::write(&preset, PRESET).unwrap();
    let folders = [("one", "1"), ("same", "1"), ("other", "2")];
    let folders = folders.map(|(name, seed)| {
        let folder = bench.path(name);
        let (succeeded, said) = variations(&input, &preset, &folder, seed);
        assert!(succeeded, "{said}");
        folder
    });
    let [one, same, other] = &folders;
    assert!(
        fs::read(one.join("sheet.png"))
            .unwrap()
            .starts_with(b"\x89PNG")
    );
    for number in ["01", "02", "03"] {
        let file = |folder: &Path, ending: &str| folder.join(format!("{number}.{ending}"));
        let text = |folder: &Path| fs::read_to_string(file(folder, "yaml")).unwrap();
        assert_eq!(text(one), text(same));
        assert_ne!(text(one), text(other));
        assert!(text(one).contains(&format!("Drift {number}")));
        let sound = Audio::read_wav(&file(one, "wav")).unwrap();
        assert_eq!(sound.channels[0].len(), dry.channels[0].len());
        assert!(measure::null_db(&dry, &sound) > -40.0, "nothing is bent");
        let preset = file(one, "yaml");
        let again = bench.render(&input, &["--preset", preset.to_str().unwrap()]);
        assert!(again.channels == sound.channels, "{number}");
    }
}

#[test]
fn what_is_read_is_never_written_over() {
    let bench = Workbench::new();
    let (input, _) = bench.drums(44_100, 1);
    let folder = bench.path("loops");
    fs::create_dir(&folder).unwrap();
    let (sound, preset) = (folder.join("02.wav"), folder.join("drift.yaml"));
    fs::copy(&input, &sound).unwrap();
    fs::write(&preset, PRESET).unwrap();
    let before = fs::read(&sound).unwrap();
    let (succeeded, said) = variations(&sound, &preset, &folder, "1");
    assert!(!succeeded && said.contains("the input"), "{said}");
    assert_eq!(fs::read(&sound).unwrap(), before);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 2);
}
