//! Presets in a CLAP host's own browser: all are listed, and one that is loaded without the editor is set as the editor sets it, and sounds
//! as `netbend render` has it.

use std::ffi::CStr;
use std::fs;
use std::path::{Path, PathBuf};

use clack_extensions::preset_discovery::prelude::Flags;
use kit::parted::with_parts;
use netbend::offline::preset::Snapshot;
use netbend::offline::{NetbendParams, state};
use netbend_models::Preset;
use netbend_models::package::Package;
use netbend_tests::host::{self, Bundle, Presets, Refused};
use netbend_tests::hosted::Hosted;
use netbend_tests::rendered::rendered;
use netbend_tests::{alone, built};
use serde_json::Value;

use crate::sound::drums;

/// Long enough for the network to be heard.
const SECONDS: f32 = 0.5;
/// Every so many presets one is listened to.
const EVERY: usize = 12;
/// Of the folder that the program was given.
const FACTORY: &str = "Netbend";

fn listed() -> Presets {
    Bundle::open(&built::clap()).unwrap().presets().unwrap()
}

/// The files of the presets that come with Netbend.
fn factory() -> Vec<PathBuf> {
    let presets = listed();
    let folders = presets.folders().iter();
    let folders: Vec<_> = folders.filter(|folder| folder.name == FACTORY).collect();
    let [folder] = folders[..] else {
        panic!("{:?}", presets.folders());
    };
    assert_eq!(folder.flags, Flags::IS_FACTORY_CONTENT);
    presets.files(folder)
}

/// Parameters of an instance that plays the model in the folder `resources`.
fn playing(resources: &Path) -> NetbendParams {
    let params = NetbendParams::default();
    let package = Package::load(&resources.join("models/drums.onnx")).unwrap();
    params.part_names.replace(package.manifest().part_names());
    params
}

/// What the editor makes of a preset, as a project keeps it.
fn expected(params: &NetbendParams, path: &Path) -> Value {
    let mut preset = Preset::load(path).unwrap();
    if preset.metadata.name.is_empty() {
        preset.metadata.name = path.file_stem().unwrap().to_string_lossy().into_owned();
    }
    // Parts are called what the preset's own model calls them.
    let parted = preset.model.as_deref() == Some("drums-parts");
    let package = parted.then(|| {
        let file = built::resources().join("models/drums-parts.onnx");
        Package::load(&file).unwrap()
    });
    let snapshot = match &package {
        Some(package) => Snapshot::with_parts(&preset, params, package.manifest().part_names()),
        None => Snapshot::with_preset(&preset, params),
    };
    snapshot.unwrap().put(params);
    let mended = state::mend(&state::snapshot(params)).unwrap();
    assert_eq!(mended.notices, [""; 0]);
    serde_json::from_slice(&mended.json).unwrap()
}

/// What a project keeps of the plugin.
fn kept(plugin: &mut host::Plugin) -> Value {
    let saved = plugin.save().unwrap();
    serde_json::from_slice(&saved[size_of::<u64>()..]).unwrap()
}

#[test]
fn every_preset_that_ships_is_listed_and_loads_without_the_editor() {
    let name = "discovery::every_preset_that_ships_is_listed_and_loads_without_the_editor";
    alone::apart(name, || {
        let mut presets = listed();
        assert_eq!(presets.endings(), ["yaml", "yml"]);
        let files = factory();
        assert!(files.len() >= 60, "{} presets", files.len());
        let mut plugin = host::Plugin::open().unwrap();
        plugin.set_text("gain", "-3 dB").unwrap();
        let params = playing(&built::resources());
        state::restore(&plugin.save().unwrap(), &params).unwrap();
        for (place, path) in files.iter().enumerate() {
            let preset = Preset::load(path).unwrap();
            let said = presets.preset(path).unwrap();
            let of_file = host::Preset {
                name: preset.metadata.name,
                load_key: None,
                plugins: vec![("clap".into(), built::CLAP_ID.into())],
                flags: Flags::IS_FACTORY_CONTENT,
                creators: vec![preset.metadata.author],
                description: preset.metadata.description,
                features: preset.metadata.tags,
            };
            assert_eq!(said, of_file);
            plugin.load_preset(path).unwrap();
            let mut expected = expected(&params, path);
            // The plugin reads the file of the model for it.
            let model = preset.model.unwrap();
            let file = built::resources().join(format!("models/{model}.onnx"));
            let hash = Package::load(&file).unwrap().sha256().to_owned();
            expected["fields"]["model-sha256"] = serde_json::to_string(&hash).unwrap().into();
            assert_eq!(kept(&mut plugin), expected, "{}", path.display());
            let heard = plugin.heard();
            assert_eq!(heard.loaded.last(), Some(path));
            assert_eq!((heard.rescans, heard.dirty), (place + 1, place + 1));
            assert_eq!(heard.errors, [""; 0]);
        }
    });
}

#[test]
fn a_preset_that_a_host_loaded_sounds_as_rendered() {
    let name = "discovery::a_preset_that_a_host_loaded_sounds_as_rendered";
    alone::apart(name, || {
        let input = drums(SECONDS);
        let files = factory();
        let mut plugin = host::Plugin::open().unwrap();
        for (place, path) in files.iter().step_by(EVERY).enumerate() {
            // At first it does not play yet; later it plays another preset.
            if place > 0 {
                plugin.activate(f64::from(input.sample_rate), 512).unwrap();
            }
            plugin.load_preset(path).unwrap();
            let sound = plugin.bounce(&input).unwrap();
            let is_same = sound.channels
                == rendered(&input, [Path::new("--preset"), path])
                    .unwrap()
                    .channels;
            assert!(is_same, "{}", path.display());
        }
    });
}

#[test]
fn what_cannot_be_loaded_leaves_all_as_it_was_and_says_why() {
    let name = "discovery::what_cannot_be_loaded_leaves_all_as_it_was_and_says_why";
    alone::apart(name, || {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("broken.yaml"), "mix: 1\nvoise: 2\n").unwrap();
        fs::write(path("seed.yaml"), "seed: 4294967295\n").unwrap();
        fs::write(path("bytes.yaml"), [0, 159, 146, 150]).unwrap();
        fs::create_dir(path("folder.yaml")).unwrap();
        let mut plugin = host::Plugin::open().unwrap();
        plugin.load_preset(&factory()[0]).unwrap();
        let before = plugin.save().unwrap();
        for (name, expected) in [
            ("missing.yaml", "missing.yaml"),
            ("broken.yaml", "did you mean `voice`?"),
            ("seed.yaml", "4294967295"),
            ("bytes.yaml", "expected a preset"),
            ("folder.yaml", "expected a preset"),
        ] {
            let refused = plugin.load_preset(&path(name)).unwrap_err().to_string();
            assert!(refused.contains(expected), "{name}: {refused}");
            assert!(plugin.save().unwrap() == before, "{name}");
        }
        let absolute = c"/somewhere/a.yaml";
        let passed: [(u32, Option<&CStr>); 6] = [
            (0, None),
            (0, Some(c"")),
            (0, Some(c"a.yaml")),
            (0, Some(c"/\xff\xfe.yaml")),
            (1, None),
            (9, Some(absolute)),
        ];
        let mut presets = listed();
        for (kind, location) in passed {
            let refused = plugin.load_preset_freely(kind, location);
            assert!(refused.is_err(), "{kind}, {location:?}");
            assert!(plugin.save().unwrap() == before, "{kind}, {location:?}");
            assert!(!presets.ask_freely(kind, location));
        }
        let heard = plugin.heard();
        assert_eq!(
            (heard.errors.len(), heard.loaded.len(), heard.rescans),
            // Not of those where the host names nothing, or something of no known kind.
            (5 + 4, 1, 1)
        );
        assert!(heard.errors.iter().all(|reason| !reason.is_empty()));
    });
}

#[test]
fn the_users_own_presets_are_listed_and_broken_ones_say_why() {
    let name = "discovery::the_users_own_presets_are_listed_and_broken_ones_say_why";
    let home = tempfile::tempdir().unwrap();
    alone::with_user(name, home.path(), || {
        // Where there is no folder, none is named.
        assert_eq!(listed().folders().len(), 1);
        let user = netbend::user_folder().unwrap();
        let own = user.join("presets");
        fs::create_dir_all(own.join("Größe 1")).unwrap();
        let write = |name: &str, text: &str| fs::write(own.join(name), text).unwrap();
        write(
            "Größe 1/Übel & gut.yaml",
            "author: Zoë\ntags: [tone]\nmix: 0.25\n",
        );
        write("loop.yml", "name: Loop\n");
        write("broken.yaml", "mix: 1\nvoise: 2\n");
        write("readme.txt", "no preset");
        fs::write(user.join("favourites.txt"), "own/Größe 1/Übel & gut.yaml\n").unwrap();
        let mut presets = listed();
        let folder = presets.folders().iter().find(|one| one.name != FACTORY);
        let folder = folder.unwrap().clone();
        assert_eq!((&folder.path, folder.flags), (&own, Flags::IS_USER_CONTENT));
        let files = presets.files(&folder);
        let told: Vec<_> = files.iter().map(|path| presets.preset(path)).collect();
        let [Ok(starred), Err(broken), Ok(plain)] = &told[..] else {
            panic!("{told:?}");
        };
        assert_eq!(
            (starred.name.as_str(), &starred.creators[..]),
            ("Übel & gut", &["Zoë".to_owned()][..])
        );
        assert_eq!(starred.flags, Flags::IS_USER_CONTENT | Flags::IS_FAVORITE);
        assert_eq!(
            (plain.name.as_str(), plain.flags, plain.features.len()),
            ("Loop", Flags::IS_USER_CONTENT, 0)
        );
        assert!(
            broken.number == 0 && broken.reason.starts_with("line 2: "),
            "{broken:?}"
        );
        let mut plugin = host::Plugin::open().unwrap();
        plugin.load_preset(&files[0]).unwrap();
        assert!((plugin.value("mix").unwrap() - 0.25).abs() < 1e-6);
        // A file that goes in the meantime, and one that never was a preset.
        fs::remove_file(&files[0]).unwrap();
        let refused = |path: &Path, presets: &mut Presets| match presets.preset(path) {
            Err(Refused { number, reason }) => (number != 0, reason),
            Ok(preset) => panic!("{preset:?}"),
        };
        assert!(refused(&files[0], &mut presets).0);
        let (_, reason) = refused(&own, &mut presets);
        assert!(reason.contains("expected a preset"), "{reason}");
        assert!(presets.preset(&own.join("readme.txt")).is_err());
    });
}

#[test]
fn a_preset_finds_the_parts_of_a_model_that_does_not_play_yet() {
    let name = "discovery::a_preset_finds_the_parts_of_a_model_that_does_not_play_yet";
    let resources = tempfile::tempdir().unwrap();
    fs::create_dir(resources.path().join("models")).unwrap();
    let model = fs::read(built::resources().join("models/drums.onnx")).unwrap();
    let parted = with_parts(&model, &["snare", "kick", "hats"]);
    fs::write(resources.path().join("models/drums.onnx"), &parted).unwrap();
    // Another model, which has them in another order.
    let other = with_parts(&model, &["hats", "kick"]);
    fs::write(resources.path().join("models/other.onnx"), other).unwrap();
    alone::with_resources(name, resources.path(), || {
        let resources = PathBuf::from(std::env::var_os("NETBEND_RESOURCES").unwrap());
        let folder = tempfile::tempdir().unwrap();
        let write = |model: &str| {
            let path = folder.path().join(format!("{model}.yaml"));
            let text = format!(
                "model: {model}\ntransforms:\n- {{layer: 2, transform: ablate, features: part, feature-param: hats}}\nparts:\n  kick: {{gain: -6}}\n"
            );
            fs::write(&path, text).unwrap();
            path
        };
        let mut plugin = host::Plugin::open().unwrap();
        let mut load = |model: &str| {
            plugin.load_preset(&write(model)).unwrap();
            let gain = plugin.value("part_gain_2").unwrap();
            let kick = plugin.text_to_value("part_gain_2", "-6 dB").unwrap();
            assert!((gain - kick).abs() < 1e-6, "{model}: {gain}");
            let part = plugin.param("slot_part_1").unwrap();
            (
                kept(&mut plugin),
                plugin.value_of(part.id).unwrap() - part.min,
            )
        };
        // Steps are counted from 0.
        let (of_drums, part) = load("drums");
        assert!((part - 2.0).abs() < 1e-3, "{part}");
        let path = folder.path().join("drums.yaml");
        assert_eq!(of_drums, expected(&playing(&resources), &path));
        let (_, part) = load("other");
        assert!(part.abs() < 1e-3, "{part}");
    });
}
