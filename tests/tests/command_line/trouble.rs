//! What the program says when something is wrong: what it found, and never a panic.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use netbend_tests::built;

use crate::netbend::{Workbench, run, said};

/// Runs `netbend render` and gives its complaint.
///
/// # Panics
/// If it succeeds, or panics.
fn complaint(input: &Path, output: &Path, options: &[&str], resources: &Path) -> String {
    let paths = [OsStr::new("render"), input.as_os_str(), output.as_os_str()];
    let ran = run(
        paths.into_iter().chain(options.iter().map(OsStr::new)),
        resources,
    );
    let said = said(&ran);
    assert!(!ran.status.success(), "it should fail; it said:\n{said}");
    assert!(!said.contains("panicked"), "{said}");
    said
}

fn assert_mentions(complaint: &str, words: &[&str]) {
    let complaint = complaint.to_lowercase();
    for word in words {
        assert!(
            complaint.contains(&word.to_lowercase()),
            "no `{word}` in:\n{complaint}"
        );
    }
}

#[test]
fn a_missing_file_is_named() {
    let bench = Workbench::new();
    let said = complaint(
        &bench.path("nowhere.wav"),
        &bench.path("o.wav"),
        &[],
        &built::resources(),
    );
    assert_mentions(&said, &["nowhere.wav"]);
}

#[test]
fn a_file_that_holds_no_sound_is_named() {
    let bench = Workbench::new();
    let text = bench.path("text.wav");
    fs::write(&text, "this is no sound").unwrap();
    assert_mentions(
        &complaint(&text, &bench.path("o.wav"), &[], &built::resources()),
        &["text.wav"],
    );
}

#[test]
fn an_unknown_parameter_and_a_senseless_value_are_named() {
    let bench = Workbench::new();
    let (input, _) = bench.drums(48_000, 1);
    let output = bench.path("o.wav");
    for (setting, words) in [
        ("nonsense=1", &["nonsense"][..]),
        ("slot_transform_1=purple", &["purple"]),
    ] {
        let said = complaint(&input, &output, &["--set", setting], &built::resources());
        assert_mentions(&said, words);
    }
}

#[test]
fn a_broken_preset_is_named_with_its_line() {
    let bench = Workbench::new();
    let (input, _) = bench.drums(48_000, 1);
    let preset = bench.path("broken.yaml");
    fs::write(
        &preset,
        "transforms:\n- layer: 2\n  transform: \"explode\"\n  params: []\n",
    )
    .unwrap();
    let options = ["--preset", preset.to_str().unwrap()];
    let said = complaint(&input, &bench.path("o.wav"), &options, &built::resources());
    assert_mentions(&said, &["broken.yaml", "explode"]);
}

#[test]
fn a_missing_runtime_a_missing_model_and_a_truncated_model_are_told_apart() {
    let bench = Workbench::new();
    let (input, _) = bench.drums(48_000, 1);
    let shipped = built::resources();
    let folder = |name: &str| {
        let folder = bench.path(name);
        fs::create_dir_all(folder.join("models")).unwrap();
        folder
    };
    let copy = |from: &str, to: &Path| fs::copy(shipped.join(from), to.join(from)).unwrap();
    let library = format!("{DLL_PREFIX}onnxruntime{DLL_SUFFIX}");
    let model = "models/drums.onnx";

    let no_runtime = folder("no-runtime");
    copy(model, &no_runtime);
    let no_model = folder("no-model");
    copy(&library, &no_model);
    let truncated = folder("truncated");
    copy(&library, &truncated);
    let bytes = fs::read(shipped.join(model)).unwrap();
    fs::write(truncated.join(model), &bytes[..bytes.len() / 2]).unwrap();

    let bend = ["--set", "slot_on_1=on"];
    for (resources, words) in [
        (&no_runtime, &["ONNX Runtime"][..]),
        (&no_model, &["model", "drums", "missing"]),
        (&truncated, &["drums.onnx"]),
    ] {
        assert_mentions(
            &complaint(&input, &bench.path("o.wav"), &bend, resources),
            words,
        );
    }
}
