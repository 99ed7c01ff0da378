//! What is refused in words of Netbend's own, before ONNX Runtime says it in its own.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A failed expectation is a failed test.

use std::path::Path;

use kit::many_operators::{int, list, of_steps, text};
use kit::tiny_model::{floats, node};
use netbend_models::Package;
use netbend_models::onnx::proto::{
    AttributeProto, INT64, ModelProto, NodeProto, OperatorSetIdProto, StringStringEntryProto,
    TensorProto,
};

fn refusal_of(bytes: &[u8]) -> String {
    let refused = Package::from_bytes(Path::new("odd.onnx"), bytes);
    let said = refused.expect_err("it was accepted").to_string();
    assert!(!said.contains(char::is_control), "{said:?}");
    said
}

fn refusal(change: impl FnOnce(&mut ModelProto)) -> String {
    let mut model = of_steps(&[]);
    change(&mut model);
    refusal_of(&model.to_bytes())
}

/// Of a decoder that runs through `nodes`, from maps `decoder_1` of `[batch, 2, 8, 5]` to `x`.
fn through(nodes: Vec<NodeProto>, weights: Vec<TensorProto>) -> String {
    refusal(|model| {
        let graph = model.graph.as_mut().unwrap();
        let place = graph.node.len() - 2;
        graph.node[place].input[0] = "x".into();
        graph.node.splice(place..place, nodes);
        graph.initializer.extend(weights);
    })
}

fn with(attribute: Vec<AttributeProto>, node: NodeProto) -> NodeProto {
    NodeProto { attribute, ..node }
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

fn expect(said: &str, parts: &[&str]) {
    for part in parts {
        assert!(said.contains(part), "`{part}` is not in: {said}");
    }
}

#[test]
fn what_a_file_says_of_itself_is_complete_and_said_once() {
    let said = refusal(|model| model.opset_import.clear());
    expect(&said, &["operator set", "opset_version=18"]);
    let said = refusal(|model| {
        let more = OperatorSetIdProto {
            domain: Some("ai.onnx".into()),
            version: Some(11),
        };
        model.opset_import.push(more);
    });
    expect(&said, &["more than one", "opset_version=18"]);
    for version in [99, -5, i64::MAX] {
        let said = refusal(|model| model.ir_version = Some(version));
        expect(&said, &["IR version", &version.to_string(), "13"]);
    }
    let said = refusal(|model| {
        let twice = StringStringEntryProto {
            key: Some("netbend".into()),
            value: Some("{}".into()),
        };
        model.metadata_props.push(twice);
    });
    expect(&said, &["two entries", "`netbend`"]);
}

#[test]
fn operands_that_only_the_runtime_would_refuse_are_named() {
    let twice = through(
        vec![node("Slice", &["decoder_1", "s", "e", "a"], "x", &[])],
        vec![
            integers("s", &[2], &[0, 0]),
            integers("e", &[2], &[4, 5]),
            integers("a", &[2], &[2, -2]),
        ],
    );
    expect(&twice, &["Slice", "is there twice"]);
    let twice = through(
        vec![node("Unsqueeze", &["decoder_1", "a"], "x", &[])],
        vec![integers("a", &[2], &[1, 1])],
    );
    expect(&twice, &["Unsqueeze", "is there twice"]);
    let table = through(
        vec![node("Reshape", &["decoder_1", "t"], "x", &[])],
        vec![integers("t", &[2, 2], &[0, 2, 8, 5])],
    );
    expect(&table, &["Reshape", "[2, 2]", "expected a list"]);
    let floats_divided = through(
        vec![node("Mod", &["decoder_1", "m"], "x", &[])],
        vec![floats("m", &[1])],
    );
    expect(&floats_divided, &["Mod", "fmod"]);
    let attributes = vec![text("auto_pad", "SAME_UPPER"), list("dilations", &[3, 3])];
    let same = through(
        vec![with(
            attributes,
            node("Conv", &["decoder_1", "w"], "x", &[]),
        )],
        vec![floats("w", &[2, 2, 3, 3])],
    );
    expect(&same, &["Conv", "dilations", "SAME"]);
    let anywhere = through(
        vec![
            with(vec![int("to", 7)], node("Cast", &["decoder_1"], "i", &[])),
            node("Gather", &["table", "i"], "x", &[]),
        ],
        vec![floats("table", &[3])],
    );
    expect(&anywhere, &["Gather", "indices", "weights"]);
}

#[test]
fn what_training_left_in_a_file_is_said_with_its_remedy() {
    let parameters = || {
        let names = ["scale", "bias", "mean", "variance"];
        names.map(|name| floats(name, &[2])).to_vec()
    };
    let normal = || {
        let inputs = &["decoder_1", "scale", "bias", "mean", "variance"];
        node("BatchNormalization", inputs, "x", &[])
    };
    let said = through(
        vec![with(vec![int("training_mode", 1)], normal())],
        parameters(),
    );
    expect(&said, &["BatchNormalization", "model.eval()"]);
    let mut several = normal();
    several
        .output
        .extend(["new.mean".into(), "new.variance".into()]);
    let said = through(vec![several], parameters());
    expect(&said, &["BatchNormalization", "3 outputs", "model.eval()"]);
    let said = refusal(|model| {
        let weight = &mut model.graph.as_mut().unwrap().initializer[0];
        weight.raw_data = None;
        weight.data_location = Some(1);
    });
    expect(&said, &["lies outside the file", "external_data=False"]);
    let value = AttributeProto {
        name: Some("value".into()),
        t: Some(TensorProto {
            raw_data: Some(f32::NAN.to_le_bytes().to_vec()),
            ..floats("", &[1])
        }),
        r#type: Some(4),
        ..AttributeProto::default()
    };
    let said = through(
        vec![
            with(vec![value], node("Constant", &[], "k", &[])),
            node("Add", &["decoder_1", "k"], "x", &[]),
        ],
        vec![],
    );
    expect(&said, &["Constant node `k`", "not-a-number"]);
}

#[test]
fn names_are_printed_short_and_escaped() {
    let long = "Q".repeat(200);
    for odd in [
        "Re\u{1b}[31mlu\n\nnetbend: fine",
        "\u{202e}uleR",
        long.as_str(),
    ] {
        let of_operator = through(vec![node(odd, &["decoder_1"], "x", &[])], vec![]);
        let of_domain = refusal(|model| {
            let domain = Some(odd.to_owned());
            let version = Some(1);
            model
                .opset_import
                .push(OperatorSetIdProto { domain, version });
        });
        let of_input = through(vec![node("Relu", &[odd], "x", &[])], vec![]);
        let of_manifest = refusal(|model| {
            let manifest = model.metadata_props[0].value.as_mut().unwrap();
            let odd = serde_json::Value::from(odd).to_string();
            *manifest = manifest.replace("\"window-peak\"", &odd);
        });
        for said in [of_operator, of_domain, of_input, of_manifest] {
            assert!(!said.contains(['\u{1b}', '\u{202e}']), "{said}");
            assert!(!said.contains(&"Q".repeat(81)), "{said}");
        }
    }
}

#[test]
fn a_file_that_is_no_model_is_said_to_be_what_it_is() {
    for (bytes, expected) in [
        (&b""[..], "empty"),
        (
            b"<!DOCTYPE html>\n<html><body>404</body></html>",
            "web page",
        ),
        (b"{\"message\": \"Not Found\"}", "JSON"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "PNG"),
        (b"PK\x03\x04\x14\0\0\0\0\0", "ZIP"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "WAV"),
        (b"sample_rate: 44100\nfft_size: 1024\n", "sidecar"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n",
            "git lfs pull",
        ),
    ] {
        let refused = Package::from_bytes(Path::new("odd.onnx"), bytes).unwrap_err();
        let said = refused.to_string();
        expect(&said, &[expected, "expected an ONNX model"]);
        let said = netbend_models::package::template(Path::new("odd.onnx"), bytes)
            .unwrap_err()
            .to_string();
        expect(&said, &[expected]);
    }
}
