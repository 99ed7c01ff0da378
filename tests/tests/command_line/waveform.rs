//! Presets on a waveform model: what bends nothing there is said, and the rest is played; variations.

use std::ffi::OsStr;
use std::fs;

use netbend_tests::{built, measure};

use crate::netbend::{Workbench, run, said};

/// The first needs a picture, the second more steps, the third is heard.
const BENDS: &str = "model: drums-waveform\ntransforms:\n\
    - {layer: 5, transform: rotate, params: [90]}\n\
    - {layer: 6, transform: flip-v}\n\
    - {layer: 7, transform: ablate, features: random, feature-param: 0.5}\n";
/// What is said of the first two.
const SAID: [&str; 5] = [
    "rotate found on layer 5 (decoder.slow.1.1.mixed.sum); it needs a picture of time and frequency",
    "expected ablate, invert, scalar-multiply, binary-thresh, flip-h, translate",
    "flip-v found on layer 6 (decoder.coarse.1.1.mixed.sum); it needs 32 steps in a block, and there are 4",
    "layers 1, 8, 9, 10, 11, 12 have as many",
    "bends nothing",
];

#[test]
fn what_bends_nothing_is_said_by_every_command_and_the_rest_is_played() {
    let bench = Workbench::new();
    let (input, dry) = bench.drums(44_100, 1);
    let preset = bench.path("bent.yaml");
    fs::write(&preset, BENDS).unwrap();
    let (sound, model, folder) = (
        bench.path("out.wav"),
        bench.path("bent.onnx"),
        bench.path("all"),
    );
    let preset = preset.as_os_str();
    let commands: [Vec<&OsStr>; 3] = [
        vec![
            "render".as_ref(),
            input.as_ref(),
            sound.as_ref(),
            "--preset".as_ref(),
            preset,
        ],
        vec![
            "export".as_ref(),
            "--preset".as_ref(),
            preset,
            model.as_ref(),
        ],
        vec![
            "variations".as_ref(),
            input.as_ref(),
            "--preset".as_ref(),
            preset,
            "--out".as_ref(),
            folder.as_ref(),
            "--count".as_ref(),
            "1".as_ref(),
        ],
    ];
    for command in commands {
        let ran = run(command.iter().copied(), &built::resources());
        let told = String::from_utf8_lossy(&ran.stderr).into_owned();
        assert!(ran.status.success(), "{}", said(&ran));
        for expected in SAID {
            assert!(
                told.contains(expected),
                "{command:?}: no `{expected}` in:\n{told}"
            );
        }
        let warnings = told.lines().filter(|line| line.contains("warning:"));
        assert_eq!(warnings.count(), 2, "{command:?}:\n{told}");
    }
    let bent = netbend_tests::audio::Audio::read_wav(&sound).unwrap();
    assert!(measure::null_db(&dry, &bent) > -40.0, "nothing is bent");
    assert!(folder.join("1.wav").is_file() || folder.join("01.wav").is_file());
}

#[test]
fn a_bend_without_a_slot_is_said_too_and_of_a_spectrogram_model_nothing() {
    let bench = Workbench::new();
    let (input, _) = bench.drums(44_100, 1);
    let render = |text: &str| {
        let preset = bench.path("bent.yaml");
        fs::write(&preset, text).unwrap();
        let sound = bench.path("out.wav");
        let command = ["render".as_ref(), input.as_os_str(), sound.as_os_str()];
        let options = ["--preset".as_ref(), preset.as_os_str()];
        let ran = run(command.into_iter().chain(options), &built::resources());
        assert!(ran.status.success(), "{}", said(&ran));
        String::from_utf8_lossy(&ran.stderr).into_owned()
    };
    // No knob reaches layer 20.
    let beyond =
        "model: drums-waveform\ntransforms:\n- {layer: 20, transform: erode, params: [1]}\n";
    let told = render(beyond);
    assert!(told.contains("erode found on layer 20"), "{told}");
    assert!(told.contains("without a slot bends nothing"), "{told}");
    let picture = "model: drums\ntransforms:\n- {layer: 2, transform: erode, params: [1]}\n";
    let told = render(picture);
    assert!(!told.contains("warning"), "{told}");
}
