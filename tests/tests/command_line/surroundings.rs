//! What lies around the program: full disks, limits, pipes, names that are no names for what is written. Nothing hangs, panics or is lost.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use netbend_tests::built;

use crate::netbend::{Workbench, run, said};

/// `netbend` with these arguments, to be run by hand.
fn netbend(arguments: &[&str]) -> Command {
    let mut command = Command::new(built::command_line());
    command
        .args(arguments)
        .env("NETBEND_RESOURCES", built::resources());
    command
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn render(bench: &Workbench, options: &[&str]) -> Output {
    let (input, output) = (bench.path("drums-48000-1.wav"), bench.path("o.wav"));
    let paths = [OsStr::new("render"), input.as_os_str(), output.as_os_str()];
    run(
        paths.into_iter().chain(options.iter().map(OsStr::new)),
        &built::resources(),
    )
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_the_output_is_one_line() {
    let bench = Workbench::new();
    let (input, _) = bench.drums(48_000, 1);
    let full = || Stdio::from(File::options().write(true).open("/dev/full").unwrap());
    for arguments in [
        &["inspect"][..],
        &["inspect", "--json"],
        &["parameters"],
        &["--help"],
        &["--version"],
    ] {
        let ran = netbend(arguments).stdout(full()).output().unwrap();
        let said = said(&ran);
        assert_eq!(ran.status.code(), Some(1), "{arguments:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.contains("standard output cannot be written"), "{said}");
        let ran = netbend(arguments).stderr(full()).output().unwrap();
        assert!(ran.status.success(), "{arguments:?}");
    }
    let output = bench.path("o.wav");
    let options = ["--set", "slot_parameter_1=50 %", "--set", "mix=40"];
    let arguments = [&["render", text(&input), text(&output)], &options[..]].concat();
    assert!(
        netbend(&arguments)
            .stderr(full())
            .status()
            .unwrap()
            .success()
    );
    assert!(output.exists());
    // What is wrong keeps its exit code where it cannot be said.
    let wrong = netbend(&["render"]).stderr(full()).status().unwrap();
    assert_eq!(wrong.code(), Some(2));
}

#[test]
fn a_sound_is_not_overwritten_by_what_is_none() {
    let bench = Workbench::new();
    bench.drums(48_000, 1);
    let (song, bends) = (bench.path("song.wav"), bench.path("bends.yaml"));
    fs::write(&song, "a song").unwrap();
    fs::write(&bends, "transforms:\n- {layer: 2, transform: ablate}\n").unwrap();
    let told = |ran: &Output, ending: &str| {
        let said = said(ran);
        assert!(!ran.status.success(), "{said}");
        assert!(
            said.contains("`.wav` found") && said.contains(ending),
            "{said}"
        );
        assert_eq!(fs::read_to_string(&song).unwrap(), "a song");
    };
    told(&render(&bench, &["--save-preset", text(&song)]), ".yml");
    for arguments in [
        ["export", "--preset", text(&bends), text(&song)],
        ["cluster", "drums", "--out", text(&song)],
    ] {
        told(
            &run(arguments.map(OsStr::new), &built::resources()),
            ".onnx",
        );
    }
    let yaml = ["cluster", "drums", "--yaml", text(&song)];
    told(&run(yaml.map(OsStr::new), &built::resources()), ".yaml");
    assert!(!bench.path("o.wav").exists());
}

#[test]
fn a_preset_is_saved_when_the_sound_is() {
    let bench = Workbench::new();
    let saved = bench.path("saved.yaml");
    fs::write(bench.path("drums-48000-1.wav"), "no sound").unwrap();
    assert!(
        !render(&bench, &["--save-preset", text(&saved)])
            .status
            .success()
    );
    assert!(!saved.exists());
    bench.drums(48_000, 1);
    assert!(
        render(&bench, &["--save-preset", text(&saved)])
            .status
            .success()
    );
    assert!(saved.exists());
}

#[cfg(unix)]
#[test]
fn a_limit_of_file_sizes_is_an_error_that_leaves_nothing() {
    let bench = Workbench::new();
    let (input, _) = bench.drums(48_000, 2);
    let before = fs::read_dir(bench.path("")).unwrap().count();
    let ran = Command::new("sh")
        .args(["-c", "ulimit -f 40; exec \"$@\"", "sh"])
        .arg(built::command_line())
        .args([
            OsStr::new("render"),
            input.as_os_str(),
            bench.path("o.wav").as_os_str(),
        ])
        .env("NETBEND_RESOURCES", built::resources())
        .output()
        .unwrap();
    assert_eq!(ran.status.code(), Some(1), "{}", said(&ran));
    assert_eq!(fs::read_dir(bench.path("")).unwrap().count(), before);
}

#[cfg(unix)]
#[test]
fn nobody_waits_for_a_pipe() {
    let bench = Workbench::new();
    let (input, _) = bench.drums(48_000, 1);
    let [pipe, out, model] = ["pipe", "pipe.wav", "pipe.onnx"].map(|name| bench.path(name));
    for name in [&pipe, &out, &model, &bench.path("pipe.yaml")] {
        assert!(Command::new("mkfifo").arg(name).status().unwrap().success());
    }
    let preset = bench.path("bends.yaml");
    fs::write(&preset, "transforms: []\n").unwrap();
    let (yaml, o) = (bench.path("pipe.yaml"), bench.path("o.wav"));
    let (input, o) = (text(&input), text(&o));
    for arguments in [
        &["render", text(&pipe), o][..],
        &["render", input, text(&out)],
        &["render", input, o, "--preset", text(&pipe)],
        &["render", input, o, "--automate", text(&pipe)],
        &["render", input, o, "--sidechain", text(&pipe)],
        &["render", input, o, "--save-preset", text(&yaml)],
        &["export", "--preset", text(&preset), text(&model)],
        &["export", "--preset", text(&pipe), "o.onnx"],
        &["cluster", "drums", "--import", text(&pipe)],
        &["inspect", text(&model)],
    ] {
        let ran = Command::new("timeout")
            .arg("60")
            .arg(built::command_line())
            .args(arguments)
            .env("NETBEND_RESOURCES", built::resources())
            .output()
            .unwrap();
        let said = said(&ran);
        assert_eq!(ran.status.code(), Some(1), "{arguments:?}: {said}");
        assert!(said.contains("pipe"), "{arguments:?}: {said}");
    }
    // What a shell hands over is read.
    let ran = netbend(&["render", input, o, "--preset", "/dev/stdin"])
        .stdin(Stdio::piped())
        .spawn()
        .and_then(|mut child| {
            use std::io::Write as _;
            child.stdin.take().unwrap().write_all(b"transforms: []\n")?;
            child.wait()
        });
    assert!(ran.unwrap().success());
}

#[test]
fn bends_that_can_do_nothing_are_told() {
    let bench = Workbench::new();
    bench.drums(48_000, 1);
    let curve = bench.path("curve.csv");
    for (settings, expected) in [
        (
            &["slot_on_1=on", "slot_layer_1=9"][..],
            "slot 1 bends nothing: layer 9 found",
        ),
        (
            &["slot_on_2=on", "slot_layer_2=0", "slot_transform_2=rotate"],
            "slot 2 bends nothing: rotate",
        ),
        (
            &[
                "slot_on_1=on",
                "slot_layer_1=2",
                "slot_selection_1=cluster",
                "slot_cluster_1=15",
            ],
            "cluster 15 found",
        ),
        (
            &[
                "slot_on_1=on",
                "slot_layer_1=2",
                "slot_selection_1=sound-cluster",
            ],
            "learn some",
        ),
        (
            &["weight_on_1=on", "weight_layer_1=64"],
            "weight slot 1 bends nothing: weights of layer 64",
        ),
        (
            &[
                "band_low=2000",
                "band_high=200",
                "slot_on_1=on",
                "slot_layer_1=2",
            ],
            "edges are swapped",
        ),
    ] {
        let options: Vec<_> = settings
            .iter()
            .flat_map(|setting| ["--set", setting])
            .collect();
        let ran = render(&bench, &options);
        let told = said(&ran);
        assert!(ran.status.success(), "{told}");
        let warnings = told.lines().filter(|line| line.contains("warning"));
        assert_eq!(warnings.count(), 1, "{told}");
        assert!(told.contains(expected), "{told}");
        let points = settings
            .iter()
            .map(|setting| format!("0.5,{}\n", setting.replacen('=', ",", 1)));
        fs::write(&curve, points.collect::<String>()).unwrap();
        let told = said(&render(&bench, &["--automate", text(&curve)]));
        assert!(told.contains(expected), "{told}");
    }
    let told = said(&render(
        &bench,
        &["--set", "slot_on_1=on", "--set", "slot_layer_1=2"],
    ));
    assert!(!told.contains("warning"), "{told}");
}

#[test]
fn a_model_is_given_as_a_file_or_said_to_be_missing() {
    let bench = Workbench::new();
    bench.drums(48_000, 1);
    let (own, saved) = (bench.path("own model.onnx"), bench.path("saved.yaml"));
    fs::copy(built::resources().join("models/drums.onnx"), &own).unwrap();
    let ran = render(
        &bench,
        &["--model", text(&own), "--save-preset", text(&saved)],
    );
    assert!(ran.status.success(), "{}", said(&ran));
    let saved = fs::read_to_string(saved).unwrap();
    assert!(
        saved.contains("own model") && saved.contains("model-sha256"),
        "{saved}"
    );
    for command in ["inspect", "cluster"] {
        let ran = run(
            [command, "m/missing.onnx"].map(OsStr::new),
            &built::resources(),
        );
        let said = said(&ran);
        assert!(
            said.contains("m/missing.onnx: there is no such file"),
            "{said}"
        );
        assert!(!said.contains("onnx.onnx"), "{said}");
    }
    let told = said(&render(&bench, &["--preset", "none.yaml"]));
    assert_eq!(told.matches("No such file").count(), 1, "{told}");
    let told = said(&render(&bench, &["--set", "slot_layer_9=1"]));
    assert!(told.contains("only 1 to 8"), "{told}");
    let told = said(&render(&bench, &["--block", "0"]));
    assert!(told.contains("samples from 1 to 1048576"), "{told}");
    let told = said(&render(&bench, &["--set", "mix=40"]));
    assert!(told.contains("`40` is taken as 40 %"), "{told}");
}
