//! `netbend cluster --sound`, and what a preset and a project make of the clusters; `netbend cluster` of a waveform model.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use kit::waveform_model::{Kind, manifest, model, with_manifest};
use netbend_tests::built;
use netbend_tests::host::{Automation, Blocks, Bundle};
use netbend_tests::measure;
use prost::Message as _;

use crate::netbend::{Workbench, run, said};

/// Clusters of `sound`, as the program wrote them.
fn clusters(bench: &Workbench, sound: &Path) -> String {
    let yaml = bench.path("clusters.yaml");
    let arguments = ["cluster", "drums", "--sound"].map(OsStr::new);
    let files = [sound.as_os_str(), OsStr::new("--yaml"), yaml.as_os_str()];
    let ran = run(arguments.into_iter().chain(files), &built::resources());
    let said = said(&ran);
    assert!(ran.status.success(), "{said}");
    for expected in ["layer 1", "layer 4", "Rand", "found in"] {
        assert!(said.contains(expected), "no `{expected}` in:\n{said}");
    }
    fs::read_to_string(yaml).unwrap()
}

/// The clusters with the model they belong to, as a project keeps them.
fn kept(clusters: &str, version: &str) -> String {
    let indented: String = clusters.lines().map(|line| format!("  {line}\n")).collect();
    format!("model: drums\nversion: \"{version}\"\nclusters:\n{indented}")
}

/// A preset that ablates cluster `cluster` of layer 3.
fn preset(kept: &str, cluster: usize) -> String {
    let indented: String = kept.lines().map(|line| format!("  {line}\n")).collect();
    format!(
        "netbend: 1\ntransforms:\n- layer: 3\n  transform: ablate\n  features: sound-cluster\n  \
         feature-param: {cluster}\nsound-clusters:\n{indented}"
    )
}

/// The version of the shipped model.
fn version() -> String {
    let ran = run([OsStr::new("inspect")], &built::resources());
    let said = said(&ran);
    said.split_whitespace().nth(1).unwrap().to_owned()
}

#[test]
fn a_preset_carries_sound_clusters_and_a_project_with_them_sounds_the_same() {
    let bench = Workbench::new();
    let (path, input) = bench.drums(48_000, 2);
    let model = built::resources().join("models/drums.onnx");
    let before = fs::read(&model).unwrap();
    let clusters = clusters(&bench, &path);
    assert!(
        before == fs::read(&model).unwrap(),
        "the model must stay as it is"
    );
    assert_eq!(clusters, self::clusters(&bench, &path));
    let kept = kept(&clusters, &version());

    let [first, second] = [0, 1].map(|cluster| {
        let file = bench.path("preset.yaml");
        fs::write(&file, preset(&kept, cluster)).unwrap();
        bench.render(&path, &["--preset", file.to_str().unwrap()])
    });
    assert!(measure::null_db(&input, &first) > -40.0);
    assert!(measure::null_db(&first, &second) > -40.0);

    let mut plugin = Bundle::open(&built::clap())
        .unwrap()
        .create(built::CLAP_ID)
        .unwrap();
    plugin.set_offline(true).unwrap();
    for (param, text) in [
        ("slot_on_1", "On"),
        ("slot_layer_1", "3"),
        ("slot_transform_1", "Ablate"),
        ("slot_selection_1", "Sound cluster"),
        ("slot_cluster_1", "1"),
    ] {
        plugin.set_text(param, text).unwrap();
    }
    let unlearned = plugin
        .render(&input, Blocks::Fixed(333), &Automation::default())
        .unwrap();
    assert!(measure::null_db(&input, &unlearned) < -100.0);
    let state = with_sound_clusters(&plugin.save().unwrap(), &kept);
    plugin.load(&state).unwrap();
    assert!(plugin.save().unwrap() == state, "the state must keep them");
    let bounced = plugin
        .render(&input, Blocks::Fixed(333), &Automation::default())
        .unwrap();
    assert!(bounced == second);
}

/// The state of an instance that has learned nothing, with these clusters in it.
fn with_sound_clusters(state: &[u8], kept: &str) -> Vec<u8> {
    let quoted = |text: &str| {
        let escaped = text
            .replace('\\', "\\\\")
            .replace('"', "\\\"")
            .replace('\n', "\\n");
        format!("\"{escaped}\"")
    };
    // A field is JSON held in a string of JSON.
    let field = |text: &str| format!("\"sound-clusters\":{}", quoted(&quoted(text)));
    let json = std::str::from_utf8(&state[8..]).unwrap();
    assert!(json.contains(&field("")), "{json}");
    let json = json.replace(&field(""), &field(kept));
    [&(json.len() as u64).to_le_bytes()[..], json.as_bytes()].concat()
}

#[test]
fn a_preset_whose_sound_clusters_do_not_serve_says_so() {
    let bench = Workbench::new();
    let (path, _) = bench.drums(44_100, 1);
    let clusters = clusters(&bench, &path);
    let good = preset(&kept(&clusters, &version()), 0);
    let other = preset(&kept(&clusters, "9.9.9"), 0);
    let none = good.split("sound-clusters:\n").next().unwrap();
    for (yaml, expected) in [
        (other.as_str(), "9.9.9"),
        (none, "no `sound-clusters`"),
        (&good.replace("param: 0", "param: 9"), "sound-clusters 0 to"),
    ] {
        let file = bench.path("preset.yaml");
        fs::write(&file, yaml).unwrap();
        let output = bench.path("out.wav");
        let arguments = [
            OsStr::new("render"),
            path.as_os_str(),
            output.as_os_str(),
            OsStr::new("--preset"),
            file.as_os_str(),
        ];
        let ran = run(arguments, &built::resources());
        assert!(
            !ran.status.success() && said(&ran).contains(expected),
            "{}",
            said(&ran)
        );
        assert!(said(&ran).contains("line 3"), "{}", said(&ran));
    }
}

#[test]
fn silence_and_moments_beyond_the_end_are_refused() {
    let bench = Workbench::new();
    let (path, mut audio) = bench.drums(44_100, 1);
    let refused = |at: &str, expected: &str| {
        let arguments = ["cluster", "drums", "--at", at, "--sound"].map(OsStr::new);
        let ran = run(
            arguments.into_iter().chain([path.as_os_str()]),
            &built::resources(),
        );
        assert!(
            !ran.status.success() && said(&ran).contains(expected),
            "{}",
            said(&ran)
        );
    };
    refused("30", "1.4 s long");
    refused("x", "seconds");
    audio.channels[0].fill(0.0);
    audio.write_wav(&path).unwrap();
    refused("0", "silent");
}

/// Runs `netbend cluster MODEL ARGUMENTS`.
fn cluster_of(model: &Path, arguments: &[&str]) -> std::process::Output {
    let command = [OsStr::new("cluster"), model.as_os_str()];
    let arguments = arguments.iter().map(OsStr::new);
    run(command.into_iter().chain(arguments), &built::resources())
}

#[test]
fn clusters_of_a_waveform_model_are_found_described_and_written_beside_it() {
    let bench = Workbench::new();
    // At another rate than the sound.
    let content = model(Kind {
        cosines: true,
        ..Kind::default()
    })
    .encode_to_vec();
    let path = bench.path("cosines.onnx");
    fs::write(&path, &content).unwrap();
    let (_, audio) = bench.drums(44_100, 2);
    let folder = bench.path("loops");
    fs::create_dir(&folder).unwrap();
    audio.write_wav(&folder.join("drums.wav")).unwrap();
    let (out, yaml) = (bench.path("out.onnx"), bench.path("clusters.yaml"));
    let (out, yaml, folder) = (
        out.to_str().unwrap(),
        yaml.to_str().unwrap(),
        folder.to_str().unwrap(),
    );
    let written = |arguments: &[&str]| {
        let ran = cluster_of(&path, arguments);
        assert!(ran.status.success(), "{}", said(&ran));
        assert!(fs::read(&path).unwrap() == content, "the model must stay");
        let inspected = run([OsStr::new("inspect"), out.as_ref()], &built::resources());
        assert!(inspected.status.success(), "{}", said(&inspected));
        (said(&ran), said(&inspected), fs::read(out).unwrap())
    };
    let found = ["--data", folder, "--out", out, "--yaml", yaml];
    let (ran, inspected, first) = written(&found);
    for expected in [
        "layer 1 (encoder.0): 5 clusters",
        "layer 2 (decoder.0): 5 clusters",
        "layer 3 (output): no clusters: it has one feature",
        "1 more layers are fine detail",
        "Rand",
    ] {
        assert!(ran.contains(expected), "no `{expected}` in:\n{ran}");
    }
    for expected in ["layer 2: decibels", "air", "encoder.0", "presence"] {
        assert!(
            inspected.contains(expected),
            "no `{expected}` in:\n{inspected}"
        );
    }
    assert!(written(&found).2 == first, "the same sound and seed");
    // Without a folder the model plays drum loops; with a file nothing is searched for.
    let (_, _, loops) = written(&["--out", out, "--samples", "16"]);
    assert!(loops != first);
    let (ran, inspected, _) = written(&["--out", out, "--import", yaml]);
    assert!(ran.contains("not described"), "{ran}");
    assert!(inspected.contains("5 clusters of"), "{inspected}");
    let imported = ["--out", out, "--import", yaml, "--describe-on", folder];
    assert!(
        written(&imported).2 == first,
        "the clusters and the sound are those of the first run"
    );
}

#[test]
fn where_nothing_can_be_told_apart_it_says_which_layers_and_why() {
    let bench = Workbench::new();
    // Only the sound that comes out is listed: one feature.
    let mut told = manifest(Kind::default());
    for layer in told["layers"].as_array_mut().unwrap() {
        layer["shown"] = (layer["kind"] == "output").into();
    }
    let graph = model(Kind::default()).graph.unwrap();
    let path = bench.path("echo.onnx");
    fs::write(&path, with_manifest(graph, &told).encode_to_vec()).unwrap();
    let ran = cluster_of(&path, &["--samples", "16"]);
    let said = said(&ran);
    assert!(ran.status.success(), "{said}");
    for expected in [
        "layer 1 (output): no clusters: it has one feature",
        "3 more layers are fine detail",
        "no layer has clusters",
        "--data",
        "written",
    ] {
        assert!(said.contains(expected), "no `{expected}` in:\n{said}");
    }
}

#[test]
fn what_a_waveform_model_does_not_have_is_refused_by_name() {
    let bench = Workbench::new();
    let path = bench.path("echo.onnx");
    fs::write(&path, model(Kind::default()).encode_to_vec()).unwrap();
    let (sound, _) = bench.drums(44_100, 1);
    let sound = sound.to_str().unwrap();
    for arguments in [
        &["--sound", sound][..],
        &["--metric", sound],
        &["--effect", "0.5"],
        &["--deviations-only"],
    ] {
        let ran = cluster_of(&path, arguments);
        let said = said(&ran);
        assert!(!ran.status.success(), "{said}");
        for expected in ["a waveform model", "leave out", arguments[0], "echo.onnx"] {
            assert!(said.contains(expected), "no `{expected}` in:\n{said}");
        }
    }
    let empty = bench.path("empty");
    fs::create_dir(&empty).unwrap();
    let ran = cluster_of(&path, &["--data", empty.to_str().unwrap()]);
    assert!(!ran.status.success());
    assert!(said(&ran).contains("no audio files"), "{}", said(&ran));
}
