//! Presets as files of the VST3, written by `netbend vst3-presets`: a host that loads one has what the preset is.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use netbend::offline::Resources;
use netbend::offline::preset::vst3_preset;
use netbend_models::Preset;
use netbend_tests::built;
use netbend_tests::rendered::rendered;
use netbend_tests::vst3::{Bundle, Play, PresetFile};

use crate::fixture::{assert_same, drums, plugin};

/// Long enough for the network to be heard.
const SECONDS: f32 = 0.5;
/// Every so many presets one is listened to.
const EVERY: usize = 15;

fn netbend(home: &Path) -> Command {
    let mut command = Command::new(built::command_line());
    command
        .env("NETBEND_RESOURCES", built::resources())
        .env("HOME", home)
        .env("USERPROFILE", home);
    command
}

/// Writes the presets; what was said.
fn write(home: &Path, arguments: &[&str]) -> String {
    let mut command = netbend(home);
    said(
        &command
            .arg("vst3-presets")
            .args(arguments)
            .output()
            .unwrap(),
    )
}

fn said(ran: &Output) -> String {
    let said = [&ran.stdout[..], &ran.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(ran.status.success(), "{said}");
    said
}

/// The presets that ship, by name.
fn shipped() -> BTreeMap<String, PathBuf> {
    let mut folders = vec![built::resources().join("presets")];
    let mut presets = BTreeMap::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "yaml") {
                presets.insert(Preset::load(&path).unwrap().metadata.name, path);
            }
        }
    }
    presets
}

#[test]
fn presets_lie_where_hosts_look_and_sound_as_rendered() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), &[]);
    let folder = match std::env::consts::OS {
        "windows" => "Documents/VST3 Presets",
        "macos" => "Library/Audio/Presets",
        _ => ".vst3/presets",
    };
    let folder = home.path().join(folder).join("Netbend/Netbend");
    let shipped = shipped();
    assert!(shipped.len() >= 60, "{} presets", shipped.len());
    assert_eq!(fs::read_dir(&folder).unwrap().count(), shipped.len());
    let class = Bundle::open(&built::vst3()).unwrap().classes()[0].id;
    let input = drums(2, SECONDS);
    for (place, (name, path)) in shipped.iter().enumerate() {
        let bytes = fs::read(folder.join(format!("{name}.vstpreset"))).unwrap();
        let file = PresetFile::read(&bytes).unwrap();
        if !cfg!(windows) {
            // There, the first fields of a class's number are turned round in memory.
            let text: String = class.iter().map(|byte| format!("{byte:02X}")).collect();
            assert_eq!(file.class, text);
        }
        let mut plugin = plugin();
        plugin.load_preset(&file).unwrap();
        // What it then saves is no other preset: it was whole.
        let saved: serde_json::Value = serde_json::from_slice(&plugin.save().unwrap()).unwrap();
        let state: serde_json::Value = serde_json::from_slice(file.chunk("Comp").unwrap()).unwrap();
        assert_eq!(saved, state, "{name}");
        if place % EVERY == 0 {
            let sound = plugin.play(&input, &Play::default()).unwrap();
            assert_same(
                &sound,
                &rendered(&input, [Path::new("--preset"), path]).unwrap(),
                name,
            );
        }
    }
}

#[test]
fn files_that_hold_something_else_are_left_alone() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("Größe 1");
    let text = folder.to_str().unwrap();
    let count = shipped().len();
    let first = write(home.path(), &[text]);
    assert!(
        first.starts_with(&format!("{count} presets in ")),
        "{first}"
    );
    let path = fs::read_dir(&folder)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let before = fs::read(&path).unwrap();
    fs::write(&path, "mine").unwrap();
    let again = write(home.path(), &[text]);
    assert!(
        again.contains("1 file") && again.contains("--overwrite"),
        "{again}"
    );
    assert_eq!(fs::read(&path).unwrap(), b"mine");
    write(home.path(), &[text, "--overwrite"]);
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_preset_that_the_parameters_cannot_hold_is_no_file() {
    let resources = Resources::at(built::resources());
    let preset = Preset::from_yaml("seed: 4294967295\n", "seed.yaml").unwrap();
    assert!(vst3_preset(&preset, &resources).is_err());
    let preset = Preset::from_yaml("mix: 0.5\n", "mix.yaml").unwrap();
    let file = PresetFile::read(&vst3_preset(&preset, &resources).unwrap()).unwrap();
    assert_eq!(file.chunks.len(), 1);
}
