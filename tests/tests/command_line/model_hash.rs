//! Another file under the model's name is told, and the right one is found whatever it is called.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use netbend_tests::built;

use crate::netbend::{Workbench, run, said};

const BEND: &str = "transforms:\n- {layer: 2, transform: ablate}\n";

/// Resources of one's own, with the shipped model as `drums`.
fn resources(bench: &Workbench) -> PathBuf {
    let (shipped, own) = (built::resources(), bench.path("resources"));
    fs::create_dir_all(own.join("models")).unwrap();
    for entry in fs::read_dir(&shipped).unwrap().flatten() {
        if entry.path().is_file() {
            fs::copy(entry.path(), own.join(entry.file_name())).unwrap();
        }
    }
    fs::copy(
        shipped.join("models/drums.onnx"),
        own.join("models/drums.onnx"),
    )
    .unwrap();
    own
}

/// The same model in other bytes: with a field for people, `doc_string`, behind it.
fn change(model: &Path) {
    let mut bytes = fs::read(model).unwrap();
    bytes.extend([6 << 3 | 2, 1, b'x']);
    fs::write(model, bytes).unwrap();
}

fn render(bench: &Workbench, resources: &Path, options: &[&str]) -> (bool, String) {
    let (input, output) = (bench.path("drums-48000-1.wav"), bench.path("o.wav"));
    let paths = [OsStr::new("render"), input.as_os_str(), output.as_os_str()];
    let ran = run(
        paths.into_iter().chain(options.iter().map(OsStr::new)),
        resources,
    );
    (ran.status.success(), said(&ran))
}

fn hash_in(preset: &Path) -> String {
    let text = fs::read_to_string(preset).unwrap();
    let line = text.lines().find(|line| line.starts_with("model-sha256: "));
    line.map_or_else(String::new, |line| {
        line["model-sha256: ".len()..].trim_matches('"').to_owned()
    })
}

#[test]
fn a_preset_keeps_the_hash_of_its_model_and_another_file_is_told() {
    let bench = Workbench::new();
    bench.drums(48_000, 1);
    let resources = resources(&bench);
    let model = resources.join("models/drums.onnx");
    let [plain, saved, again, adopted] =
        ["plain.yaml", "saved.yaml", "again.yaml", "adopted.yaml"].map(|name| bench.path(name));
    fs::write(&plain, format!("model: drums\n{BEND}")).unwrap();
    let text = |path: &Path| path.to_str().unwrap().to_owned();
    let with = |preset: &Path, save: &Path| {
        let options = ["--preset", &text(preset), "--save-preset", &text(save)].map(str::to_owned);
        options.to_vec()
    };
    let go = |options: Vec<String>| {
        let options: Vec<_> = options.iter().map(String::as_str).collect();
        let (done, said) = render(&bench, &resources, &options);
        assert!(done, "{said}");
        said
    };

    // The first file is kept.
    go(with(&plain, &saved));
    let first = hash_in(&saved);
    assert_eq!(first.len(), 64);

    // It has another name now, and another file has its own: that is no difference.
    fs::rename(&model, resources.join("models/old.onnx")).unwrap();
    let said = go(with(&saved, &again));
    assert!(!said.contains("warning"), "{said}");
    fs::copy(resources.join("models/old.onnx"), &model).unwrap();
    change(&model);
    let said = go(with(&saved, &again));
    assert!(!said.contains("warning"), "{said}");
    assert_eq!(hash_in(&again), first);

    // It is gone: what is there plays, and that is said; what is saved keeps the hash.
    fs::remove_file(resources.join("models/old.onnx")).unwrap();
    let said = go(with(&saved, &again));
    assert!(said.contains("another file than the preset's"), "{said}");
    assert!(said.contains(&first), "{said}");
    assert_eq!(hash_in(&again), first);

    // Until another is chosen.
    let mut options = with(&saved, &adopted);
    options.extend(["--model".to_owned(), "drums".to_owned()]);
    let said = go(options);
    assert!(!said.contains("another file"), "{said}");
    assert_ne!(hash_in(&adopted), first);
    let said = go(with(&adopted, &again));
    assert!(!said.contains("another file"), "{said}");

    // A preset without a hash takes any file of the name; one whose model is missing says what was looked for.
    assert!(!go(with(&plain, &again)).contains("another file"));
    fs::remove_file(&model).unwrap();
    let (done, said) = render(&bench, &resources, &["--preset", &text(&saved)]);
    assert!(!done);
    assert!(
        said.contains("`drums` is missing") && said.contains(&first[..12]),
        "{said}"
    );
}
