//! The presets that ship: each says what it is, and fits a model that ships.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use netbend_models::node::weights::weight_layers;
use netbend_models::preset::KNOWN_TAGS;
use netbend_models::{Package, Preset};

/// As many as there are at least.
const FEWEST: usize = 64;

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The files of a folder's folders, in order.
fn files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for category in fs::read_dir(folder("presets")).unwrap() {
        let category = category.unwrap().path();
        assert!(category.is_dir(), "{}", category.display());
        for file in fs::read_dir(category).unwrap() {
            found.push(file.unwrap().path());
        }
    }
    found.sort();
    found
}

fn bank() -> Vec<(PathBuf, Preset)> {
    let load = |path: PathBuf| {
        let preset = Preset::load(&path).unwrap();
        (path, preset)
    };
    files().into_iter().map(load).collect()
}

#[test]
fn the_bank_is_large_and_no_name_is_there_twice() {
    let files = files();
    assert!(files.len() >= FEWEST, "{} presets", files.len());
    let stems: BTreeSet<_> = files.iter().map(|path| path.file_stem()).collect();
    assert_eq!(stems.len(), files.len());
    for path in files {
        assert_eq!(path.extension().unwrap(), "yaml", "{}", path.display());
    }
}

#[test]
fn every_preset_says_what_it_is() {
    let mut names = BTreeSet::new();
    for (path, preset) in bank() {
        let said = &preset.metadata;
        let shown = path.display();
        let stem = said.name.to_lowercase().replace(' ', "-");
        assert_eq!(path.file_stem().unwrap(), stem.as_str(), "{shown}");
        assert!(
            names.insert(said.name.to_lowercase()),
            "{shown}: its name is there twice"
        );
        assert_eq!(said.author, "Netbend", "{shown}");
        assert!(!said.description.is_empty(), "{shown}");
        let category = path.parent().unwrap().file_name().unwrap();
        let tags = &said.tags;
        assert!(
            tags.iter().any(|tag| category == tag.as_str()),
            "{shown}: {tags:?}"
        );
        for tag in tags {
            assert!(KNOWN_TAGS.contains(&tag.as_str()), "{shown}: {tag}");
        }
    }
}

#[test]
fn every_preset_fits_a_model_that_ships() {
    let models = ["drums", "drums-parts"].map(|name| {
        let package = Package::load(&folder(&format!("../models/{name}.onnx"))).unwrap();
        let weights = weight_layers(&package).unwrap().len();
        (name, package, weights)
    });
    for (path, preset) in bank() {
        let wanted = preset.model.as_deref().unwrap();
        let found = models.iter().find(|(name, ..)| *name == wanted);
        let (_, package, weights) = found.unwrap_or_else(|| panic!("{}: {wanted}", path.display()));
        assert_eq!(preset.model_sha256, None, "{}", path.display());
        preset.check(package.manifest()).unwrap();
        preset.check_cost(package.manifest()).unwrap();
        preset.check_weights(*weights).unwrap();
    }
}

#[test]
fn every_preset_reads_back_as_it_was_written() {
    for (path, preset) in bank() {
        let again = Preset::from_yaml(&preset.to_yaml(), "again.yaml").unwrap();
        assert_eq!(again.to_yaml(), preset.to_yaml(), "{}", path.display());
        assert_eq!(again.bends, preset.bends, "{}", path.display());
    }
}
