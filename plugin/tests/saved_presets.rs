//! A preset that was saved in one instance and is opened in another process sounds the same, to the bit: as a file, and as text that was
//! copied and pasted. So do all that ship.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use netbend::offline::preset::{Snapshot, capture, fixed_of_state, frames, weight_frames};
use netbend::offline::{LatencyMode, Modulators, NetbendParams, Transport};
use netbend_models::{Package, Preset};
use support::sound::{drums, null_db};
use support::{Instance, RATE, resources};

const TEST: &str = "every_factory_preset_saved_and_opened_in_a_new_process_sounds_the_same";
/// Says the new process where the presets lie.
const FOLDER: &str = "NETBEND_TEST_SAVED_PRESETS";
/// Long enough for what is bent, and what moves, to be heard.
const SECONDS: f32 = 1.0;
const BLOCK: usize = 512;
/// Of the song that modulators follow.
const TEMPO: f64 = 120.0;
/// What is at least as far from the input is bent.
const BENT_DB: f64 = -40.0;

/// The files of a folder and of those in it, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found.sort();
    found
}

/// The models that ship, each in an instance.
fn models() -> Vec<(&'static str, Package, Instance)> {
    let open = |name| {
        let package = Package::load(&resources().join(format!("models/{name}.onnx"))).unwrap();
        let engine = support::engine_with(&resources(), name);
        (name, package, support::open(engine, LatencyMode::Tight))
    };
    ["drums", "drums-parts"].map(open).into()
}

/// What a preset sounds like with the model that it names, and what is set then.
fn sound_of(
    preset: &Preset,
    models: &mut [(&'static str, Package, Instance)],
    input: &[f32],
) -> (NetbendParams, Vec<f32>) {
    let wanted = preset.model.as_deref().unwrap();
    let found = models.iter_mut().find(|(name, ..)| *name == wanted);
    let (_, package, instance) = found.unwrap();
    let params = loaded(preset, package);
    let sound = played(instance, &params, input);
    (params, sound)
}

/// Parameters as the editor sets them when it loads a preset.
fn loaded(preset: &Preset, package: &Package) -> NetbendParams {
    let params = NetbendParams::default();
    let parts = package.manifest().part_names();
    params.part_names.replace(parts.clone());
    let snapshot = Snapshot::with_parts(preset, &params, parts).unwrap();
    snapshot.put(&params);
    params
}

/// What `input` sounds like with these parameters.
fn played(instance: &mut Instance, params: &NetbendParams, input: &[f32]) -> Vec<f32> {
    let fixed = fixed_of_state(params).unwrap();
    instance.engine.set_fixed_bends(frames(&fixed));
    instance.engine.set_fixed_weights(weight_frames(&fixed));
    instance
        .engine
        .set_sound_clusters(params.sound_clusters.clone());
    let latency = instance.processor.latency_samples();
    let mut left = [input, &vec![0.0; latency]].concat();
    let mut right = left.clone();
    let mut modulators = Modulators::new(RATE, 2);
    let blocks = left.chunks_mut(BLOCK).zip(right.chunks_mut(BLOCK));
    for (number, (l, r)) in blocks.enumerate() {
        let transport = Transport {
            is_playing: true,
            tempo: Some(TEMPO),
            beats: Some((number * BLOCK) as f64 / f64::from(RATE) * TEMPO / 60.0),
            seconds: None,
        };
        let controls = modulators.block(params, &transport);
        instance.processor.offline().process(&mut [l, r], controls);
    }
    instance.processor.reset();
    left.split_off(latency)
}

fn bytes(samples: &[f32]) -> Vec<u8> {
    samples
        .iter()
        .flat_map(|sample| sample.to_le_bytes())
        .collect()
}

/// What the new process does: opens every preset of the folder, and leaves its sound beside it.
fn open_all(folder: &Path) {
    let mut models = models();
    let input = drums(SECONDS);
    for path in files(folder) {
        let file = Preset::load(&path).unwrap();
        let text = Preset::from_yaml(&fs::read_to_string(&path).unwrap(), "pasted text").unwrap();
        for (preset, ending) in [(file, "file"), (text, "text")] {
            let (_, sound) = sound_of(&preset, &mut models, &input);
            fs::write(path.with_extension(ending), bytes(&sound)).unwrap();
        }
    }
}

#[test]
fn every_factory_preset_saved_and_opened_in_a_new_process_sounds_the_same() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return open_all(Path::new(&folder));
    }
    let mut models = models();
    let input = drums(SECONDS);
    let folder = tempfile::tempdir().unwrap();
    let shipped = files(&resources().join("presets"));
    assert!(shipped.len() > 50, "{} presets", shipped.len());
    let mut sounds = Vec::new();
    let mut bent = 0;
    for path in &shipped {
        let preset = Preset::load(path).unwrap();
        let (params, sound) = sound_of(&preset, &mut models, &input);
        bent += usize::from(null_db(&input, &sound) > BENT_DB);
        let saved = folder.path().join(path.file_name().unwrap());
        fs::write(&saved, capture(&params).unwrap().to_yaml()).unwrap();
        sounds.push((saved, bytes(&sound)));
    }
    assert_eq!(bent, shipped.len(), "some bend nothing");
    let child = Command::new(std::env::current_exe().unwrap())
        .args([TEST, "--exact", "--nocapture"])
        .env(FOLDER, folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stdout);
    assert!(said.contains("1 passed"), "{said}");
    for (saved, sound) in sounds {
        for ending in ["file", "text"] {
            let opened = fs::read(saved.with_extension(ending)).unwrap();
            assert!(opened == sound, "{} as {ending}", saved.display());
        }
    }
}
