//! Model files made to kill, hang or exhaust whoever loads them: each is refused with its cause, before ONNX Runtime sees it.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A failed expectation is a failed test.

use std::path::Path;

use kit::many_operators::{STEPS, float, int, list, of_steps, text};
use kit::runtime;
use kit::tiny_model::{floats, node};
use netbend_models::node::program::Program;
use netbend_models::onnx::proto::{
    AttributeProto, FLOAT, FLOAT16, INT32, INT64, ModelProto, NodeProto, TensorProto,
};
use netbend_models::{Bender, ModelError, Package};

fn load(model: &ModelProto) -> Result<Package, ModelError> {
    Package::from_bytes(Path::new("hostile.onnx"), &model.to_bytes())
}

fn refusal_of(model: &ModelProto) -> String {
    match load(model) {
        Ok(_) => panic!("a model that must be refused was accepted"),
        Err(error) => error.to_string(),
    }
}

/// A node with any attributes.
fn made(
    operator: &str,
    inputs: &[&str],
    output: &str,
    attribute: Vec<AttributeProto>,
) -> NodeProto {
    NodeProto {
        attribute,
        ..node(operator, inputs, output, &[])
    }
}

/// A model whose decoder runs through `nodes`, from maps `decoder_1` of `[batch, 2, 8, 5]` to `x`, which a convolution reads.
fn through(nodes: Vec<NodeProto>, weights: Vec<TensorProto>) -> ModelProto {
    let mut model = of_steps(&[]);
    let graph = model.graph.as_mut().unwrap();
    let place = graph.node.len() - 2;
    graph.node[place].input[0] = "x".into();
    graph.node.splice(place..place, nodes);
    graph.initializer.extend(weights);
    model
}

fn refusal(nodes: Vec<NodeProto>, weights: Vec<TensorProto>) -> String {
    refusal_of(&through(nodes, weights))
}

fn integers(name: &str, dims: &[i64], values: &[i64]) -> TensorProto {
    TensorProto {
        name: Some(name.into()),
        dims: dims.to_vec(),
        data_type: Some(INT64),
        int64_data: values.to_vec(),
        ..TensorProto::default()
    }
}

fn expect(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "`{part}` is not in: {message}");
    }
}

/// What the rules are for: everything a model may use still runs.
#[test]
fn every_operator_used_as_it_is_meant_runs() {
    for step in 0..STEPS {
        let package = load(&of_steps(&[step])).unwrap_or_else(|e| panic!("step {step}: {e}"));
        let mut bender =
            Bender::new(&package, runtime()).unwrap_or_else(|e| panic!("step {step}: {e}"));
        let mut windows = Vec::new();
        bender
            .decode(&[0.3; 12], &Program::new(), &mut windows)
            .unwrap();
        assert!(windows.iter().all(|x| x.is_finite()), "step {step}");
    }
}

/// An empty name at the end of a node's inputs is a null pointer to some of ONNX Runtime's operators.
#[test]
fn inputs_that_are_left_out_at_the_end_are_not_there() {
    for (operator, inputs) in [
        ("LayerNormalization", &["decoder_1", "five", ""][..]),
        ("Conv", &["decoder_1", "w", ""]),
        ("ConvTranspose", &["decoder_1", "w", ""]),
        ("Clip", &["decoder_1", "", ""]),
        ("Dropout", &["decoder_1", "", ""]),
    ] {
        let weights = vec![floats("five", &[5]), floats("w", &[2, 2, 1, 1])];
        let model = through(vec![made(operator, inputs, "x", vec![])], weights);
        let package = load(&model).unwrap_or_else(|e| panic!("{operator}: {e}"));
        let mut bender =
            Bender::new(&package, runtime()).unwrap_or_else(|e| panic!("{operator}: {e}"));
        bender
            .decode(&[0.3; 4], &Program::new(), &mut Vec::new())
            .unwrap();
    }
}

#[test]
fn attributes_beyond_their_range_are_named() {
    let maps = &["decoder_1"][..];
    let with_weight = &["decoder_1", "w"][..];
    for (operator, inputs, attribute, expected) in [
        (
            "ConvTranspose",
            with_weight,
            int("group", 0),
            "`group` is 0",
        ),
        (
            "ConvTranspose",
            with_weight,
            int("group", -1),
            "`group` is -1",
        ),
        ("Conv", with_weight, int("group", i64::MIN), "`group`"),
        (
            "Conv",
            with_weight,
            list("strides", &[1 << 40, 1]),
            "`strides`",
        ),
        (
            "Conv",
            with_weight,
            list("dilations", &[0, 1]),
            "`dilations`",
        ),
        (
            "Conv",
            with_weight,
            list("pads", &[-1, 0, 0, 0]),
            "`pads` is -1",
        ),
        (
            "Conv",
            with_weight,
            list("kernel_shape", &[9, 9]),
            "kernel_shape",
        ),
        (
            "Conv",
            with_weight,
            text("auto_pad", "SOMEHOW"),
            "`auto_pad`",
        ),
        (
            "ConvTranspose",
            with_weight,
            list("output_padding", &[3, 0]),
            "output_padding",
        ),
        (
            "ConvTranspose",
            with_weight,
            list("output_shape", &[60_000, 60_000]),
            "output_shape",
        ),
        (
            "DepthToSpace",
            maps,
            int("blocksize", 1 << 32),
            "`blocksize`",
        ),
        ("DepthToSpace", maps, int("blocksize", 0), "`blocksize`"),
        (
            "DepthToSpace",
            maps,
            int("blocksize", i64::MIN),
            "`blocksize`",
        ),
        (
            "MaxPool",
            maps,
            list("kernel_shape", &[0, 1]),
            "`kernel_shape`",
        ),
        ("MaxPool", maps, int("storage_order", 7), "`storage_order`"),
        ("MaxPool", maps, int("ceil_mode", -1), "`ceil_mode`"),
        ("Softmax", maps, int("axis", 4), "axis 4"),
        ("Softmax", maps, int("axis", i64::MIN), "`axis`"),
        ("Flatten", maps, int("axis", 99), "`axis`"),
        ("Transpose", maps, list("perm", &[0, 0, 1, 2]), "order"),
        (
            "Transpose",
            maps,
            list("perm", &[0, 1, 2, i64::MAX]),
            "`perm`",
        ),
        (
            "LeakyRelu",
            maps,
            float("alpha", f32::NAN),
            "`alpha` is NaN",
        ),
        ("Elu", maps, float("alpha", f32::INFINITY), "`alpha` is inf"),
        ("Cast", maps, int("to", 99), "`to` is the element type 99"),
        (
            "Cast",
            maps,
            int("to", 8),
            "`to` is the element type string",
        ),
        (
            "Identity",
            maps,
            int("future", 1),
            "`future` is not one Netbend knows",
        ),
        (
            "Gelu",
            maps,
            text("approximate", "somehow"),
            "`approximate` is `somehow`",
        ),
        (
            "Relu",
            maps,
            AttributeProto {
                g: Some(vec![]),
                ..int("a", 1)
            },
            "nested graph",
        ),
    ] {
        let output = made(operator, inputs, "x", vec![attribute]);
        expect(
            &refusal(vec![output], vec![floats("w", &[2, 2, 1, 1])]),
            &[operator, expected],
        );
    }
}

/// ONNX Runtime reads a number that is left out as 0.
#[test]
fn attributes_that_are_written_oddly_are_read_as_the_runtime_reads_them() {
    let attribute = |attribute| {
        vec![made(
            "ConvTranspose",
            &["decoder_1", "w"],
            "x",
            vec![attribute],
        )]
    };
    let weight = || vec![floats("w", &[2, 2, 1, 1])];
    let left_out = AttributeProto {
        i: None,
        ..int("group", 1)
    };
    expect(&refusal(attribute(left_out), weight()), &["`group` is 0"]);
    let other_type = AttributeProto {
        r#type: Some(1),
        ..int("group", 1)
    };
    expect(
        &refusal(attribute(other_type), weight()),
        &["`group` holds something else"],
    );
    let both = AttributeProto {
        ints: vec![1],
        ..int("group", 1)
    };
    expect(
        &refusal(attribute(both), weight()),
        &["`group` holds something else"],
    );
    let twice = vec![int("group", 1), int("group", 0)];
    let twice = vec![made("ConvTranspose", &["decoder_1", "w"], "x", twice)];
    expect(&refusal(twice, weight()), &["`group` is there twice"]);
}

#[test]
fn inputs_and_outputs_are_as_many_as_an_operator_has() {
    for (operator, inputs, expected) in [
        ("Add", &["decoder_1"][..], "1 found; expected 2"),
        ("Relu", &["decoder_1", "decoder_1"], "2 found; expected 1"),
        ("Conv", &["decoder_1", ""], "number 2 is missing"),
        ("Concat", &[], "0 found; expected 1"),
    ] {
        let message = refusal(vec![made(operator, inputs, "x", vec![])], vec![]);
        expect(&message, &[operator, expected]);
    }
    let mut two = made("Relu", &["decoder_1"], "x", vec![]);
    two.output.push("y".into());
    expect(&refusal(vec![two], vec![]), &["Relu", "outputs"]);
}

/// A bias that is too short is read beyond its end.
#[test]
fn operands_have_the_size_that_an_operator_reads() {
    for (operator, inputs) in [
        ("Conv", &["decoder_1", "w", "short"][..]),
        ("ConvTranspose", &["decoder_1", "w", "short"]),
        ("InstanceNormalization", &["decoder_1", "two", "short"]),
        (
            "BatchNormalization",
            &["decoder_1", "two", "two", "two", "short"],
        ),
        ("LayerNormalization", &["decoder_1", "short"]),
        ("PRelu", &["decoder_1", "three"]),
        ("Clip", &["decoder_1", "two"]),
    ] {
        let weights = vec![
            floats("w", &[2, 2, 1, 1]),
            floats("two", &[2]),
            floats("three", &[3]),
            floats("short", &[1]),
        ];
        expect(
            &refusal(vec![made(operator, inputs, "x", vec![])], weights),
            &[operator],
        );
    }
}

/// From whole numbers `a` and `b` to a factor of the maps.
fn divided(operator: &str, mut before: Vec<NodeProto>) -> Vec<NodeProto> {
    before.extend([
        made(operator, &["a", "b"], "q", vec![]),
        made("Cast", &["q"], "factor", vec![int("to", 1)]),
        made("Mul", &["decoder_1", "factor"], "x", vec![]),
    ]);
    before
}

#[test]
fn whole_numbers_are_divided_by_safe_constants_only() {
    for operator in ["Div", "Mod"] {
        for (a, b) in [
            (i64::MIN, -1),
            (7, 0),
            (0, 0),
            (i64::MAX, -1),
            (3, i64::MIN),
        ] {
            let weights = vec![integers("a", &[1], &[a]), integers("b", &[1], &[b])];
            expect(
                &refusal(divided(operator, vec![]), weights),
                &[operator, "divides whole numbers"],
            );
        }
        // In 32 bits, both ways of writing it.
        let narrow = |name: &str, value: i32, raw: bool| TensorProto {
            name: Some(name.into()),
            dims: vec![1],
            data_type: Some(INT32),
            raw_data: raw.then(|| value.to_le_bytes().to_vec()),
            int32_data: if raw { vec![] } else { vec![value] },
            ..TensorProto::default()
        };
        for raw in [true, false] {
            let weights = vec![narrow("a", i32::MIN, raw), narrow("b", -1, raw)];
            expect(
                &refusal(divided(operator, vec![]), weights),
                &[operator, "by -1"],
            );
        }
        let cast = vec![
            made("Cast", &["a.long"], "a", vec![int("to", 6)]),
            made("Cast", &["b.long"], "b", vec![int("to", 6)]),
        ];
        let weights = vec![
            integers("a.long", &[1], &[-1 << 31]),
            integers("b.long", &[1], &[-1]),
        ];
        expect(
            &refusal(divided(operator, cast), weights),
            &[operator, "divides whole numbers"],
        );
        // What depends on a shape may be 0 for another number of windows.
        let by_batch = vec![
            made("Shape", &["decoder_1"], "shape", vec![]),
            made("Gather", &["shape", "first"], "batch", vec![]),
            made("Sub", &["batch", "five"], "b", vec![]),
        ];
        let weights = vec![
            integers("first", &[1], &[0]),
            integers("five", &[1], &[5]),
            integers("a", &[1], &[7]),
        ];
        expect(
            &refusal(divided(operator, by_batch), weights),
            &[operator, "not known before it runs"],
        );
        // Of floats that become whole.
        let floats_of_zero = vec![made("Cast", &["decoder_1"], "b", vec![int("to", 7)])];
        let weights = vec![integers("a", &[1], &[7])];
        expect(
            &refusal(divided(operator, floats_of_zero), weights),
            &[operator, "not known"],
        );
        let many = vec![integers("a", &[1], &[7]), integers("b", &[100], &[0; 100])];
        expect(
            &refusal(divided(operator, vec![]), many),
            &[operator, "not known"],
        );
    }
    let safe = vec![integers("a", &[1], &[i64::MIN]), integers("b", &[1], &[2])];
    load(&through(divided("Div", vec![]), safe)).unwrap();
}

/// `count` times a tensor joined to itself, then its mean.
fn doubled(from: &str, count: usize, axis: i64) -> Vec<NodeProto> {
    let mut nodes = Vec::new();
    let mut now = from.to_owned();
    for n in 0..count {
        let next = format!("c{n}");
        nodes.push(made(
            "Concat",
            &[&now, &now],
            &next,
            vec![int("axis", axis)],
        ));
        now = next;
    }
    nodes.extend([
        made("ReduceMean", &[&now], "mean", vec![int("keepdims", 0)]),
        made("Add", &["decoder_1", "mean"], "x", vec![]),
    ]);
    nodes
}

#[test]
fn what_a_graph_would_allocate_is_counted_first() {
    for count in [17, 20, 26, 40, 70] {
        let folded = refusal(doubled("w", count, 0), vec![floats("w", &[64])]);
        assert!(
            folded.contains("constants alone") || folded.contains("numbers in the shape"),
            "{folded}"
        );
        let live = refusal(doubled("decoder_1", count, 2), vec![]);
        assert!(
            live.contains("MB at a time") || live.contains("numbers in the shape"),
            "{live}"
        );
    }
    let scales = |factor: f32| TensorProto {
        raw_data: Some(
            [1.0, 1.0, factor, factor]
                .iter()
                .flat_map(|x| x.to_le_bytes())
                .collect(),
        ),
        ..floats("scales", &[4])
    };
    for factor in [200.0, 6e4, 1e9, f32::MAX, 0.0, -1.0] {
        let resize = vec![
            made("Resize", &["decoder_1", "", "scales"], "large", vec![]),
            made("ReduceMean", &["large"], "mean", vec![int("keepdims", 0)]),
            made("Add", &["decoder_1", "mean"], "x", vec![]),
        ];
        expect(
            &refusal(resize, vec![scales(factor)]),
            &["Resize"].map(|name| match factor {
                200.0 => "its decoder needs",
                _ => name,
            }),
        );
    }
    for pads in [
        [0, 0, 60_000, 0, 0, 0, 60_000, 0],
        [0, 0, 0, 1 << 40, 0, 0, 0, 0],
    ] {
        let pad = vec![
            made("Pad", &["decoder_1", "pads"], "large", vec![]),
            made("MatMul", &["large", "w"], "larger", vec![]),
            made("ReduceMean", &["larger"], "mean", vec![int("keepdims", 0)]),
            made("Add", &["decoder_1", "mean"], "x", vec![]),
        ];
        let weights = vec![integers("pads", &[8], &pads), floats("w", &[5, 64])];
        assert!(!refusal(pad, weights).is_empty());
    }
    // Padded by as much as there are windows.
    let by_batch = vec![
        made("Shape", &["decoder_1"], "shape", vec![]),
        made("Gather", &["shape", "first"], "batch", vec![]),
        made("Sub", &["batch", "two"], "more", vec![]),
        made("Mul", &["more", "million"], "rows", vec![]),
        made(
            "Concat",
            &["zeros", "rows", "zero"],
            "pads",
            vec![int("axis", 0)],
        ),
        made("Pad", &["decoder_1", "pads"], "large", vec![]),
        made("ReduceMean", &["large"], "mean", vec![int("keepdims", 0)]),
        made("Add", &["decoder_1", "mean"], "x", vec![]),
    ];
    let weights = vec![
        integers("first", &[1], &[0]),
        integers("two", &[1], &[2]),
        integers("million", &[1], &[1_000_000]),
        integers("zeros", &[6], &[0; 6]),
        integers("zero", &[1], &[0]),
    ];
    expect(&refusal(by_batch, weights), &["with a batch of"]);
}

#[test]
fn arithmetic_that_could_never_be_played_is_refused_with_its_cost() {
    let mut nodes = Vec::new();
    let mut now = "decoder_1".to_owned();
    for n in 0..1_500 {
        let next = format!("m{n}");
        let pads = list("pads", &[150, 150, 150, 150]);
        nodes.push(made("Conv", &[&now, "w"], &next, vec![pads]));
        now = next;
    }
    nodes.push(made("Identity", &[&now], "x", vec![]));
    let message = refusal(nodes, vec![floats("w", &[2, 2, 301, 301])]);
    expect(
        &message,
        &["billion multiply–accumulates", "never be played"],
    );
}

#[test]
fn padding_takes_no_more_than_there_is() {
    for (pads, mode) in [
        ([0, 0, -100, -100, 0, 0, -100, -100], "constant"),
        ([0, 0, -8, 0, 0, 0, 0, 0], "constant"),
        ([0, 0, -200, 0, 0, 0, 200, 0], "constant"),
        ([0, 0, i64::MIN, 0, 0, 0, i64::MAX, 0], "constant"),
        ([0, 0, 8, 0, 0, 0, 0, 0], "reflect"),
        ([0, 0, 0, 5, 0, 0, 0, 0], "reflect"),
        ([0, 0, 9, 0, 0, 0, 0, 0], "wrap"),
        ([0, 0, -1, 0, 0, 0, 0, 0], "edge"),
    ] {
        let pad = made("Pad", &["decoder_1", "pads"], "x", vec![text("mode", mode)]);
        expect(
            &refusal(vec![pad], vec![integers("pads", &[8], &pads)]),
            &["Pad", "pads"],
        );
    }
}

#[test]
fn weights_that_are_no_numbers_are_found_in_every_encoding() {
    let scalar = |data_type: i32| TensorProto {
        name: Some("c".into()),
        dims: vec![1],
        data_type: Some(data_type),
        ..TensorProto::default()
    };
    let half = |bits: i32| TensorProto {
        int32_data: vec![bits],
        ..scalar(FLOAT16)
    };
    let double = |value: f64| TensorProto {
        double_data: vec![value],
        ..scalar(11)
    };
    let raw = |data_type, bytes: &[u8]| TensorProto {
        raw_data: Some(bytes.to_vec()),
        ..scalar(data_type)
    };
    let odd = [
        half(0x7e00),
        half(0x7c00),
        half(0xfc00),
        TensorProto {
            float_data: vec![f32::NAN],
            ..scalar(FLOAT)
        },
        double(f64::NAN),
        double(f64::NEG_INFINITY),
        raw(FLOAT, &f32::INFINITY.to_le_bytes()),
        raw(FLOAT16, &0x7c01_u16.to_le_bytes()),
        raw(11, &f64::NAN.to_le_bytes()),
        raw(16, &0x7f80_u16.to_le_bytes()),
        TensorProto {
            int32_data: vec![0x7fc0],
            ..scalar(16)
        },
    ];
    let used = |constant: Option<TensorProto>| {
        let mut nodes = vec![
            made("Cast", &["c"], "float", vec![int("to", 1)]),
            made("Mul", &["decoder_1", "float"], "x", vec![]),
        ];
        if let Some(tensor) = constant {
            let value = AttributeProto {
                name: Some("value".into()),
                t: Some(tensor),
                r#type: Some(4),
                ..AttributeProto::default()
            };
            nodes.insert(0, made("Constant", &[], "c", vec![value]));
        }
        nodes
    };
    for tensor in odd {
        expect(
            &refusal(used(None), vec![tensor.clone()]),
            &["not-a-number"],
        );
        expect(&refusal(used(Some(tensor)), vec![]), &["not-a-number"]);
    }
    for value in [float("value_float", f32::NAN), {
        let floats = vec![1.0, f32::INFINITY];
        AttributeProto {
            floats,
            f: None,
            r#type: Some(6),
            ..float("value_floats", 0.0)
        }
    }] {
        let mut nodes = used(None);
        nodes.insert(0, made("Constant", &[], "c", vec![value]));
        expect(&refusal(nodes, vec![]), &["Constant", "value_float"]);
    }
    // Other floats are run as 32 bits.
    load(&through(used(None), vec![double(1.0)])).unwrap();
    load(&through(used(None), vec![raw(16, &[0, 0])])).unwrap();
    // Numbers, but not of a type that is run, or not where that type's numbers lie.
    expect(&refusal(used(None), vec![raw(2, &[0])]), &["`c`", "uint8"]);
    expect(&refusal(used(None), vec![half(70_000)]), &["`c`", "70000"]);
    let misplaced = TensorProto {
        double_data: vec![1.0],
        ..scalar(FLOAT)
    };
    expect(
        &refusal(used(None), vec![misplaced]),
        &["`c`", "holds 0 values of its type"],
    );
    let both = TensorProto {
        float_data: vec![1.0],
        ..raw(FLOAT, &[0; 4])
    };
    expect(&refusal(used(None), vec![both]), &["`c`"]);
    // The largest numbers are numbers.
    load(&through(used(None), vec![half(0x7bff)])).unwrap();
    let large = TensorProto {
        float_data: vec![f32::MAX],
        ..scalar(FLOAT)
    };
    load(&through(used(None), vec![large])).unwrap();
}

#[test]
fn element_types_that_do_not_fit_are_named_with_what_was_expected() {
    for (nodes, expected) in [
        (
            vec![made("Add", &["decoder_1", "i"], "x", vec![])],
            "holds int64; expected float, as",
        ),
        (
            vec![made("Not", &["decoder_1"], "x", vec![])],
            "holds float; expected bool",
        ),
        (
            vec![made("Gather", &["decoder_1", "f"], "x", vec![])],
            "holds float; expected int64 or int32",
        ),
        (
            vec![
                made("Shape", &["decoder_1"], "s", vec![]),
                made("Relu", &["s"], "x", vec![]),
            ],
            "holds int64; expected float or float16",
        ),
    ] {
        let weights = vec![integers("i", &[1], &[1]), floats("f", &[1])];
        expect(
            &refusal(nodes, weights),
            &[expected, "put a Cast before it"],
        );
    }
}

#[test]
fn names_lead_somewhere_and_are_given_once() {
    let relu = |input: &str, output: &str| made("Relu", &[input], output, vec![]);
    for (nodes, expected) in [
        (
            vec![relu("b", "a"), relu("a", "b"), relu("b", "x")],
            "reads `b`, which no input",
        ),
        (vec![relu("x", "x")], "reads `x`, which no input"),
        (vec![relu("nowhere", "x")], "reads `nowhere`"),
        (
            vec![relu("decoder_1", "x"), relu("decoder_1", "x")],
            "gives `x`, which is given already",
        ),
        (
            vec![relu("decoder_1", "d2.w"), relu("decoder_1", "x")],
            "gives `d2.w`",
        ),
        (
            vec![relu("decoder_1", "spectrogram"), relu("decoder_1", "x")],
            "gives `spectrogram`",
        ),
        (
            vec![relu("decoder_1", "a\0b"), relu("a\0b", "x")],
            "can be printed",
        ),
        (
            vec![relu("decoder_1", &"n".repeat(300)), relu("decoder_1", "x")],
            "300 bytes",
        ),
    ] {
        expect(&refusal(nodes, vec![]), &[expected]);
    }
    let twice = vec![floats("w", &[1]), floats("w", &[2])];
    expect(
        &refusal(vec![relu("decoder_1", "x")], twice),
        &["two weights are called `w`"],
    );
}

/// The error of the model without steps after a change of its manifest.
fn refusal_of_manifest(change: impl FnOnce(&mut serde_json::Value)) -> String {
    let mut model = of_steps(&[]);
    let text = model.metadata_props[0].value.as_mut().unwrap();
    let mut manifest = serde_json::from_str(text).unwrap();
    change(&mut manifest);
    *text = manifest.to_string();
    refusal_of(&model)
}

#[test]
fn a_manifest_that_contradicts_its_graph_is_refused_by_field() {
    for (key, value, expected) in [
        (
            "features",
            3,
            "layer 1 is the tensor `decoder_1` of [2, 3, 8, 5]",
        ),
        (
            "rows",
            5,
            "[2, 2, 5, 5], which the graph computes as [2, 2, 8, 5]",
        ),
        ("columns", 65_536, "layer 1"),
    ] {
        expect(
            &refusal_of_manifest(|m| m["layers"][0][key] = value.into()),
            &[expected],
        );
    }
    let message = refusal_of_manifest(|m| m["layers"][0]["tensor"] = "latent_mean".into());
    expect(&message, &["layer 1", "does not compute"]);
    let message = refusal_of_manifest(|m| m["layers"][0]["tensor"] = "decoder_2".into());
    expect(&message, &["two layers are the tensor `decoder_2`"]);
    expect(
        &refusal_of_manifest(|m| m["latent_size"] = 5.into()),
        &["tensors.latent_mean"],
    );
    expect(&refusal_of_manifest(|m| m["frames"] = 9.into()), &["Gemm"]);
    expect(
        &refusal_of_manifest(|m| m["tensors"]["decoded"] = "d1.maps".into()),
        &["layer 1"],
    );
    expect(
        &refusal_of_manifest(|m| m["tensors"]["decoded"] = "latent".into()),
        &["both"],
    );
    expect(
        &refusal_of_manifest(|m| m["tensors"]["latent"] = "".into()),
        &["tensors.latent is empty"],
    );
}

#[test]
fn numbers_of_a_manifest_are_finite_and_in_range() {
    for value in [1e39, -1e39, 1e300, 500.0] {
        let message = refusal_of_manifest(|m| m["decibels"]["ceiling_db"] = value.into());
        expect(&message, &["decibel range"]);
        let message = refusal_of_manifest(|m| m["decibels"]["floor_db"] = (-value).into());
        expect(&message, &["decibel range"]);
    }
    let message = refusal_of_manifest(|m| m["decibels"]["floor_db"] = (-1e-30).into());
    expect(&message, &["decibel range"]);
    for step in [1e39, 1e-30, 0.0, -6.0] {
        expect(
            &refusal_of_manifest(|m| m["level"]["step_db"] = step.into()),
            &["level"],
        );
    }
    // A quarter of the FFT, but only in 64 bits.
    let hop = (1_u64 << 62) + 16;
    expect(
        &refusal_of_manifest(|m| m["hop"] = hop.into()),
        &["hop", "do not fit together"],
    );
    expect(
        &refusal_of_manifest(|m| m["layers"][0]["deviation"] = 1e39.into()),
        &["deviation"],
    );
    let twice = serde_json::json!([{"layer": 1, "clusters": [[0, 1, 0]]}]);
    expect(
        &refusal_of_manifest(|m| m["clusters"] = twice),
        &["a cluster of layer 1 names feature 0 twice"],
    );
    let again =
        serde_json::json!([{"layer": 1, "clusters": [[0]]}, {"layer": 1, "clusters": [[1]]}]);
    expect(
        &refusal_of_manifest(|m| m["clusters"] = again),
        &["clusters for layer 1 twice"],
    );
    expect(
        &refusal_of_manifest(|m| m["name"] = "n".repeat(1_000).into()),
        &["name"],
    );
    expect(
        &refusal_of_manifest(|m| m["version"] = "a\u{1b}[2J".into()),
        &["version"],
    );
}
