//! `netbend export`: files that load, sound as the preset did, and never cost anybody a model.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use netbend_tests::audio::Audio;
use netbend_tests::{built, measure};

use crate::netbend::{Workbench, run, said};

const BENDS: &str = "transforms:\n\
    - {layer: 2, transform: translate, params: [0.1, 0.2], features: random, feature-param: 0.5, amount: 0.8}\n\
    - {layer: 3, transform: dilate, params: [2], features: cluster, feature-param: 0}\n\
    - {layer: 3, transform: invert, params: [], features: random, feature-param: 0.2}\n";

/// The same kinds as [`BENDS`], not so much of them that auto gain ends at its limits: the model is as loud as the difference, and in an
/// exported model there is none, so that it is as loud as the input.
const MILD_BENDS: &str = "transforms:\n\
    - {layer: 2, transform: translate, params: [0.1, 0.2], features: random, feature-param: 0.5, amount: 0.3}\n\
    - {layer: 3, transform: dilate, params: [2], features: cluster, feature-param: 0, amount: 0.5}\n\
    - {layer: 3, transform: invert, params: [], features: random, feature-param: 0.1, amount: 0.05}\n";

fn written(bench: &Workbench, name: &str, text: &str) -> PathBuf {
    let path = bench.path(name);
    fs::write(&path, text).unwrap();
    path
}

/// Runs `netbend export` and gives whether it succeeded and what it said.
///
/// # Panics
/// If the program does.
fn export(preset: &Path, output: &Path, options: &[&str]) -> (bool, String) {
    let paths = [
        OsStr::new("export"),
        OsStr::new("--preset"),
        preset.as_os_str(),
        output.as_os_str(),
    ];
    let ran = run(
        paths.into_iter().chain(options.iter().map(OsStr::new)),
        &built::resources(),
    );
    let said = said(&ran);
    assert!(!said.contains("panicked"), "{said}");
    (ran.status.success(), said)
}

/// The sound without its highest bins. Those that the network does not see follow the gain of bent over clean, and what is clean to an
/// exported model is bent.
fn without_top(audio: &Audio) -> Audio {
    let smooth = |x: &Vec<f32>| {
        x.windows(3)
            .map(|x| (x[0] + 2.0 * x[1] + x[2]) / 4.0)
            .collect()
    };
    Audio {
        sample_rate: audio.sample_rate,
        channels: audio.channels.iter().map(smooth).collect(),
    }
}

#[test]
fn an_exported_model_sounds_like_its_preset() {
    let bench = Workbench::new();
    let (path, input) = bench.drums(48_000, 1);
    let preset = written(&bench, "bent.yaml", &format!("voice: 1\n{MILD_BENDS}"));
    let expected = bench.render(&path, &["--preset", preset.to_str().unwrap()]);

    let resources = bench.path("resources");
    fs::create_dir_all(resources.join("models")).unwrap();
    let library = format!("{DLL_PREFIX}onnxruntime{DLL_SUFFIX}");
    fs::copy(built::resources().join(&library), resources.join(&library)).unwrap();
    let model = resources.join("models/bent.onnx");
    let (succeeded, said_then) = export(&preset, &model, &[]);
    assert!(succeeded, "{said_then}");
    assert!(said_then.contains("3 of 3 bends"), "{said_then}");

    let plain = written(
        &bench,
        "plain.yaml",
        "voice: 1\nmodel: bent\ntransforms: []\n",
    );
    let output = bench.path("heard.wav");
    let files = [
        path.as_os_str(),
        output.as_os_str(),
        OsStr::new("--preset"),
        plain.as_os_str(),
    ];
    let ran = run([OsStr::new("render")].into_iter().chain(files), &resources);
    assert!(ran.status.success(), "{}", said(&ran));
    let heard = Audio::read_wav(&output).unwrap();
    let difference = measure::null_db(&without_top(&expected), &without_top(&heard));
    assert!(difference < -50.0, "{difference} dB");
    assert!(measure::null_db(&input, &heard) > -30.0);
}

#[test]
fn an_exported_model_is_inspected_and_a_decoder_is_not() {
    let bench = Workbench::new();
    let preset = written(&bench, "preset.yaml", BENDS);
    let (whole, decoder) = (bench.path("whole.onnx"), bench.path("decoder.onnx"));
    for (output, options) in [(&whole, &[][..]), (&decoder, &["--decoder"])] {
        let (succeeded, said) = export(&preset, output, options);
        assert!(succeeded, "{said}");
        assert!(!said.contains("latent play"), "{said}");
    }
    let inspect = |file: &Path| {
        run(
            [OsStr::new("inspect"), file.as_os_str()],
            &built::resources(),
        )
    };
    let ran = inspect(&whole);
    assert!(
        ran.status.success() && said(&ran).contains("drums"),
        "{}",
        said(&ran)
    );
    let ran = inspect(&decoder);
    assert!(
        !ran.status.success() && said(&ran).contains("metadata"),
        "{}",
        said(&ran)
    );
    let left: Vec<_> = fs::read_dir(whole.parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .filter(|name| name.to_string_lossy().contains("part"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn what_a_model_cannot_hold_is_said() {
    let bench = Workbench::new();
    let text = format!("latent:\n  freeze: true\n{BENDS}");
    let preset = written(&bench, "freeze.yaml", &text);
    let (succeeded, said) = export(&preset, &bench.path("o.onnx"), &[]);
    assert!(succeeded && said.contains("latent play"), "{said}");
}

#[test]
fn the_file_that_is_read_is_never_written() {
    let bench = Workbench::new();
    let preset = written(&bench, "preset.yaml", BENDS);
    let model = bench.path("model.onnx");
    fs::copy(built::resources().join("models/drums.onnx"), &model).unwrap();
    let before = fs::read(&model).unwrap();
    // Named in another way, it is the same file.
    let again = bench.path("").join(".").join("model.onnx");
    for output in [&model, &again, &preset] {
        let (succeeded, said) = export(&preset, output, &["--model", model.to_str().unwrap()]);
        assert!(!succeeded && said.contains("another name"), "{said}");
    }
    assert!(before == fs::read(&model).unwrap());
    assert_eq!(fs::read_to_string(&preset).unwrap(), BENDS);
}

#[test]
fn what_does_not_fit_is_named_and_nothing_is_written() {
    let bench = Workbench::new();
    for (name, text, words) in [
        (
            "explode.yaml",
            "transforms:\n- {layer: 1, transform: explode}\n",
            "explode",
        ),
        (
            "layer.yaml",
            "transforms:\n- {layer: 12, transform: ablate}\n",
            "layers 1 to",
        ),
        (
            "elsewhere.yaml",
            "model: nowhere\ntransforms: []\n",
            "nowhere",
        ),
    ] {
        let preset = written(&bench, name, text);
        let output = bench.path("never.onnx");
        let (succeeded, said) = export(&preset, &output, &[]);
        assert!(!succeeded && said.contains(words), "{said}");
        assert!(!output.exists());
    }
    let (succeeded, said) = export(&bench.path("missing.yaml"), &bench.path("never.onnx"), &[]);
    assert!(!succeeded && said.contains("missing.yaml"), "{said}");
}
