//! Models that are not Netbend's own, with a sidecar: what is found in their graphs, and that they run and bend like
//! any other.

#![allow(clippy::unwrap_used, clippy::expect_used)] // A failed expectation is a failed test.

use std::path::Path;

use kit::own_models::{MAPS, PLAIN, maps, plain};
use kit::runtime;
use netbend_models::bends::transform::TransformKind;
use netbend_models::bends::{Bend, Draw, Selection};
use netbend_models::cluster::{ActivationMaps, store};
use netbend_models::node::program::Program;
use netbend_models::onnx::proto::{ModelProto, NodeProto, OperatorSetIdProto};
use netbend_models::package::sidecar::Sidecar;
use netbend_models::package::template;
use netbend_models::{Bender, ModelError, ModelFormat, Package};
use prost::Message as _;

fn load(model: &ModelProto, sidecar: &str) -> Result<Package, ModelError> {
    let sidecar = Sidecar::from_yaml(sidecar, "own.yaml")?;
    Package::with_sidecar(Path::new("own.onnx"), &model.encode_to_vec(), &sidecar)
}

fn bender(model: &ModelProto, sidecar: &str) -> Bender {
    Bender::new(&load(model, sidecar).unwrap(), runtime()).unwrap()
}

/// `[feature count, rows, columns]` of each layer.
fn sizes(package: &Package) -> Vec<[usize; 3]> {
    let layers = package.manifest().layers.iter();
    layers
        .map(|layer| [layer.features, layer.rows, layer.columns])
        .collect()
}

fn window(len: usize) -> Vec<f32> {
    (0..len).map(|n| ((n * n) % 89) as f32 / 89.0).collect()
}

/// A window decoded clean, and decoded with `bend`.
fn decoded(bender: &mut Bender, bend: &Bend) -> [Vec<f32>; 2] {
    let (mut latent, mut windows) = (Vec::new(), Vec::new());
    bender
        .encode(&window(bender.window_len()), &mut latent)
        .unwrap();
    let mut programs = bender.program_builder();
    programs.add(1, 0, &bend.to_frame(1));
    bender
        .decode(&latent.repeat(2), programs.program(), &mut windows)
        .unwrap();
    let bent = windows.split_off(bender.window_len());
    [windows, bent]
}

fn bend(layer: usize, transform: TransformKind, parameters: &[f32]) -> Bend {
    Bend {
        layer,
        transform,
        parameters: parameters.to_vec(),
        relative: false,
        selection: Selection::All,
        cluster_share: 1.0,
        inverted: false,
        draw: Draw::default(),
        amount: 1.0,
    }
}

fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter()
        .zip(b)
        .fold(0.0, |most, (a, b)| (a - b).abs().max(most))
}

#[test]
fn a_plain_autoencoder_is_described_by_its_graph() {
    let package = load(&plain(), PLAIN).unwrap();
    let manifest = package.manifest();
    assert_eq!(
        (manifest.name.as_str(), manifest.version.as_str()),
        ("own", "0")
    );
    assert_eq!((manifest.fft_size, manifest.hop), (2_048, 512));
    assert_eq!((manifest.frames, manifest.bins), (64, 1_025));
    assert_eq!(
        (manifest.last_seen_frame, manifest.top_seen_bin()),
        (63, 1_024)
    );
    assert_eq!(manifest.latent_size, 12);
    assert_eq!(manifest.level.kind, "none");
    assert_eq!(manifest.decibels.ceiling_db, 0.0);
    assert_eq!(sizes(&package), [[6, 4, 16], [5, 16, 64], [4, 64, 256]]);
    let own: Vec<_> = package.own_layers().collect();
    assert_eq!(own, ["d1", "d2", "d3"]);
}

#[test]
fn maps_of_frequency_by_time_become_time_by_frequency() {
    let package = load(&maps(true), MAPS).unwrap();
    let manifest = package.manifest();
    assert_eq!(
        (manifest.name.as_str(), manifest.version.as_str()),
        ("maps", "3")
    );
    assert_eq!((manifest.frames, manifest.bins), (32, 257));
    assert_eq!(manifest.latent_size, 3 * 16 * 4);
    assert_eq!(
        (manifest.level.kind.as_str(), manifest.level.step_db),
        ("window-peak", 6.0)
    );
    assert_eq!(sizes(&package), [[5, 4, 16], [4, 16, 64]]);
}

#[test]
fn every_layer_of_models_like_these_bends() {
    for (model, sidecar) in [(plain(), PLAIN), (maps(true), MAPS)] {
        let mut bender = bender(&model, sidecar);
        for layer in 1..=bender.manifest().layers.len() {
            let identity = bend(layer, TransformKind::ScalarMultiply, &[1.0]);
            let [clean, same] = decoded(&mut bender, &identity);
            assert_eq!(clean, same, "layer {layer}");
            let spread = largest_difference(&clean, &vec![clean[0]; clean.len()]);
            assert!(spread > 1e-3, "the decoded window is flat");
            let [clean, bent] = decoded(&mut bender, &bend(layer, TransformKind::Invert, &[]));
            assert!(largest_difference(&clean, &bent) > 1e-3, "layer {layer}");
        }
    }
}

/// The same weights turned: what is decoded and the maps must be the same, whichever axis comes first in the graph.
#[test]
fn a_model_with_frequency_first_equals_the_one_with_time_first() {
    let models = [maps(true), maps(false)];
    let [turned, straight] = models.map(|model| {
        let package = load(&model, MAPS).unwrap();
        let mut bender = Bender::new(&package, runtime()).unwrap();
        let mut latent = Vec::new();
        bender
            .encode(&window(bender.window_len()), &mut latent)
            .unwrap();
        let mut maps = ActivationMaps::new(&package, runtime()).unwrap();
        let bent = (1..=2).map(|layer| {
            let mut partly = bend(layer, TransformKind::ScalarMultiply, &[3.0]);
            partly.selection = Selection::Random(0.5);
            decoded(&mut bender, &partly)
        });
        (bent.collect::<Vec<_>>().concat(), maps.of(&latent).unwrap())
    });
    for (turned, straight) in turned.0.iter().zip(&straight.0) {
        assert!(largest_difference(turned, straight) < 1e-4);
    }
    for (turned, straight) in turned.1.iter().zip(&straight.1) {
        assert!(largest_difference(turned, straight) < 1e-4);
    }
}

#[test]
fn layers_that_are_named_are_those_and_may_be_dense() {
    let named = format!("{PLAIN}layers: [d, d1.norm, d2.conv, d4]\n");
    let package = load(&plain(), &named).unwrap();
    assert_eq!(
        sizes(&package),
        [[192, 1, 1], [6, 4, 16], [5, 16, 64], [1, 64, 1_025]]
    );
    let mut bender = Bender::new(&package, runtime()).unwrap();
    for layer in 1..=4 {
        let [clean, bent] = decoded(&mut bender, &bend(layer, TransformKind::Invert, &[]));
        assert!(largest_difference(&clean, &bent) > 1e-3, "layer {layer}");
    }
}

/// A variational autoencoder as it was trained, noise and all: between mean and latent lies what Netbend would refuse.
#[test]
fn sampling_between_mean_and_latent_is_left_out() {
    let mut model = plain();
    let graph = model.graph.as_mut().unwrap();
    let place = graph.node.iter().position(|n| n.output == ["z"]).unwrap();
    graph.node[place].output = vec!["mu".into()];
    let noise = [
        kit::tiny_model::node("RandomNormalLike", &["mu"], "noise", &[]),
        kit::tiny_model::node("Add", &["mu", "noise"], "z", &[]),
    ];
    graph.node.splice(place + 1..place + 1, noise);
    let without = load(&model, PLAIN).unwrap_err().to_string();
    assert!(without.contains("RandomNormalLike"), "{without}");
    // Declared, and used by nothing.
    model.opset_import.push(OperatorSetIdProto {
        domain: Some("pkg.torch".into()),
        version: Some(1),
    });
    let with = PLAIN.replace("  latent: z\n", "  latent: z\n  latent_mean: mu\n");
    let package = load(&model, &with).unwrap();
    assert_eq!(package.manifest().latent_size, 12);
    let mut sampled = Bender::new(&package, runtime()).unwrap();
    let mut straight = bender(&plain(), PLAIN);
    let idle = bend(1, TransformKind::ScalarMultiply, &[1.0]);
    assert_eq!(decoded(&mut sampled, &idle), decoded(&mut straight, &idle));
}

#[test]
fn a_sidecar_lies_beside_its_model_and_facts_are_read_without_the_graph() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("my model.onnx");
    std::fs::write(&path, plain().encode_to_vec()).unwrap();
    let missing = Package::load(&path).unwrap_err().to_string();
    assert!(
        missing.contains("my model.yaml") && missing.contains("--template"),
        "{missing}"
    );
    assert!(ModelFormat::read(&path).is_err());

    let beside = path.with_extension("yml");
    std::fs::write(&beside, format!("{PLAIN}last_seen_frame: 40\n")).unwrap();
    let package = Package::load(&path).unwrap();
    assert_eq!(package.sidecar(), Some(beside.as_path()));
    assert_eq!(package.manifest().name, "my model");
    let format = ModelFormat::read(&path).unwrap();
    assert_eq!(format, ModelFormat::from(package.manifest()));
    assert_eq!((format.fft_size, format.last_seen_frame), (2_048, 40));

    // A manifest in the file itself counts for more than what lies beside it.
    let whole = package.to_bytes().unwrap();
    std::fs::write(&beside, "nonsense").unwrap();
    std::fs::write(&path, whole).unwrap();
    assert_eq!(ModelFormat::read(&path).unwrap(), format);
    assert!(Package::load(&path).unwrap().sidecar().is_none());
}

#[test]
fn a_model_with_everything_inside_is_the_same_model_and_holds_clusters() {
    let package = load(&maps(true), MAPS).unwrap();
    let clusters: Result<Vec<_>, _> =
        serde_json::from_str(r#"[{"layer": 1, "clusters": [[0, 2], [1, 3, 4]]}]"#);
    let bytes = store(&package.to_bytes().unwrap(), &clusters.unwrap()).unwrap();
    let whole = Package::from_bytes(Path::new("whole.onnx"), &bytes).unwrap();
    assert_eq!(whole.manifest().layers, package.manifest().layers);
    assert_eq!(whole.manifest().cluster(1, 1), Some([1, 3, 4].as_slice()));
    let ablated = bend(2, TransformKind::Ablate, &[]);
    let mut benders = [&package, &whole].map(|p| Bender::new(p, runtime()).unwrap());
    let [own, other] = &mut benders;
    assert_eq!(decoded(own, &ablated), decoded(other, &ablated));
}

#[test]
fn a_template_is_a_sidecar_that_works_where_its_guesses_are_right() {
    for (model, expected) in [(plain(), PLAIN), (maps(true), MAPS), (maps(false), MAPS)] {
        let path = Path::new("some/own.onnx");
        let text = template(path, &model.encode_to_vec()).unwrap();
        let written = load(&model, &text).unwrap();
        let by_hand = load(&model, expected).unwrap();
        assert_eq!(
            written.manifest().layers,
            by_hand.manifest().layers,
            "{text}"
        );
        assert_eq!(
            written.manifest().latent_size,
            by_hand.manifest().latent_size
        );
        for layer in by_hand.own_layers() {
            assert!(text.contains(&format!("# - \"{layer}\"")), "{text}");
        }
    }
    // Where the graph says little, it is still a sidecar, and says what is missing.
    let mut open = plain();
    let graph = open.graph.as_mut().unwrap();
    let shape = &mut graph.input[0]
        .r#type
        .as_mut()
        .unwrap()
        .tensor_type
        .as_mut()
        .unwrap()
        .shape;
    for dim in &mut shape.as_mut().unwrap().dim {
        (dim.dim_value, dim.dim_param) = (None, Some("any".into()));
    }
    let text = template(Path::new("a.b.onnx"), &open.encode_to_vec()).unwrap();
    assert!(
        text.contains("frames: 128") && text.contains("name: \"a-b\""),
        "{text}"
    );
    assert!(text.contains("# Layers cannot be found yet"), "{text}");
    Sidecar::from_yaml(&text, "template").unwrap();
}

fn refusal(model: &ModelProto, sidecar: &str) -> String {
    match load(model, sidecar) {
        Ok(_) => panic!("accepted:\n{sidecar}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn errors_name_the_line_and_what_was_expected() {
    let (plain, maps) = (plain(), maps(true));
    for (from, to, line, expected) in [
        (
            "sample_rate: 44100",
            "sample_rate: 44",
            1,
            "sample_rate 44 found; expected 8000",
        ),
        (
            "fft_size: 2048",
            "fft_size: 2000",
            2,
            "expected a power of two",
        ),
        (
            "fft_size: 2048",
            "fft_size: 2048\nhop: 256",
            3,
            "a quarter of the FFT, 512",
        ),
        (
            "fft_size: 2048",
            "fft_size: 1024",
            2,
            "which gives 513 bins",
        ),
        (
            "fft_size: 2048",
            "fft_size: 2048\nframes: 32",
            3,
            "has the shape [batch, 64, 1025]",
        ),
        (
            "fft_size: 2048",
            "fft_size: 2048\nbins: 999",
            3,
            "bins 999 found",
        ),
        (
            "fft_size: 2048",
            "fft_size: 2048\nlast_seen_frame: 64",
            3,
            "expected 4 to 63",
        ),
        (
            "fft_size: 2048",
            "fft_size: 2048\nlayout: sideways",
            3,
            "expected time-frequency or",
        ),
        (
            "fft_size: 2048",
            "fft_size: 2048\nlevel: loud",
            3,
            "expected none or window-peak",
        ),
        ("fft_size: 2048", "fft_size: 2048\nfftsize: 1", 3, "fftsize"),
        ("floor_db: -100", "floor_db: 3", 4, "floor < reference"),
        ("floor_db: -100", "floor_db: soft", 4, "soft"),
        (
            "spectrogram: x",
            "spectrogram: y",
            7,
            "expected an input of the graph: x",
        ),
        ("latent: z", "latent: zed", 8, "tensors.latent `zed` found"),
        (
            "latent: z",
            "latent: z\n  latent_mean: d1",
            8,
            "does not need",
        ),
        (
            "latent: z",
            "latent: z\n  latent_mean: e.flat",
            8,
            "expected as many numbers",
        ),
        (
            "decoded: y",
            "decoded: d3",
            9,
            "expected the shape of the input, [64, 1025]",
        ),
        (
            "decoded: y",
            "decoded: y\nlatent_prior: {mean: 0, std: [1, 2]}",
            10,
            "latent's 12",
        ),
        (
            "decoded: y",
            "decoded: y\nlayers:\n- d1\n- e",
            12,
            "layer `e` found",
        ),
    ] {
        assert!(PLAIN.contains(from), "{from}");
        let message = refusal(&plain, &PLAIN.replace(from, to));
        let named = message.starts_with(&format!("own.yaml:{line}: "));
        assert!(named, "line {line}: {message}");
        assert!(message.contains(expected), "{expected}: {message}");
    }
    let message = refusal(&plain, &PLAIN.replace("fft_size: 2048\n", ""));
    assert!(
        message.starts_with("own.yaml: missing field `fft_size`"),
        "{message}"
    );
    let message = refusal(
        &maps,
        &MAPS.replace("hop: 128", "layout: time-frequency\nframes: 32"),
    );
    assert!(message.contains("frames 32 found"), "{message}");
    let message = refusal(&maps, &MAPS.replace("decoded: y", "decoded: y\nname: .."));
    assert!(message.starts_with("own.yaml:"), "{message}");
}

#[test]
fn graphs_that_cannot_be_cut_or_run_in_batches_are_refused() {
    let mut fixed = plain();
    let graph = fixed.graph.as_mut().unwrap();
    let shape = graph
        .initializer
        .iter_mut()
        .find(|t| t.name.as_deref() == Some("d.shape"));
    shape.unwrap().int64_data[0] = 1;
    let message = refusal(&fixed, PLAIN);
    assert!(message.contains("dynamic batch axis"), "{message}");

    let mut skipped = plain();
    let skip = NodeProto {
        input: vec!["d1".into(), "e".into()],
        ..kit::tiny_model::node("Add", &[], "mixed", &[])
    };
    let nodes = &mut skipped.graph.as_mut().unwrap().node;
    let place = nodes.iter().position(|n| n.output == ["d2.conv"]).unwrap();
    nodes[place].input[0] = "mixed".into();
    nodes.insert(place, skip);
    let message = refusal(&skipped, PLAIN);
    assert!(
        message.contains("the decoder must depend on the latent alone"),
        "{message}"
    );

    let message = refusal(&plain(), &format!("{PLAIN}layers: []\n"));
    assert!(message.contains("no bendable layers"), "{message}");
}

#[test]
fn damaged_files_are_refused_without_a_crash() {
    let sidecar = Sidecar::from_yaml(MAPS, "own.yaml").unwrap();
    let whole = maps(true).encode_to_vec();
    let read = |bytes: &[u8]| Package::with_sidecar(Path::new("own.onnx"), bytes, &sidecar);
    for length in (0..whole.len()).step_by(37) {
        assert!(read(&whole[..length]).is_err(), "{length} bytes");
    }
    for position in (0..whole.len()).step_by(7) {
        for mask in [0x01, 0x80, 0xff] {
            let mut damaged = whole.clone();
            damaged[position] ^= mask;
            let _ = read(&damaged);
            let _ = template(Path::new("own.onnx"), &damaged);
        }
    }
}

#[test]
fn an_idle_program_changes_no_bit_of_a_model_like_these() {
    let mut bender = bender(&maps(true), MAPS);
    let (mut latent, mut one, mut two) = (Vec::new(), Vec::new(), Vec::new());
    bender
        .encode(&window(bender.window_len()), &mut latent)
        .unwrap();
    bender.decode(&latent, &Program::new(), &mut one).unwrap();
    bender
        .decode(&latent.repeat(2), &Program::new(), &mut two)
        .unwrap();
    assert_eq!([one.as_slice(), one.as_slice()].concat(), two);
}

#[test]
fn the_sidecar_of_the_worked_example_reads() {
    let text = include_str!("../../docs/your-own-model/my-loops.yaml");
    Sidecar::from_yaml(text, "my-loops.yaml").unwrap();
}
