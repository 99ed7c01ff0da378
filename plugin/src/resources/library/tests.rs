//! The library in folders made up.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

use std::time::{Duration, Instant};

use netbend_models::Preset;
use netbend_models::preset::Metadata;
use tempfile::TempDir;

use super::*;

struct Folders {
    root: TempDir,
    library: Library,
}

impl Folders {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let path = |name: &str| root.path().join(name);
        let library = Library::at(vec![path("factory")], Some(path("user")));
        Self { root, library }
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.root.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn names(&self, search: &Search) -> Vec<String> {
        let entries = self.library.entries();
        let found = search.found(&entries, |entry| self.library.is_favourite(entry));
        let name = |place: usize| entries[place].name().to_owned();
        found.into_iter().map(name).collect()
    }

    fn entry(&self, name: &str) -> Entry {
        self.library.scan();
        let entries = self.library.entries();
        let found = entries.iter().find(|entry| entry.name() == name);
        found.unwrap().clone()
    }
}

fn filled() -> Folders {
    let folders = Folders::new();
    folders.write(
        "factory/Texture/wet.yaml",
        "name: Wet Cardboard\nauthor: Netbend\ntags: [texture, tone]\ndescription: Hats of paper\nmodel: drums\n",
    );
    folders.write("factory/dust.yml", "tags: [texture]\nmix: 0.5\n");
    folders.write(
        "user/presets/Mine/loop.yaml",
        "name: Loop\ntags: [rhythm]\n",
    );
    folders.write("user/presets/plain.yaml", "transforms: []\n");
    folders.write("user/presets/broken.yaml", "mix: 1\nvoise: 2\n");
    folders.write("user/presets/.hidden.yaml", "mix: 1\n");
    folders.write("user/presets/readme.txt", "no preset");
    folders.library.scan();
    folders
}

fn named(name: &str) -> Preset {
    let mut preset = Preset::default();
    preset.metadata.name = name.to_owned();
    preset
}

#[test]
fn what_is_named_so_comes_before_what_else_says_so() {
    let folders = filled();
    folders.write("user/presets/hats.yaml", "name: Late Hats\n");
    folders.library.scan();
    let search = Search {
        text: "HATS".into(),
        ..Search::default()
    };
    assert_eq!(folders.names(&search), ["Late Hats", "Wet Cardboard"]);
    let search = Search {
        text: "wet hats".into(),
        ..Search::default()
    };
    assert_eq!(folders.names(&search), ["Wet Cardboard"]);
}

#[test]
fn all_files_are_listed_and_broken_ones_say_why() {
    let folders = filled();
    assert_eq!(
        folders.names(&Search::default()),
        ["dust", "Wet Cardboard", "broken", "plain", "Loop"]
    );
    let wet = folders.entry("Wet Cardboard");
    assert_eq!(
        (wet.folder.as_str(), wet.origin),
        ("Texture", Origin::Shipped)
    );
    assert_eq!((wet.model.as_deref(), wet.problem), (Some("drums"), None));
    let problem = folders.entry("broken").problem.unwrap();
    assert!(
        problem.starts_with("line 2: ") && problem.contains("did you mean `voice`?"),
        "{problem}"
    );
    let nowhere = Library::at(vec![folders.root.path().join("none")], None);
    nowhere.scan();
    assert!(nowhere.entries().is_empty());
}

#[test]
fn words_are_found_in_all_that_a_preset_says_and_in_its_folder() {
    let folders = filled();
    let with = |text: &str| Search {
        text: text.to_owned(),
        ..Search::default()
    };
    for (text, expected) in [
        ("  CARD ", &["Wet Cardboard"][..]),
        ("paper hats", &["Wet Cardboard"]),
        ("texture", &["dust", "Wet Cardboard"]),
        ("texture netbend", &["Wet Cardboard"]),
        ("mine", &["Loop"]),
        ("cardboard loop", &[]),
    ] {
        assert_eq!(folders.names(&with(text)), expected, "{text}");
    }
    let own = Search {
        origin: Some(Origin::Own),
        ..Search::default()
    };
    assert_eq!(folders.names(&own), ["broken", "plain", "Loop"]);
    let tagged = Search {
        tags: vec!["texture".into(), "tone".into()],
        ..Search::default()
    };
    assert_eq!(folders.names(&tagged), ["Wet Cardboard"]);
}

#[test]
fn favourites_stay() {
    let folders = filled();
    let favourites = Search {
        favourites: true,
        ..Search::default()
    };
    assert!(folders.names(&favourites).is_empty());
    for name in ["Wet Cardboard", "Loop"] {
        let entry = folders.entry(name);
        folders.library.set_favourite(&entry, true).unwrap();
    }
    let text = || std::fs::read_to_string(folders.root.path().join("user/favourites.txt")).unwrap();
    assert_eq!(text(), "factory/Texture/wet.yaml\nown/Mine/loop.yaml\n");
    // Those of presets that are not there are kept.
    folders.write("user/favourites.txt", &format!("own/gone.yaml\n{}", text()));
    folders.library.scan();
    assert_eq!(folders.names(&favourites), ["Wet Cardboard", "Loop"]);
    let entry = folders.entry("Loop");
    folders.library.set_favourite(&entry, false).unwrap();
    assert_eq!(text(), "factory/Texture/wet.yaml\nown/gone.yaml\n");
}

#[test]
fn nothing_is_written_over_unless_that_is_asked_for() {
    let folders = Folders::new();
    let library = &folders.library;
    let mut preset = named("Drift: one");
    preset.mix = 0.25;
    let path = library.save(&preset, "Mine/new", Wanted::New).unwrap();
    let expected = folders
        .root
        .path()
        .join("user/presets/Mine/new/Drift- one.yaml");
    assert_eq!(path, expected);
    assert_eq!(Preset::load(&path).unwrap().to_yaml(), preset.to_yaml());
    let old = preset.to_yaml();
    preset.mix = 0.5;
    let refused = library.save(&preset, "Mine/new", Wanted::New).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "there is a preset `Drift: one` already"
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), old);
    for _ in 0..2 {
        library
            .save(&preset, "Mine/new", Wanted::InPlaceOf)
            .unwrap();
    }
    assert_eq!(Preset::load(&path).unwrap().mix, 0.5);
    let removed = folders.root.path().join("user/removed");
    let kept = std::fs::read_to_string(removed.join("Drift- one.yaml")).unwrap();
    assert_eq!(kept, old);
    assert!(removed.join("Drift- one 2.yaml").is_file());
    let nameless = library.save(&named(""), "", Wanted::New).unwrap_err();
    assert!(matches!(nameless, LibraryError::NoName));
}

#[test]
fn own_presets_are_renamed_and_removed_and_those_of_netbend_stay() {
    let folders = filled();
    let library = &folders.library;
    let wet = folders.entry("Wet Cardboard");
    let refused = library.rename(&wet, "Dry").unwrap_err();
    assert!(matches!(refused, LibraryError::Factory), "{refused}");
    assert!(library.remove(&wet).is_err() && wet.path.is_file());
    let own = folders.entry("Loop");
    let path = library.rename(&own, " Circle ").unwrap();
    assert!(path.ends_with("user/presets/Mine/Circle.yaml") && !own.path.exists());
    let circle = folders.entry("Circle");
    assert_eq!(circle.metadata.tags, ["rhythm"]);
    library.save(&named("Square"), "Mine", Wanted::New).unwrap();
    let taken = library.rename(&circle, "Square").unwrap_err();
    assert!(matches!(taken, LibraryError::Exists(_)), "{taken}");
    assert!(library.rename(&folders.entry("broken"), "whole").is_err());
    let removed = library.remove(&circle).unwrap();
    assert!(removed.is_file() && !circle.path.exists());
    let names = folders.names(&Search::default());
    library.scan();
    assert_eq!(folders.names(&Search::default()).len(), names.len() - 1);
}

#[test]
fn a_scan_in_the_background_ends() {
    let folders = filled();
    let before = folders.library.scans();
    folders.library.begin_scan();
    let begun = Instant::now();
    while folders.library.is_scanning() || folders.library.scans() == before {
        assert!(begun.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(folders.library.entries().len(), 5);
    assert_eq!(
        folders.library.entries()[0].metadata.author,
        Metadata::default().author
    );
}
