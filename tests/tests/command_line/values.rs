//! Values, presets and automation that cannot be meant: refused before anything is rendered or written.

use std::ffi::OsStr;
use std::fs;

use netbend_tests::built;

use crate::netbend::{Workbench, run, said};

/// Renders with these options; what was said where that failed and wrote nothing.
fn refusal(bench: &Workbench, options: &[&str]) -> String {
    let (input, output) = (bench.path("drums-48000-1.wav"), bench.path("o.wav"));
    let paths = [OsStr::new("render"), input.as_os_str(), output.as_os_str()];
    let ran = run(
        paths.into_iter().chain(options.iter().map(OsStr::new)),
        &built::resources(),
    );
    let said = said(&ran);
    assert!(
        !ran.status.success(),
        "{options:?} should fail; it said:\n{said}"
    );
    assert!(!said.contains("panicked"), "{said}");
    assert!(!output.exists(), "{options:?} wrote something");
    said
}

#[test]
fn values_are_checked_and_what_would_help_is_said() {
    let bench = Workbench::new();
    bench.drums(48_000, 1);
    for (setting, expected) in [
        ("mix=nan", "mix: `nan` found; expected a number from 0 to 1"),
        ("gain=inf", "-24.0 dB to 24.0 dB"),
        (
            "voice=1.7",
            "expected a number from 0 to 1, or 0.0 % to 100.0 %",
        ),
        ("voise=1", "did you mean `voice`?"),
        ("seed=1.5", "a whole number"),
        ("mix=0,5", "with a point"),
        ("slot_parameter_1=3", "`50 %` for the knob's position"),
        ("bypass=perhaps", "on or off"),
        ("latency=studo", "did you mean `Studio`?"),
    ] {
        let said = refusal(&bench, &["--set", setting]);
        assert!(said.contains(expected), "{setting}: {said}");
        assert!(said.lines().count() < 4, "{said}");
    }
    let automation = bench.path("automation.csv");
    for (line, expected) in [
        ("0,mix,nan", "line 1: mix: `nan` found"),
        ("0,mix,0.5\n1,mix,inf", "line 2"),
        ("0,mxi,1", "did you mean `mix`?"),
        ("transforms: []", "this is a preset"),
    ] {
        fs::write(&automation, line).unwrap();
        let said = refusal(&bench, &["--automate", automation.to_str().unwrap()]);
        assert!(said.contains(expected), "{line}: {said}");
        assert!(said.contains("automation.csv"), "{said}");
    }
}

#[test]
fn a_preset_that_would_bend_something_else_is_refused() {
    let bench = Workbench::new();
    bench.drums(48_000, 1);
    let preset = bench.path("given.yaml");
    let bend = "transforms:\n- layer: 4\n  transform: dilate\n  params: [3]\n  features: all\n";
    let many = format!(
        "transforms:\n{}",
        bend["transforms:\n".len()..].repeat(2_000)
    );
    let dear = many[..many.len() / 10].to_owned() + "\n";
    let dear = dear[..dear.rfind("- layer").unwrap()].to_owned();
    for (text, expected) in [
        (
            format!("voise: 1.0\n{bend}"),
            "line 1: key `voise` found; did you mean `voice`?",
        ),
        (
            format!("{bend}  amout: 0.1\n"),
            "line 6: key `amout` found; did you mean `amount`?",
        ),
        (
            bend.replacen("transforms", "transform", 1),
            "did you mean `transforms`?",
        ),
        (
            bend.replacen("transforms", "Transforms", 1),
            "did you mean `transforms`?",
        ),
        (String::new(), "the file is empty"),
        (
            "1:\n- {cluster_index: 0, feature_index: 0}\n".to_owned(),
            "this is a cluster file; give it to `netbend cluster MODEL --import FILE`",
        ),
        (many, "2000 bends found; expected at most 256"),
        (dear, "they would not play in time"),
        (format!("model: ../drums\n{bend}"), "not a path"),
        (format!("model: drumz\n{bend}"), "did you mean `drums`?"),
    ] {
        fs::write(&preset, &text).unwrap();
        let said = refusal(&bench, &["--preset", preset.to_str().unwrap()]);
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn what_a_knob_of_a_transform_came_to_is_said_and_every_parameter_is_listed() {
    let bench = Workbench::new();
    let (input, _) = bench.drums(48_000, 1);
    let output = bench.path("o.wav");
    let paths = [OsStr::new("render"), input.as_os_str(), output.as_os_str()];
    let settings = [
        "--set",
        "slot_parameter_1=r=3",
        "--set",
        "slot_transform_1=dilate",
    ];
    let ran = run(
        paths.into_iter().chain(settings.iter().map(OsStr::new)),
        &built::resources(),
    );
    let said_then = said(&ran);
    assert!(ran.status.success(), "{said_then}");
    assert!(
        said_then.contains("slot 1: dilate, radius r = 3 "),
        "{said_then}"
    );
    let listed = said(&run([OsStr::new("parameters")], &built::resources()));
    for id in [
        "voice",
        "slot_parameter_8",
        "weight_seed_2",
        "band_high",
        "0.0 % … 100.0 %",
    ] {
        assert!(listed.contains(id), "{listed}");
    }
}
