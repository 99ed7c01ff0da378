//! A file may hold more than a model needs. A package holds what encoder and decoder need, and so does what is exported of it.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A failed expectation is a failed test.

use std::path::Path;

use kit::many_operators::{list, of_steps};
use kit::runtime;
use kit::tiny_model::{self, node};
use netbend_models::export::{Part, export};
use netbend_models::node::program::Program;
use netbend_models::onnx::proto::{
    Dimension, INT64, ModelProto, NodeProto, TensorProto, ValueInfoProto,
};
use netbend_models::run::trial::run_once;
use netbend_models::{ModelError, Package};

fn load(model: &ModelProto) -> Result<Package, ModelError> {
    Package::from_bytes(Path::new("more.onnx"), &model.to_bytes())
}

fn integers(name: &str, values: &[i64]) -> TensorProto {
    TensorProto {
        name: Some(name.into()),
        dims: vec![values.len() as i64],
        data_type: Some(INT64),
        int64_data: values.to_vec(),
        ..TensorProto::default()
    }
}

/// What is exported, and that every runtime can run it.
fn exported(package: &Package) -> ModelProto {
    let model = export(package, &Program::new(), &[], Part::Model).unwrap();
    let again = load(&model).unwrap();
    run_once(&again, runtime(), &[4]).unwrap();
    model
}

#[test]
fn nodes_that_lead_nowhere_are_not_exported() {
    let plain = exported(&load(&of_steps(&[])).unwrap()).graph.unwrap();
    let dead: [(&str, Vec<NodeProto>, Vec<TensorProto>); 6] = [
        (
            "division",
            vec![node("Div", &["least", "minus"], "dead", &[])],
            vec![integers("least", &[i64::MIN]), integers("minus", &[-1])],
        ),
        (
            "division by what is computed",
            vec![
                node("Shape", &["decoder_1"], "sizes", &[]),
                node("Sub", &["sizes", "sizes"], "nothing", &[]),
                node("Div", &["sizes", "nothing"], "dead", &[]),
            ],
            vec![],
        ),
        (
            "memory",
            vec![node("ConstantOfShape", &["huge"], "dead", &[])],
            vec![integers("huge", &[65_536, 65_536])],
        ),
        (
            "padding",
            vec![node("Pad", &["decoder_1", "pads"], "dead", &[])],
            vec![integers("pads", &[0, 0, -100, -100, 0, 0, 0, 0])],
        ),
        (
            "indices",
            vec![node("Gather", &["decoder_1", "far"], "dead", &[])],
            vec![integers("far", &[1_000_000_000])],
        ),
        (
            "an attribute that is not followed",
            vec![NodeProto {
                attribute: vec![list("perm", &[0, 1])],
                ..node("Transpose", &["decoder_1"], "dead", &[])
            }],
            vec![],
        ),
    ];
    for (what, nodes, weights) in dead {
        // Also where the file gives it as an output.
        for is_output in [false, true] {
            let mut model = of_steps(&[]);
            let graph = model.graph.as_mut().unwrap();
            graph.node.extend(nodes.clone());
            graph.initializer.extend(weights.clone());
            if is_output {
                graph.output.push(ValueInfoProto::float_tensor("dead", &[]));
            }
            let package = load(&model).unwrap_or_else(|e| panic!("{what}: {e}"));
            let exported = exported(&package).graph.unwrap();
            assert_eq!(exported, plain, "{what}");
        }
    }
}

#[test]
fn inputs_outputs_and_declared_shapes_are_those_of_the_manifest() {
    let plain = exported(&load(&of_steps(&[])).unwrap());
    let changes: [fn(&mut ModelProto); 6] = [
        |model| {
            let extra = ValueInfoProto::float_tensor("extra", &[Dimension::Fixed(1)]);
            model.graph.as_mut().unwrap().input.push(extra);
        },
        |model| {
            let window = [1, 1, 8, 5].map(Dimension::Fixed);
            let graph = model.graph.as_mut().unwrap();
            graph.input = vec![ValueInfoProto::float_tensor("spectrogram", &window)];
        },
        |model| {
            let strange = [Dimension::Fixed(1 << 62), Dimension::Fixed(3)];
            let graph = model.graph.as_mut().unwrap();
            graph.input = vec![ValueInfoProto::float_tensor("spectrogram", &strange)];
        },
        |model| {
            let kind = model.graph.as_mut().unwrap().input[0].r#type.as_mut();
            kind.unwrap().tensor_type.as_mut().unwrap().elem_type = Some(8);
        },
        |model| model.graph.as_mut().unwrap().output.clear(),
        |model| {
            let mut lie = ValueInfoProto::float_tensor("decoder_1", &[Dimension::Fixed(7)]);
            let kind = lie.r#type.as_mut().unwrap().tensor_type.as_mut().unwrap();
            kind.elem_type = Some(INT64);
            model.graph.as_mut().unwrap().value_info.push(lie);
        },
    ];
    for (place, change) in changes.iter().enumerate() {
        let mut model = of_steps(&[]);
        change(&mut model);
        let package = load(&model).unwrap_or_else(|e| panic!("{place}: {e}"));
        assert_eq!(exported(&package).graph, plain.graph, "{place}");
    }
}

#[test]
fn what_lies_between_mean_and_latent_is_left_out() {
    let mut model = of_steps(&[]);
    let graph = model.graph.as_mut().unwrap();
    graph.node[2] = node("Mul", &["latent_mean", "latent_mean"], "latent", &[]);
    let package = load(&model).unwrap();
    assert_eq!(
        exported(&package).graph,
        load(&of_steps(&[])).unwrap().model().graph
    );
}

#[test]
fn the_log_variance_is_one_that_the_graph_computes_or_none() {
    let named = |name: &str| {
        let mut model = tiny_model::model();
        let mut manifest = tiny_model::manifest();
        manifest["tensors"]["latent_log_variance"] = name.into();
        model.metadata_props[0].value = Some(manifest.to_string());
        load(&model).unwrap()
    };
    let of = |package: &Package| package.manifest().tensors.latent_log_variance.clone();
    assert_eq!(of(&named("latent_log_variance")), "latent_log_variance");
    for wrong in ["", "nowhere", "e", "decoded", "d2.b"] {
        let package = named(wrong);
        assert_eq!(of(&package), "", "{wrong}");
        // The manifest that is exported says the same.
        let again = load(&exported(&package)).unwrap();
        assert_eq!(of(&again), "", "{wrong}");
        assert_eq!(again.model().graph.as_ref().unwrap().output.len(), 2);
    }
}

/// The hash is that of the file, and the shipped model is run as it is.
#[test]
fn a_model_that_holds_nothing_more_stays_as_it_is() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("drums.onnx");
    let bytes = std::fs::read(&path).unwrap();
    let file = ModelProto::read(&bytes).unwrap();
    let package = Package::from_bytes(&path, &bytes).unwrap();
    let (own, held) = (file.graph.unwrap(), package.model().graph.clone().unwrap());
    assert_eq!(own.node, held.node);
    assert_eq!(own.initializer, held.initializer);
    assert_eq!(own.output.len(), held.output.len());
}
