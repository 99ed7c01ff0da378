//! The shapes that are inferred are those that ONNX Runtime gives, node by node.

#![allow(clippy::unwrap_used, clippy::expect_used)] // A failed expectation is a failed test.

use kit::export_models::{int, integers, ints, numbers, yes_or_no};
use kit::runtime;
use kit::tiny_model::node;
use netbend_models::onnx::check::check;
use netbend_models::onnx::proto::{
    AttributeProto, Dimension, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto,
    ValueInfoProto,
};
use netbend_models::onnx::shapes::Shapes;
use ort::session::Session;
use ort::value::TensorRef;
use prost::Message as _;

const INPUT: [usize; 4] = [2, 6, 4, 8];

/// A node of `x` and weights, in an operator set.
struct Case {
    opset: i64,
    node: NodeProto,
    weights: Vec<TensorProto>,
}

fn case(
    opset: i64,
    operator: &str,
    more: &[&str],
    attribute: Vec<AttributeProto>,
    weights: Vec<TensorProto>,
) -> Case {
    let inputs: Vec<&str> = std::iter::once("x").chain(more.iter().copied()).collect();
    Case {
        opset,
        node: NodeProto {
            attribute,
            ..node(operator, &inputs, "y0", &[])
        },
        weights,
    }
}

fn outputs(mut case: Case, count: usize) -> Case {
    case.node.output = (0..count).map(|n| format!("y{n}")).collect();
    case
}

fn model(case: &Case) -> ModelProto {
    let fixed = INPUT.map(|size| Dimension::Fixed(size as i64));
    ModelProto {
        ir_version: Some(8),
        opset_import: vec![OperatorSetIdProto {
            domain: None,
            version: Some(case.opset),
        }],
        graph: Some(GraphProto {
            name: Some("one".into()),
            node: vec![case.node.clone()],
            initializer: case.weights.clone(),
            input: vec![ValueInfoProto::float_tensor("x", &fixed)],
            output: case
                .node
                .output
                .iter()
                .map(|name| ValueInfoProto {
                    name: Some(name.clone()),
                    r#type: None,
                })
                .collect(),
            ..GraphProto::default()
        }),
        ..ModelProto::default()
    }
}

/// The shapes of a node's outputs when it is run.
fn run(model: &ModelProto) -> Result<Vec<Vec<usize>>, String> {
    let told = |error: &dyn std::fmt::Display| error.to_string();
    let mut session = runtime().create(|environment| {
        let mut builder = Session::builder(environment).map_err(|e| told(&e))?;
        builder
            .commit_from_memory(&model.encode_to_vec())
            .map_err(|e| told(&e))
    })?;
    let values = vec![0.5_f32; INPUT.iter().product()];
    let input = TensorRef::from_array_view((INPUT, values.as_slice())).map_err(|e| told(&e))?;
    let outputs = session
        .run(ort::inputs!["x" => input])
        .map_err(|e| told(&e))?;
    Ok(outputs
        .iter()
        .map(|(_, value)| {
            let shape = value.dtype().tensor_shape().unwrap().to_vec();
            shape.into_iter().map(|size| size as usize).collect()
        })
        .collect())
}

#[test]
fn shapes_are_those_that_onnx_runtime_gives() {
    let axis = |axis| int("axis", axis);
    let scalar = |tensor: TensorProto| TensorProto {
        dims: vec![],
        ..tensor
    };
    let mut cases = vec![
        outputs(
            case(
                11,
                "Split",
                &[],
                vec![axis(1), ints("split", &[1, 5])],
                vec![],
            ),
            2,
        ),
        outputs(case(11, "Split", &[], vec![axis(-1)], vec![]), 4),
        outputs(
            case(
                13,
                "Split",
                &["s"],
                vec![axis(3)],
                vec![integers("s", &[3, 1, 4])],
            ),
            3,
        ),
        outputs(
            case(
                18,
                "Split",
                &[],
                vec![axis(3), int("num_outputs", 3)],
                vec![],
            ),
            3,
        ),
        outputs(
            case(
                22,
                "Split",
                &[],
                vec![axis(2), int("num_outputs", 2)],
                vec![],
            ),
            2,
        ),
        case(
            13,
            "Expand",
            &["s"],
            vec![],
            vec![integers("s", &[3, 1, 6, 1, 8])],
        ),
        case(
            13,
            "Tile",
            &["s"],
            vec![],
            vec![integers("s", &[1, 2, 1, 3])],
        ),
        case(13, "SpaceToDepth", &[], vec![int("blocksize", 2)], vec![]),
        case(13, "Where", &["w", "x"], vec![], vec![yes_or_no("w", true)]),
        case(
            18,
            "Max",
            &["a", "b"],
            vec![],
            vec![numbers("a", &[1.0]), numbers("b", &[1.0; 8])],
        ),
        case(13, "Mean", &["a"], vec![], vec![numbers("a", &[1.0; 8])]),
        case(13, "Sum", &[], vec![], vec![]),
        case(13, "Greater", &["a"], vec![], vec![numbers("a", &[1.0; 8])]),
        case(
            21,
            "GroupNormalization",
            &["a", "a"],
            vec![int("num_groups", 3)],
            vec![numbers("a", &[1.0; 6])],
        ),
        case(
            18,
            "Resize",
            &["", "s"],
            vec![ints("axes", &[3, 2])],
            vec![numbers("s", &[1.5, 2.0])],
        ),
        case(
            18,
            "Resize",
            &["", "", "s"],
            vec![ints("axes", &[2])],
            vec![integers("s", &[7])],
        ),
        case(
            9,
            "Upsample",
            &["s"],
            vec![],
            vec![numbers("s", &[1.0, 1.0, 2.5, 2.0])],
        ),
        case(
            13,
            "Pad",
            &["s"],
            vec![],
            vec![integers("s", &[0, 0, 1, -2, 0, 1, 0, 1])],
        ),
        case(13, "GlobalMaxPool", &[], vec![], vec![]),
    ];
    // `Where` takes its condition first.
    for case in cases
        .iter_mut()
        .filter(|case| case.node.op_type.as_deref() == Some("Where"))
    {
        case.node.input = ["w", "x", "x"].map(Into::into).to_vec();
    }
    let reductions = [
        "ReduceL1",
        "ReduceL2",
        "ReduceMax",
        "ReduceMean",
        "ReduceMin",
        "ReduceProd",
        "ReduceSum",
        "ReduceSumSquare",
    ];
    for operator in reductions {
        cases.push(case(
            11,
            operator,
            &[],
            vec![ints("axes", &[1, -1])],
            vec![],
        ));
        cases.push(case(
            18,
            operator,
            &["a"],
            vec![int("keepdims", 0)],
            vec![integers("a", &[2])],
        ));
        cases.push(case(
            18,
            operator,
            &[],
            vec![int("noop_with_empty_axes", 1)],
            vec![],
        ));
        cases.push(case(20, operator, &["a"], vec![], vec![integers("a", &[])]));
    }
    for operator in [
        "Abs",
        "Ceil",
        "Cos",
        "Floor",
        "Log",
        "LogSoftmax",
        "LpNormalization",
        "Neg",
        "Reciprocal",
        "Round",
        "Sign",
        "Sin",
        "Softsign",
        "ThresholdedRelu",
    ] {
        for opset in [13, 22, 25] {
            cases.push(case(opset, operator, &[], vec![], vec![]));
        }
    }
    cases.push(case(
        23,
        "RMSNormalization",
        &["a"],
        vec![],
        vec![numbers("a", &[1.0; 8])],
    ));
    cases.push(outputs(case(13, "Dropout", &[], vec![], vec![]), 2));
    let range =
        ["a", "b", "c"].map(|name| scalar(integers(name, &[if name == "b" { 11 } else { 3 }])));
    let mut counted = case(13, "Range", &[], vec![], range.to_vec());
    counted.node.input = ["a", "b", "c"].map(Into::into).to_vec();
    cases.push(counted);
    for case in &cases {
        let model = model(case);
        let named = format!(
            "{} {:?}",
            case.node.op_type.as_deref().unwrap(),
            case.node.attribute
        );
        check(&model).unwrap_or_else(|error| panic!("{named}: {error}"));
        let graph = model.graph.as_ref().unwrap();
        let inferred = Shapes::infer(graph, &[("x", INPUT.to_vec())]);
        let inferred = inferred.unwrap_or_else(|error| panic!("{named}: {error}"));
        let found = run(&model).unwrap_or_else(|error| panic!("{named}: {error}"));
        for (name, found) in case.node.output.iter().zip(&found) {
            assert_eq!(inferred.of(name), Some(found.as_slice()), "{named}, {name}");
        }
    }
}
