//! What everyday exporters write: it runs, or is refused with the line that says what to change. And what `inspect` calls good has been run.

#![allow(clippy::unwrap_used, clippy::expect_used)] // A failed expectation is a failed test.

use std::path::Path;

use kit::export_models::{
    BINS, Export, FRAMES, Heads, LATENT, graph, in_precision, in_precision_between, int, integers,
    ints, numbers, put_before, sidecar, yes_or_no,
};
use kit::runtime;
use kit::tiny_model::node;
use netbend_models::export::{Part, export};
use netbend_models::node::program::Program;
use netbend_models::onnx::proto::{
    AttributeProto, BFLOAT16, DOUBLE, FLOAT16, ModelProto, NodeProto, OperatorSetIdProto,
    TensorProto,
};
use netbend_models::package::sidecar::Sidecar;
use netbend_models::package::template;
use netbend_models::run::trial::{run_decoder_once, run_once};
use netbend_models::{Bender, ModelError, ModelFormat, Package};
use prost::Message as _;

/// Strides of the latency modes.
const STRIDES: [usize; 2] = [4, 16];

fn load(model: &ModelProto, sidecar: &str) -> Result<Package, ModelError> {
    let sidecar = Sidecar::from_yaml(sidecar, "own.yaml")?;
    Package::with_sidecar(Path::new("own.onnx"), &model.encode_to_vec(), &sidecar)
}

/// What `inspect` would say against it.
fn refusal(model: &ModelProto, sidecar: &str) -> String {
    let refused = load(model, sidecar).and_then(|package| run_once(&package, runtime(), &STRIDES));
    match refused {
        Ok(()) => panic!("accepted:\n{sidecar}"),
        Err(error) => one_line(&error.to_string()),
    }
}

fn one_line(said: &str) -> String {
    assert!(!said.contains('\n'), "{said}");
    said.to_owned()
}

fn loaded(model: &ModelProto, sidecar: &str) -> Package {
    let package = load(model, sidecar).unwrap();
    run_once(&package, runtime(), &STRIDES).unwrap();
    package
}

/// The latent of a window, and what is decoded from it.
fn played(package: &Package) -> (Vec<f32>, Vec<f32>) {
    let mut bender = Bender::new(package, runtime()).unwrap();
    let window: Vec<f32> = (0..FRAMES * BINS)
        .map(|n| ((n * n) % 89) as f32 / 89.0)
        .collect();
    let (mut latent, mut decoded) = (Vec::new(), Vec::new());
    bender.encode(&window, &mut latent).unwrap();
    bender
        .decode(&latent, &Program::new(), &mut decoded)
        .unwrap();
    (latent, decoded)
}

fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter()
        .zip(b)
        .fold(0.0, |most, (a, b)| (a - b).abs().max(most))
}

fn plain(opset: i64) -> ModelProto {
    Export::new(opset, Heads::One).model()
}

/// The ways in which `mu, logvar = h.chunk(2, 1)` is written, with and without the noise of training. The template finds mean and latent of each.
#[test]
fn a_variational_autoencoder_runs_however_its_halves_are_cut() {
    let straight = played(&loaded(
        &Export::new(17, Heads::Two).model(),
        &sidecar("mu", "mu"),
    ));
    let flat = vec![straight.1[0]; straight.1.len()];
    assert!(
        largest_difference(&straight.1, &flat) > 1e-2,
        "the decoded window is flat"
    );
    assert!(
        straight.0.iter().any(|x| x.abs() > 1e-2),
        "{:?}",
        straight.0
    );
    for (opset, heads) in [
        (9, Heads::Two),
        (11, Heads::SplitAttribute),
        (13, Heads::SplitInput),
        (18, Heads::SplitCount),
        (23, Heads::SplitCount),
        (13, Heads::Slices),
        (22, Heads::Slices),
    ] {
        for samples in [false, true] {
            let model = Export {
                samples,
                ..Export::new(opset, heads)
            }
            .model();
            let latent = if samples { "z" } else { "mu" };
            let package = loaded(&model, &sidecar(latent, "mu"));
            let own = played(&package);
            assert!(
                largest_difference(&straight.0, &own.0) < 1e-4,
                "{heads:?} {opset}"
            );
            assert!(
                largest_difference(&straight.1, &own.1) < 1e-4,
                "{heads:?} {opset}"
            );
            let layers: Vec<_> = package.own_layers().collect();
            assert_eq!(layers, ["d1"]);

            let text = template(Path::new("own.onnx"), &model.encode_to_vec()).unwrap();
            let from_template = loaded(&model, &text);
            assert_eq!(from_template.manifest().latent_size, LATENT, "{text}");
            assert!(text.contains(&format!("  latent: \"{latent}\"")), "{text}");
            let mean = text.contains("  latent_mean: \"mu\"");
            assert_eq!(mean, samples, "{text}");
        }
    }
}

#[test]
fn shapes_computed_from_the_windows_own_are_written_into_the_graph() {
    let model = Export {
        shapes_of_input: true,
        ..Export::new(17, Heads::Two)
    }
    .model();
    let computed = played(&loaded(&model, &sidecar("mu", "mu")));
    let text = template(Path::new("own.onnx"), &model.encode_to_vec()).unwrap();
    assert!(text.contains("latent: \"mu\""), "{text}");
    let stated = played(&loaded(
        &Export::new(17, Heads::Two).model(),
        &sidecar("mu", "mu"),
    ));
    assert!(largest_difference(&computed.1, &stated.1) < 1e-5);
}

/// A batch that is fixed somewhere: it is named, and how to export again.
#[test]
fn a_model_for_so_many_windows_at_once_is_refused_with_how_to_export_it_again() {
    for batch in [1, 2, 3, 4, 16] {
        let many = if batch == 1 {
            "one window".to_owned()
        } else {
            format!("{batch} windows")
        };
        for (encoder, decoder) in [(batch, -1), (-1, batch), (batch, batch)] {
            let model = Export {
                encoder_batch: encoder,
                decoder_batch: decoder,
                ..Export::new(20, Heads::One)
            };
            let said = refusal(&model.model(), &sidecar("mu", "mu"));
            assert!(
                said.contains(&format!("it takes {many} at once, but not")),
                "{batch} {encoder} {decoder}: {said}"
            );
            assert!(
                said.contains("dynamic batch axis") && said.contains("\"spec\": {0: \"batch\"}"),
                "{said}"
            );
        }
    }
    // An odd batch is found because the input states it.
    let mut model = Export {
        encoder_batch: 7,
        ..Export::new(20, Heads::One)
    }
    .model();
    let declare = |model: &mut ModelProto, batch| {
        let kind = graph(model).input[0].r#type.as_mut().unwrap();
        let dims = &mut kind
            .tensor_type
            .as_mut()
            .unwrap()
            .shape
            .as_mut()
            .unwrap()
            .dim;
        (dims[0].dim_value, dims[0].dim_param) = (Some(batch), None);
    };
    declare(&mut model, 7);
    let said = refusal(&model, &sidecar("mu", "mu"));
    assert!(
        said.contains("7 windows at once, but not one")
            || said.contains("7 windows at once, but not 1"),
        "{said}"
    );
    // One that is stated and kept to by no node hinders nobody.
    let mut stated = plain(20);
    declare(&mut stated, 2);
    loaded(&stated, &sidecar("mu", "mu"));
}

#[test]
fn other_precisions_inside_become_single_and_what_is_exported_runs() {
    let single = played(&loaded(&plain(20), &sidecar("mu", "mu")));
    for (kind, tolerance) in [(FLOAT16, 5e-3), (BFLOAT16, 5e-2), (DOUBLE, 1e-5)] {
        let mut model = in_precision(plain(20), kind);
        for ends in [false, true] {
            if ends {
                // The ends in that precision, too: `model.half()`.
                let graph = graph(&mut model);
                graph
                    .node
                    .retain(|node| node.op_type.as_deref() != Some("Cast"));
                for node in &mut graph.node {
                    for name in node.input.iter_mut().chain(&mut node.output) {
                        *name = name.replace(".cast", "");
                    }
                }
                for end in graph.input.iter_mut().chain(&mut graph.output) {
                    end.r#type
                        .as_mut()
                        .unwrap()
                        .tensor_type
                        .as_mut()
                        .unwrap()
                        .elem_type = Some(kind);
                }
            }
            let package = loaded(&model, &sidecar("mu", "mu"));
            let own = played(&package);
            let difference = largest_difference(&single.1, &own.1);
            assert!(difference < tolerance, "type {kind}: {difference}");
            let written = export(&package, &Program::new(), &[], Part::Model).unwrap();
            let written = Package::from_bytes(Path::new("out.onnx"), &written.to_bytes()).unwrap();
            run_once(&written, runtime(), &STRIDES).unwrap();
            let decoder = export(&package, &Program::new(), &[], Part::Decoder).unwrap();
            run_decoder_once(&decoder, package.manifest(), runtime()).unwrap();
        }
    }
    // A converter was at the whole model that Netbend had written.
    let whole = export(
        &loaded(&plain(20), &sidecar("mu", "mu")),
        &Program::new(),
        &[],
        Part::Model,
    )
    .unwrap();
    let mut half = in_precision_between(
        whole.clone(),
        FLOAT16,
        "netbend.spectrogram",
        "netbend.decoded",
    );
    graph(&mut half).output = whole.graph.as_ref().unwrap().output.clone();
    let package = Package::from_bytes(Path::new("half.onnx"), &half.to_bytes()).unwrap();
    run_once(&package, runtime(), &STRIDES).unwrap();
    assert!(largest_difference(&single.1, &played(&package).1) < 5e-3);
    // A number that no 32-bit float holds.
    let mut huge = in_precision(plain(20), DOUBLE);
    let weight = graph(&mut huge)
        .initializer
        .iter_mut()
        .find(|t| t.name.as_deref() == Some("d1.w"));
    weight.unwrap().raw_data.as_mut().unwrap()[..8].copy_from_slice(&1e300_f64.to_le_bytes());
    let said = refusal(&huge, &sidecar("mu", "mu"));
    assert!(
        said.contains("`d1.w`") && said.contains("infinities"),
        "{said}"
    );
}

/// Windows that hang together, or come out as no numbers, are seen only when the model is run.
#[test]
fn what_only_a_run_shows_is_refused() {
    let with = |nodes: Vec<NodeProto>, from: &str, weights: Vec<TensorProto>| {
        let mut model = plain(13);
        put_before(&mut model, "recon", nodes, from);
        let graph = graph(&mut model);
        graph.initializer.extend(weights);
        // A sigmoid of what is no number may be one.
        graph.node.last_mut().unwrap().op_type = Some("Identity".into());
        refusal(&model, &sidecar("mu", "mu"))
    };
    let mean = NodeProto {
        attribute: vec![ints("axes", &[0])],
        ..node("ReduceMean", &["d2.conv"], "mean", &[])
    };
    let across = vec![mean, node("Sub", &["d2.conv", "mean"], "centred", &[])];
    let said = with(across, "centred", vec![]);
    assert!(
        said.contains("its decoder makes something else of window")
            && said.contains("model.eval()"),
        "{said}"
    );

    let logarithm = vec![
        node("Sub", &["d2.conv", "much"], "negative", &[]),
        node("Log", &["negative"], "odd", &[]),
    ];
    let said = with(logarithm, "odd", vec![numbers("much", &[1e3])]);
    assert!(
        said.contains("its decoder gives") && said.contains("no numbers"),
        "{said}"
    );
}

/// Operators that came with newer operator sets or went with older ones, each in a decoder that runs.
#[test]
fn normalisations_and_resizing_of_every_operator_set_run() {
    let ones = |name: &str, count: usize| numbers(name, &vec![0.8; count]);
    let texts = |name: &str, text: &str| AttributeProto {
        name: Some(name.into()),
        s: Some(text.into()),
        r#type: Some(3),
        ..AttributeProto::default()
    };
    let scales = AttributeProto {
        name: Some("scales".into()),
        floats: vec![1.0; 4],
        r#type: Some(6),
        ..AttributeProto::default()
    };
    let of = |operator: &str, inputs: &[&str], attribute: Vec<AttributeProto>| NodeProto {
        attribute,
        ..node(operator, inputs, "new", &[])
    };
    let four = numbers("four", &[1.0; 4]);
    for (opset, node, weights) in [
        (
            18,
            of(
                "GroupNormalization",
                &["d1.conv", "s", "b"],
                vec![int("num_groups", 1)],
            ),
            vec![ones("s", 1), ones("b", 1)],
        ),
        (
            21,
            of(
                "GroupNormalization",
                &["d1.conv", "s", "b"],
                vec![int("num_groups", 3)],
            ),
            vec![ones("s", 3), ones("b", 3)],
        ),
        (
            23,
            of("RMSNormalization", &["d1.conv", "s"], vec![]),
            vec![ones("s", 64)],
        ),
        (
            9,
            of(
                "Upsample",
                &["d1.conv", "four"],
                vec![texts("mode", "nearest")],
            ),
            vec![four.clone()],
        ),
        (
            7,
            of(
                "Upsample",
                &["d1.conv"],
                vec![texts("mode", "nearest"), scales],
            ),
            vec![],
        ),
        (
            18,
            of(
                "Resize",
                &["d1.conv", "", "two"],
                vec![ints("axes", &[2, 3])],
            ),
            vec![numbers("two", &[1.0; 2])],
        ),
        (22, of("Sin", &["d1.conv"], vec![]), vec![]),
        (25, of("Round", &["d1.conv"], vec![]), vec![]),
        (
            13,
            of("Where", &["which", "d1.conv", "b"], vec![]),
            vec![yes_or_no("which", true), ones("b", 1)],
        ),
        (
            18,
            of("Max", &["d1.conv", "b", "s"], vec![]),
            vec![ones("b", 1), ones("s", 1)],
        ),
        (
            18,
            of("Expand", &["d1.conv", "shape"], vec![]),
            vec![integers("shape", &[1, 3, 16, 64])],
        ),
        (
            13,
            of("Tile", &["d1.conv", "shape"], vec![]),
            vec![integers("shape", &[1, 1, 1, 1])],
        ),
    ] {
        let operator = node.op_type.clone().unwrap();
        let mut model = plain(opset);
        put_before(&mut model, "d1", vec![node], "new");
        graph(&mut model).initializer.extend(weights);
        let package = load(&model, &sidecar("mu", "mu"));
        let package = package.unwrap_or_else(|error| panic!("{operator} {opset}: {error}"));
        let run = run_once(&package, runtime(), &STRIDES);
        run.unwrap_or_else(|error| panic!("{operator} {opset}: {error}"));
        // The layer ends behind what follows its convolution.
        assert_eq!(package.manifest().layers[0].features, 3, "{operator}");
    }
}

/// A weight that is normalised in the graph, as `weight_norm` leaves it.
#[test]
fn weights_that_the_graph_computes_run() {
    let mut model = plain(18);
    let weight_norm = vec![
        NodeProto {
            attribute: vec![int("keepdims", 1)],
            ..node("ReduceL2", &["d1.w", "rest"], "norm", &[])
        },
        node("Div", &["d1.w", "norm"], "direction", &[]),
        node("Mul", &["g", "direction"], "d1.weight", &[]),
    ];
    put_before(&mut model, "d1.conv", weight_norm, "d.maps");
    let graph = graph(&mut model);
    graph.initializer.extend([
        integers("rest", &[1, 2, 3]),
        TensorProto {
            dims: vec![4, 1, 1, 1],
            ..numbers("g", &[0.9; 4])
        },
    ]);
    let convolution = graph
        .node
        .iter_mut()
        .find(|n| n.output == ["d1.conv"])
        .unwrap();
    convolution.input[1] = "d1.weight".into();
    let package = loaded(&model, &sidecar("mu", "mu"));
    let names: Vec<_> = netbend_models::node::weights::weight_layers(&package)
        .unwrap()
        .into_iter()
        .map(|layer| layer.name)
        .collect();
    assert!(
        names.contains(&"d1.w".to_owned()) && names.contains(&"g".to_owned()),
        "{names:?}"
    );
}

#[test]
fn a_decoder_of_dense_layers_bends_behind_them() {
    let mut model = plain(17);
    let graph = graph(&mut model);
    let from = graph.node.iter().position(|n| n.output == ["d"]).unwrap();
    graph.node.truncate(from + 1);
    graph.node.extend([
        node("Relu", &["d"], "d.relu", &[]),
        node("Gemm", &["d.relu", "o.w"], "o", &[]),
        node("Sigmoid", &["o"], "o.gate", &[]),
        node("Reshape", &["o.gate", "window"], "recon", &[]),
    ]);
    graph.initializer.extend([
        kit::tiny_model::floats("o.w", &[1_024, (FRAMES * BINS) as i64]),
        integers("window", &[-1, 1, FRAMES as i64, BINS as i64]),
    ]);
    let package = loaded(&model, &sidecar("mu", "mu"));
    assert_eq!(package.own_layers().collect::<Vec<_>>(), ["d.relu"]);
    assert_eq!(package.manifest().layers[0].features, 1_024);
}

#[test]
fn every_operator_that_does_not_run_says_what_to_change() {
    for (domain, operator, expected) in [
        ("", "GRU", "convolutions over the frames"),
        ("", "Einsum", "torch.matmul"),
        ("", "QuantizeLinear", "export the float model"),
        ("", "ConvInteger", "export the float model"),
        ("", "If", "control flow"),
        ("", "Loop", "torch.jit.script"),
        ("", "GridSample", "nn.Upsample"),
        ("", "NonZero", "torch.where"),
        ("", "Attention", "opset_version=18 to 22"),
        ("", "RandomNormalLike", "latent_mean"),
        ("", "ArgMin", "VQ-VAE"),
        ("", "STFT", "from the spectrogram on"),
        ("", "Nonsense", "docs/your-own-model.md"),
        ("com.microsoft", "FusedConv", "without optimisation"),
        ("pkg.torch", "Linear", "inline_local_functions"),
    ] {
        let mut model = plain(17);
        let odd = NodeProto {
            domain: Some(domain.into()),
            ..node(operator, &["d1.conv"], "odd", &[])
        };
        put_before(&mut model, "d1", vec![odd], "odd");
        let said = refusal(&model, &sidecar("mu", "mu"));
        assert!(
            said.contains(&format!("{operator}`")) && said.contains(expected),
            "{said}"
        );
    }
    for opset in [6, 26] {
        let said = refusal(&plain(opset), &sidecar("mu", "mu"));
        assert!(
            said.contains(&format!("operator set is {opset}")) && said.contains("opset_version="),
            "{said}"
        );
    }
    let mut model = plain(17);
    let linear = NodeProto {
        domain: Some("mine".into()),
        ..node("Linear", &["d1.conv"], "odd", &[])
    };
    put_before(&mut model, "d1", vec![linear], "odd");
    model.functions.push(vec![]);
    model.opset_import.push(OperatorSetIdProto {
        domain: Some("mine".into()),
        version: Some(1),
    });
    assert!(refusal(&model, &sidecar("mu", "mu")).contains("onnx.inliner"));
}

/// Where the graph leaves open which tensor is the latent, the template lists those it may be, and is refused until one is filled in.
#[test]
fn a_template_asks_where_the_graph_leaves_it_open() {
    let path = Path::new("own.onnx");
    // Features as many as the latent lie apart from it.
    let mut model = plain(17);
    put_before(
        &mut model,
        "mu",
        vec![
            node("Gemm", &["flat", "n.w"], "n", &[]),
            node("Relu", &["n"], "n.relu", &[]),
        ],
        "n.relu",
    );
    let weights = &mut graph(&mut model).initializer;
    weights.retain(|tensor| tensor.name.as_deref() != Some("mu.w"));
    weights.extend([
        kit::tiny_model::floats("n.w", &[1_024, LATENT as i64]),
        kit::tiny_model::floats("mu.w", &[LATENT as i64, LATENT as i64]),
    ]);
    let text = template(path, &model.encode_to_vec()).unwrap();
    for expected in [
        "FILL IN",
        "#   \"n.relu\"  [8]",
        "#   \"mu\"  [8]",
        "latent: \"?\"",
    ] {
        assert!(text.contains(expected), "no {expected} in {text}");
    }
    let line = text
        .lines()
        .position(|line| line.contains("latent: \"?\""))
        .unwrap()
        + 1;
    let said = refusal(&model, &text);
    assert!(
        said.starts_with(&format!("own.yaml:{line}: tensors.latent is not filled in")),
        "{said}"
    );
    assert!(said.contains("`mu` [8]"), "{said}");
    loaded(&model, &text.replace("latent: \"?\"", "latent: \"mu\""));

    // An output says it.
    let named = graph(&mut model).output[0].clone();
    graph(&mut model)
        .output
        .push(netbend_models::onnx::proto::ValueInfoProto {
            name: Some("mu".into()),
            ..named
        });
    let text = template(path, &model.encode_to_vec()).unwrap();
    assert!(text.contains("latent: \"mu\""), "{text}");

    // Noise on the window is no sampling.
    let mut noisy = plain(17);
    let noise = [
        node("RandomNormalLike", &["spec"], "noise", &[]),
        node("Add", &["spec", "noise"], "noised", &[]),
    ];
    put_before(&mut noisy, "e", noise.to_vec(), "noised");
    let text = template(path, &noisy.encode_to_vec()).unwrap();
    assert!(
        text.contains("latent: \"?\"") && text.contains("#   \"mu\"  [8]"),
        "{text}"
    );

    // What skips the latent leaves nothing to choose from.
    let mut skips = plain(17);
    put_before(
        &mut skips,
        "d1",
        vec![
            node("Resize", &["e", "", "up"], "skip", &[]),
            node("Slice", &["skip", "from", "to", "axis"], "three", &[]),
            node("Add", &["d1.conv", "three"], "mixed", &[]),
        ],
        "mixed",
    );
    graph(&mut skips).initializer.extend([
        numbers("up", &[1.0, 1.0, 2.0, 2.0]),
        integers("from", &[0]),
        integers("to", &[3]),
        integers("axis", &[1]),
    ]);
    let text = template(path, &skips.encode_to_vec()).unwrap();
    assert!(text.contains("latent: \"?\""), "{text}");
}

/// PowerShell's `>` writes UTF-16.
#[test]
fn a_sidecar_in_utf_16_lies_beside_its_model_like_any_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.onnx");
    std::fs::write(&path, plain(17).encode_to_vec()).unwrap();
    let text = sidecar("mu", "mu");
    let encoded = |order: fn(u16) -> [u8; 2]| -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(order).collect()
    };
    for bytes in [encoded(u16::to_le_bytes), encoded(u16::to_be_bytes)] {
        std::fs::write(path.with_extension("yaml"), bytes).unwrap();
        assert_eq!(Package::load(&path).unwrap().manifest().latent_size, LATENT);
        assert_eq!(ModelFormat::read(&path).unwrap().fft_size, 512);
    }
    std::fs::write(path.with_extension("yaml"), b"tensors: \xff").unwrap();
    let said = Package::load(&path).unwrap_err().to_string();
    assert!(
        said.contains("own.yaml is not text") && said.contains("UTF-8"),
        "{said}"
    );
}

/// The decoder's latent in maps, and a mean that a convolution gives beside its log-variance.
#[test]
fn a_latent_of_maps_is_found_beside_its_twin() {
    let mut model = plain(17);
    let graph = graph(&mut model);
    graph
        .node
        .retain(|n| !["flat", "mu", "d", "d.maps"].contains(&n.output[0].as_str()));
    let place = graph
        .node
        .iter()
        .position(|n| n.output == ["d1.conv"])
        .unwrap();
    graph.node.splice(
        place..place,
        [
            node("Conv", &["h", "mu.w"], "mu", &[]),
            node("Conv", &["h", "lv.w"], "lv", &[]),
            node("Conv", &["mu", "d.w"], "d.maps", &[]),
        ],
    );
    graph.initializer.retain(|t| {
        !["mu.w", "d.w", "flat.shape", "maps.shape"].contains(&t.name.as_deref().unwrap())
    });
    graph.initializer.extend([
        kit::tiny_model::floats("mu.w", &[4, 4, 1, 1]),
        kit::tiny_model::floats("lv.w", &[4, 4, 1, 1]),
        kit::tiny_model::floats("d.w", &[4, 4, 1, 1]),
    ]);
    graph
        .output
        .push(netbend_models::onnx::proto::ValueInfoProto::float_tensor(
            "lv",
            &[],
        ));
    let text = template(Path::new("own.onnx"), &model.encode_to_vec()).unwrap();
    assert!(text.contains("latent: \"mu\""), "{text}");
    assert_eq!(loaded(&model, &text).manifest().latent_size, 4 * 8 * 32);
}

/// `model.half()`: input and output are 16-bit floats as well.
#[test]
fn a_template_of_a_model_in_half_precision_names_what_that_of_the_float_model_names() {
    let float = plain(17);
    let mut half = float.clone();
    let graph = half.graph.as_mut().unwrap();
    for tensor in &mut graph.initializer {
        let Some(raw) = tensor
            .raw_data
            .as_mut()
            .filter(|_| tensor.data_type == Some(1))
        else {
            continue;
        };
        // Zeros, in half the width: what counts here are shapes and types.
        raw.truncate(raw.len() / 2);
        raw.fill(0);
        tensor.data_type = Some(FLOAT16);
    }
    for info in graph.input.iter_mut().chain(&mut graph.output) {
        let kind = info.r#type.as_mut().unwrap().tensor_type.as_mut().unwrap();
        kind.elem_type = Some(FLOAT16);
    }
    let text =
        |model: &ModelProto| template(Path::new("own.onnx"), &model.encode_to_vec()).unwrap();
    assert_eq!(text(&half), text(&float));
}

/// `F.pad(y, (0, 1))` by the exporter of old: the amounts are filled up, turned round and put in order by the graph.
#[test]
fn constant_padding_runs_however_its_amounts_are_written() {
    let mut model = plain(17);
    let graph = model.graph.as_mut().unwrap();
    let last = graph.node.last_mut().unwrap();
    let output = std::mem::replace(&mut last.output[0], "before.pad".into());
    graph.node.extend([
        node("ConstantOfShape", &["six"], "zeros", &[]),
        node("Cast", &["zeros"], "zeros.whole", &[]),
        node("Concat", &["ends", "zeros.whole"], "amounts", &[]),
        node("Reshape", &["amounts", "pairs"], "table", &[]),
        node(
            "Slice",
            &["table", "minus", "far", "first", "minus"],
            "turned",
            &[],
        ),
        node("Transpose", &["turned"], "columns", &[("perm", &[1, 0])]),
        node("Reshape", &["columns", "minus"], "pads", &[]),
        node("Pad", &["before.pad", "pads"], &output, &[]),
    ]);
    let count = graph.node.len();
    graph.node[count - 7].attribute = vec![int("to", 7)];
    graph.node[count - 6].attribute = vec![int("axis", 0)];
    graph.initializer.extend([
        integers("six", &[6]),
        integers("ends", &[0, 0]),
        integers("pairs", &[-1, 2]),
        integers("minus", &[-1]),
        integers("far", &[-i64::MAX]),
        integers("first", &[0]),
    ]);
    let text = sidecar("mu", "mu");
    let straight = played(&loaded(&plain(17), &text));
    assert_eq!(played(&loaded(&model, &text)), straight);
}
