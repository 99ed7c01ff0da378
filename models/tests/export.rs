//! Exported models, run by ONNX Runtime as any other would, against the engine with the same bends.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

use std::path::Path;

use kit::own_models;
use kit::tiny_model::{self, BINS, FRAMES, LATENT};
use netbend_models::bends::transform::TransformKind;
use netbend_models::export::{Part, export, resolve};
use netbend_models::node::program::{Entry, Program};
use netbend_models::node::weights::weight_layers;
use netbend_models::onnx::proto::{AttributeProto, FLOAT, FLOAT16, ModelProto};
use netbend_models::package::sidecar::Sidecar;
use netbend_models::{Bender, Package, Preset};
use ort::inputs;
use ort::session::Session;
use ort::value::TensorRef;

const WINDOW: usize = FRAMES * BINS;
/// Standard nodes and the operator's kernels add up in another order.
const TOLERANCE: f32 = 1e-5;

fn package() -> Package {
    Package::from_bytes(Path::new("tiny.onnx"), &tiny_model::model().to_bytes()).unwrap()
}

fn exported(bends: &str, part: Part) -> ModelProto {
    let package = package();
    let program = resolve(&preset(bends), package.manifest()).unwrap();
    export(&package, &program, &[], part).unwrap()
}

fn reloaded(model: &ModelProto) -> Package {
    Package::from_bytes(Path::new("bent.onnx"), &model.to_bytes()).unwrap()
}

fn preset(bends: &str) -> Preset {
    Preset::from_yaml(&format!("seed: 5\ntransforms:\n{bends}"), "test.yaml").unwrap()
}

/// A session such as any program would make: no operators but ONNX Runtime's own.
fn session(model: &ModelProto) -> Session {
    let bytes = model.to_bytes();
    kit::runtime()
        .create(|environment| {
            Session::builder(environment)
                .unwrap()
                .commit_from_memory(&bytes)
        })
        .unwrap()
}

fn run(session: &mut Session, input: &str, shape: &[usize], values: &[f32]) -> Vec<f32> {
    let outputs = session
        .run(inputs![input => TensorRef::from_array_view((shape.to_vec(), values)).unwrap()])
        .unwrap();
    outputs["decoded"]
        .try_extract_tensor::<f32>()
        .unwrap()
        .1
        .to_vec()
}

/// Latents that reach both signs and some size.
fn latents(count: usize) -> Vec<f32> {
    (0..count * LATENT)
        .map(|n| 2.0 * (n as f32 * 1.7).sin())
        .collect()
}

/// The engine's decode, every item bent by what the program does to item 0.
fn engine(package: &Package, program: &Program, latents: &[f32]) -> Vec<f32> {
    let mut all = Program::new();
    for item in 0..latents.len() / LATENT {
        for entry in Program::entries(program.words()) {
            all.push(&Entry { item, ..entry });
        }
    }
    let mut windows = Vec::new();
    Bender::new(package, kit::runtime())
        .unwrap()
        .decode(latents, &all, &mut windows)
        .unwrap();
    windows
}

fn assert_close(found: &[f32], expected: &[f32], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let largest = expected.iter().fold(1.0_f32, |m, x| m.max(x.abs()));
    let error = found
        .iter()
        .zip(expected)
        .fold(0.0_f32, |m, (a, b)| m.max((a - b).abs()));
    assert!(error <= TOLERANCE * largest, "{what}: {error} of {largest}");
}

/// Each of these is exported and compared.
fn assert_same(bends: &str) {
    let package = package();
    let program = resolve(&preset(bends), package.manifest()).unwrap();
    assert!(!program.is_empty(), "nothing is bent:\n{bends}");
    let model = export(&package, &program, &[], Part::Decoder).unwrap();
    let mut session = session(&model);
    let clean = engine(&package, &Program::new(), &latents(3));
    for batch in [1, 3] {
        let latents = latents(batch);
        let found = run(&mut session, "latent", &[batch, LATENT], &latents);
        let expected = engine(&package, &program, &latents);
        assert_close(&found, &expected, bends);
        assert!(
            found != clean[..batch * WINDOW],
            "nothing changed:\n{bends}"
        );
    }
}

fn bend(layer: usize, transform: &str, parameters: &str, rest: &str) -> String {
    format!("- {{layer: {layer}, transform: {transform}, params: [{parameters}], {rest}}}\n")
}

/// Every kind with parameters that do something.
const KINDS: [(&str, &str); 20] = [
    ("ablate", ""),
    ("invert", ""),
    ("scalar-multiply", "-2.5"),
    ("binary-thresh", "0.05"),
    ("flip-h", ""),
    ("flip-v", ""),
    ("translate", "0.25, -0.5"),
    ("translate", "-0.013, 0.37"),
    ("translate", "1, 1"),
    ("scale", "1.7"),
    ("scale", "0.3"),
    ("rotate", "30"),
    ("rotate", "90"),
    ("rotate", "-171.5"),
    ("erode", "1"),
    ("erode", "2.25"),
    ("erode", "8"),
    ("dilate", "0.5"),
    ("dilate", "1.5"),
    ("dilate", "40"),
];

#[test]
fn every_kind_on_every_layer_is_the_engines() {
    for (transform, parameters) in KINDS {
        for layer in [1, 2] {
            assert_same(&bend(layer, transform, parameters, "features: all"));
        }
        assert_same(&bend(
            1,
            transform,
            parameters,
            "features: cluster, feature-param: 0, amount: 0.6",
        ));
        assert_same(&bend(
            1,
            transform,
            parameters,
            "features: random, feature-param: 0.4, amount: 0.9",
        ));
    }
}

#[test]
fn every_kind_is_there() {
    for kind in TransformKind::ALL {
        assert!(
            KINDS.iter().any(|(name, _)| *name == kind.name()),
            "{kind:?}"
        );
    }
}

#[test]
fn chains_across_layers_are_the_engines() {
    let chain = [
        bend(1, "scale", "1.3", "features: all, amount: 0.5"),
        bend(2, "dilate", "2.5", "features: all, amount: 0.25"),
        bend(1, "invert", "", "features: cluster, feature-param: 0"),
        bend(2, "rotate", "12", "features: all"),
        bend(1, "flip-v", "", "features: random, feature-param: 0.7"),
        bend(
            1,
            "erode",
            "1",
            "features: cluster, feature-param: 1, amount: 0.7",
        ),
        bend(2, "binary-thresh", "0.1", "features: all, amount: 0.1"),
    ];
    assert_same(&chain.concat());
}

#[test]
fn amounts_of_nothing_write_nothing() {
    let model = exported(
        &bend(1, "invert", "", "features: all, amount: 0"),
        Part::Model,
    );
    assert_eq!(
        model.graph.unwrap().node,
        tiny_model::model().graph.unwrap().node
    );
}

#[test]
fn a_threshold_is_reached_by_its_own_value() {
    // The last layer is ablated to exact zeros, and 0 reaches the threshold 0.
    let zeros = bend(2, "ablate", "", "features: all");
    let bends = zeros + &bend(2, "binary-thresh", "0", "features: all");
    let mut session = session(&exported(&bends, Part::Decoder));
    let found = run(&mut session, "latent", &[1, LATENT], &latents(1));
    assert!(found.iter().all(|&x| x == 1.0));
}

#[test]
fn the_whole_model_hears_bends_and_keeps_its_manifest_and_names() {
    let bends = bend(1, "rotate", "20", "features: all")
        + &bend(2, "translate", "0.1, 0", "features: all, amount: 0.5");
    let model = exported(&bends, Part::Model);
    let (found, original) = (reloaded(&model), package());
    assert_eq!(found.manifest(), original.manifest());
    let (graph, before) = (
        model.graph.as_ref().unwrap(),
        tiny_model::model().graph.unwrap(),
    );
    assert_eq!(
        (&graph.input, &graph.output),
        (&before.input, &before.output)
    );

    let window: Vec<f32> = (0..2 * WINDOW).map(|n| (n % 97) as f32 / 97.0).collect();
    let mut latents = Vec::new();
    Bender::new(&original, kit::runtime())
        .unwrap()
        .encode(&window, &mut latents)
        .unwrap();
    let program = resolve(&preset(&bends), original.manifest()).unwrap();
    let expected = engine(&original, &program, &latents);
    let heard = run(
        &mut session(&model),
        "spectrogram",
        &[2, 1, FRAMES, BINS],
        &window,
    );
    assert_close(&heard, &expected, "whole");
    // Netbend's own engine, on the exported model with nothing bent, gives the same.
    assert_close(
        &engine(&found, &Program::new(), &latents),
        &expected,
        "reloaded",
    );
}

#[test]
fn an_exported_model_is_bent_and_exported_again() {
    let first = bend(
        1,
        "scalar-multiply",
        "2",
        "features: cluster, feature-param: 0",
    );
    let second = bend(1, "invert", "", "features: random, feature-param: 0.4")
        + &bend(2, "flip-h", "", "features: all");
    let once = reloaded(&exported(&first, Part::Model));
    let program = resolve(&preset(&second), once.manifest()).unwrap();
    let by_engine = engine(&once, &program, &latents(2));
    let twice = export(&once, &program, &[], Part::Model).unwrap();
    let by_file = engine(&reloaded(&twice), &Program::new(), &latents(2));
    assert_close(&by_file, &by_engine, "twice");
    // The second file's bends apply behind the first's.
    let package = package();
    let mut all = resolve(&preset(&first), package.manifest()).unwrap();
    for entry in Program::entries(program.words()) {
        all.push(&entry);
    }
    assert_close(&by_file, &engine(&package, &all, &latents(2)), "both");
}

#[test]
fn the_latent_is_bent_behind_the_tensor_where_models_are_cut() {
    let package = package();
    for (transform, parameters) in [
        (TransformKind::Ablate, [0.0, 0.0]),
        (TransformKind::Invert, [0.0, 0.0]),
        (TransformKind::ScalarMultiply, [-1.5, 0.0]),
        (TransformKind::BinaryThresh, [0.3, 0.0]),
    ] {
        for (features, amount) in [(&[0.0, 1.0, 2.0, 3.0][..], 1.0), (&[3.0, 1.0], 0.25)] {
            let mut program = Program::new();
            program.push(&Entry {
                layer: 0,
                item: 0,
                transform,
                amount,
                parameters,
                features,
            });
            let mut bent = latents(2);
            for latent in bent.chunks_mut(LATENT) {
                for feature in features {
                    let x = latent[*feature as usize];
                    let f = match transform {
                        TransformKind::Ablate => 0.0,
                        TransformKind::Invert => 1.0 - x,
                        TransformKind::ScalarMultiply => -1.5 * x,
                        _ => f32::from(x >= 0.3),
                    };
                    latent[*feature as usize] = x + amount * (f - x);
                }
            }
            let expected = engine(&package, &Program::new(), &bent);
            let what = format!("{transform:?} {amount}");
            assert_close(&engine(&package, &program, &latents(2)), &expected, &what);
            let decoder = export(&package, &program, &[], Part::Decoder).unwrap();
            let found = run(&mut session(&decoder), "latent", &[2, LATENT], &latents(2));
            assert_close(&found, &expected, &what);
            let whole = reloaded(&export(&package, &program, &[], Part::Model).unwrap());
            assert_close(
                &engine(&whole, &Program::new(), &latents(2)),
                &expected,
                &what,
            );
        }
    }
}

/// A preset of every kind of transform on some features of layer 1.
fn every_kind() -> String {
    let some = "features: random, feature-param: 0.7";
    let bends = KINDS.iter();
    bends
        .map(|(transform, parameters)| bend(1, transform, parameters, some))
        .collect()
}

#[test]
fn only_standard_operators_and_the_models_own_operator_set_are_used() {
    let all = every_kind();
    for part in [Part::Model, Part::Decoder] {
        let model = exported(&all, part);
        assert_eq!(model.opset_import, tiny_model::model().opset_import);
        let graph = model.graph.as_ref().unwrap();
        assert!(graph.node.iter().all(|node| node.domain.is_none()));
        assert_eq!(model.metadata("netbend").is_some(), part == Part::Model);
        session(&model);
    }
}

#[test]
fn models_of_old_operator_sets_are_exported_as_they_are() {
    for opset in [11, 13, 20] {
        let mut model = tiny_model::model();
        model.opset_import[0].version = Some(opset);
        let package = reloaded(&model);
        let all = every_kind();
        let program = resolve(&preset(&all), package.manifest()).unwrap();
        let decoder = export(&package, &program, &[], Part::Decoder).unwrap();
        let found = run(&mut session(&decoder), "latent", &[1, LATENT], &latents(1));
        assert_close(&found, &engine(&package, &program, &latents(1)), "opset");
    }
}

#[test]
fn a_cluster_that_names_a_feature_twice_bends_it_twice() {
    let mut program = Program::new();
    program.push(&Entry {
        layer: 1,
        item: 0,
        transform: TransformKind::ScalarMultiply,
        amount: 1.0,
        parameters: [3.0, 0.0],
        features: &[0.0, 2.0, 0.0],
    });
    let decoder = export(&package(), &program, &[], Part::Decoder).unwrap();
    let found = run(&mut session(&decoder), "latent", &[1, LATENT], &latents(1));
    assert_close(&found, &engine(&package(), &program, &latents(1)), "twice");
}

#[test]
fn presets_that_do_not_fit_and_parameters_that_are_no_numbers_are_refused() {
    let package = package();
    let wrong = preset(&bend(7, "ablate", "", "features: all"));
    let error = resolve(&wrong, package.manifest()).unwrap_err();
    assert!(error.to_string().contains("layers 1 to 2"), "{error}");
    let mut program = Program::new();
    program.push(&Entry {
        layer: 1,
        item: 0,
        transform: TransformKind::ScalarMultiply,
        amount: 1.0,
        parameters: [f32::NAN, 0.0],
        features: &[0.0],
    });
    let error = export(&package, &program, &[], Part::Model).unwrap_err();
    assert!(error.to_string().contains("not-a-number"), "{error}");
}

#[test]
fn wild_parameters_give_graphs_that_run() {
    for parameter in [0.0, -1.0, 1e30, f32::INFINITY, f32::NEG_INFINITY, f32::NAN] {
        for transform in [
            TransformKind::Translate,
            TransformKind::Scale,
            TransformKind::Rotate,
            TransformKind::Erode,
            TransformKind::Dilate,
        ] {
            let mut program = Program::new();
            program.push(&Entry {
                layer: 1,
                item: 0,
                transform,
                amount: 1.0,
                parameters: [parameter; 2],
                features: &[1.0],
            });
            let decoder = export(&package(), &program, &[], Part::Decoder).unwrap();
            let found = run(&mut session(&decoder), "latent", &[1, LATENT], &latents(1));
            assert!(
                found.iter().all(|x| x.is_finite()),
                "{transform:?} {parameter}"
            );
        }
    }
}

#[test]
fn bent_weights_are_the_engines_and_keep_their_numbers() {
    let text = "\
transforms:
- {layer: 1, transform: rotate, params: [20], features: random, feature-param: 0.7}
- {layer: 2, transform: scale, params: [1.2], features: all, amount: 0.5}
weights:
- {layer: 1, transform: offset, percentage: 0.3, amount: 0.5}
- {layer: 3, transform: randomise, percentage: 1, amount: 0.4, seed: 9}
- {layer: 1, transform: flip, percentage: 0.8, amount: 0.7}
- {layer: 4, transform: multiply, percentage: 1, amount: 0}
";
    let preset = Preset::from_yaml(text, "weights.yaml").unwrap();
    let frames: Vec<_> = preset.weights.iter().map(|bend| bend.to_frame()).collect();
    // As the shipped model has them: float16 behind a cast.
    for half in [false, true] {
        let mut model = tiny_model::model();
        if half {
            store_as_half(&mut model, "d2.w");
        }
        let package = reloaded(&model);
        let program = resolve(&preset, package.manifest()).unwrap();
        let mut all = Program::new();
        for item in 0..2 {
            for entry in Program::entries(program.words()) {
                all.push(&Entry { item, ..entry });
            }
        }
        let mut bender = Bender::new(&package, kit::runtime()).unwrap();
        let (mut expected, mut unweighted) = (Vec::new(), Vec::new());
        bender
            .decode_weighted(&frames, &latents(2), &all, &mut expected)
            .unwrap();
        bender.decode(&latents(2), &all, &mut unweighted).unwrap();
        assert!(expected != unweighted);
        let decoder = export(&package, &program, &preset.weights, Part::Decoder).unwrap();
        let found = run(&mut session(&decoder), "latent", &[2, LATENT], &latents(2));
        assert_close(&found, &expected, "decoder");
        let whole = export(&package, &program, &preset.weights, Part::Model).unwrap();
        let whole = reloaded(&whole);
        assert_close(
            &engine(&whole, &Program::new(), &latents(2)),
            &expected,
            "whole",
        );
        let names = |package| -> Vec<_> {
            let layers = weight_layers(package).unwrap().into_iter();
            layers
                .map(|layer| (layer.number, layer.tensor, layer.shape))
                .collect()
        };
        assert_eq!(names(&whole), names(&package));
    }
}

/// Makes a weight float16 behind a cast; what it holds does not matter.
fn store_as_half(model: &mut ModelProto, name: &str) {
    let graph = model.graph.as_mut().unwrap();
    let tensor = graph
        .initializer
        .iter_mut()
        .find(|tensor| tensor.name.as_deref() == Some(name))
        .unwrap();
    let count: i64 = tensor.dims.iter().product();
    tensor.data_type = Some(FLOAT16);
    // From 0.25 to 0.5, and negative at every third.
    let bits = |n: i64| 0x3400 | (n * 37 % 1024) as u16 | u16::from(n % 3 == 0) << 15;
    tensor.raw_data = Some((0..count).flat_map(|n| bits(n).to_le_bytes()).collect());
    let cast = format!("{name}.float");
    for node in &mut graph.node {
        for input in node.input.iter_mut().filter(|input| *input == name) {
            input.clone_from(&cast);
        }
    }
    let mut node = tiny_model::node("Cast", &[name], &cast, &[]);
    node.attribute.push(AttributeProto {
        name: Some("to".into()),
        i: Some(i64::from(FLOAT)),
        r#type: Some(2),
        ..AttributeProto::default()
    });
    graph.node.insert(0, node);
}

#[test]
fn a_bent_weight_that_the_encoder_shares_is_written_with_the_decoder_alone() {
    let mut model = tiny_model::model();
    // One bias moves the latent both in the encoder and in the decoder.
    let graph = model.graph.as_mut().unwrap();
    graph
        .initializer
        .push(tiny_model::floats("tied", &[LATENT as i64]));
    let place = graph
        .node
        .iter()
        .position(|node| node.output[0] == "latent_mean")
        .unwrap();
    graph.node[place].output[0] = "mean".into();
    graph.node.insert(
        place + 1,
        tiny_model::node("Add", &["mean", "tied"], "latent_mean", &[]),
    );
    let place = graph
        .node
        .iter()
        .position(|node| node.output[0] == "d1")
        .unwrap();
    graph.node[place].input[0] = "moved".into();
    graph.node.insert(
        place,
        tiny_model::node("Add", &["latent", "tied"], "moved", &[]),
    );
    let package = reloaded(&model);
    let number = weight_layers(&package)
        .unwrap()
        .iter()
        .find(|layer| layer.tensor == "tied")
        .unwrap()
        .number;
    let text =
        format!("weights:\n- {{layer: {number}, transform: offset, percentage: 1, amount: 1}}\n");
    let preset = Preset::from_yaml(&text, "tied.yaml").unwrap();
    let export = |part| export(&package, &Program::new(), &preset.weights, part);
    let error = export(Part::Model).unwrap_err();
    assert!(error.to_string().contains("tied"), "{error}");
    export(Part::Decoder).unwrap();
}

#[test]
fn a_model_with_a_sidecar_is_exported_as_one_that_needs_none() {
    // Frequency first: its layers are turned for the bends.
    let sidecar = Sidecar::from_yaml(own_models::MAPS, "own.yaml").unwrap();
    let bytes = own_models::maps(true).to_bytes();
    let package = Package::with_sidecar(Path::new("own.onnx"), &bytes, &sidecar).unwrap();
    let bends = bend(1, "rotate", "20", "features: all") + &bend(1, "flip-h", "", "features: all");
    let program = resolve(&preset(&bends), package.manifest()).unwrap();
    let whole = reloaded(&export(&package, &program, &[], Part::Model).unwrap());
    assert_eq!(whole.manifest(), package.manifest());
    let size = package.manifest().latent_size;
    let latents: Vec<f32> = (0..size).map(|n| (n as f32 * 1.7).sin()).collect();
    let decode = |package: &Package, program: &Program| {
        let mut windows = Vec::new();
        let mut bender = Bender::new(package, kit::runtime()).unwrap();
        bender.decode(&latents, program, &mut windows).unwrap();
        windows
    };
    let expected = decode(&package, &program);
    assert!(expected != decode(&package, &Program::new()));
    assert_close(&decode(&whole, &Program::new()), &expected, "sidecar");
}
