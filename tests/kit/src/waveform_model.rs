//! A waveform model that gives its input back [`LATENCY`] samples later, to the bit: each of its 64 features is every 64th sample. It learned
//! nothing; it has the tensors, the states and the manifest of what the importer writes.
//!
//! sound → `map.encoder` [64, 8] → latent [64, 8] → `map.decoder` [64, 8] → sound, through a delay line that is its state. So what any bend does is
//! known: ablating feature `k` silences the samples `k`, `k + 64` and so on. With [`Kind::cosines`], feature `k` is heard from `k` to `k + 1` times a
//! 128th of the rate, nearly, and the input comes back to rounding.

use netbend_models::onnx::proto::{
    AttributeProto, Dimension, FLOAT, GraphProto, INT64, ModelProto, NodeProto, OperatorSetIdProto,
    StringStringEntryProto, TensorProto, ValueInfoProto,
};
use serde_json::{Value, json};

/// Samples of a block, usually.
pub const BLOCK: usize = 512;
/// Samples for a step, and features of every map.
pub const RATIO: usize = 64;
/// Steps of such a block.
pub const STEPS: usize = BLOCK / RATIO;
/// By how much its sound is late, in samples.
pub const LATENCY: usize = 96;
/// Samples per second.
pub const RATE: u32 = 48_000;

/// What a model is like.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// Samples per second.
    pub rate: u32,
    /// Channels in and out. Each goes its own way.
    pub channels: usize,
    /// Samples of a block, whole steps; where those are 32 or more, layers can be shifted in time.
    pub block: usize,
    /// How much of its noise is added to the latent.
    pub noise: f32,
    /// Whether its features are cosines, as of the DCT, in place of single samples: each is then heard in a band of its own.
    pub cosines: bool,
}

impl Default for Kind {
    fn default() -> Self {
        Self {
            rate: RATE,
            channels: 1,
            block: BLOCK,
            noise: 0.0,
            cosines: false,
        }
    }
}

/// The manifest.
pub fn manifest(kind: Kind) -> Value {
    let (features, rows) = (RATIO, kind.channels);
    let steps = kind.block / RATIO;
    let layer = |index: usize, name: &str, tensor: &str, sort: &str, half: &str| {
        json!({"index": index, "name": name, "tensor": tensor, "kind": sort, "half": half, "rows": 1,
            "features": features * rows, "steps": steps, "shown": sort != "convolution"})
    };
    json!({
        "netbend": 1, "kind": "waveform", "name": "echo", "version": "1", "sample_rate": kind.rate, "block": kind.block,
        "ratio": RATIO, "latent_size": features * rows, "channels_in": kind.channels, "channels_out": kind.channels,
        "tensors": {"audio": "audio", "latent": "latent", "output": "output"},
        "states": [{"name": "line", "input": "state.line", "output": "next.line", "shape": [1, kind.channels, LATENCY],
            "type": "float32", "rest": "zeros"}],
        "rest_settled": true,
        "noise": [{"name": "noise0", "shape": [1, features * rows, steps], "distribution": "normal", "place": "encoder"}],
        "layers": [
            layer(1, "encoder.0", "map.encoder", "stage", "encoder"),
            layer(2, "latent", "latent", "latent", "encoder"),
            layer(3, "decoder.0", "map.decoder", "stage", "decoder"),
            layer(4, "decoder.1", "map.fine", "convolution", "decoder"),
            {"index": 5, "name": "output", "tensor": "output", "kind": "output", "half": "decoder", "rows": 1,
                "features": kind.channels, "steps": kind.block, "shown": true}],
        "weights": [
            {"name": "encoder.0.weight", "shape": [features * rows, 1, RATIO], "size": features * rows * RATIO, "used": true},
            {"name": "encoder.1.weight", "shape": [features * rows, features * rows, 1], "size": (features * rows).pow(2), "used": true},
            {"name": "encoder.1.bias", "shape": [features * rows], "size": features * rows, "used": true},
            {"name": "decoder.0.weight", "shape": [features * rows, features * rows, 1], "size": (features * rows).pow(2), "used": true},
            {"name": "decoder.1.weight", "shape": [features * rows, 1, RATIO], "size": features * rows * RATIO, "used": true},
            {"name": "left.out", "shape": [3], "size": 3, "used": false}],
        "latency": {"samples": LATENCY, "first_heard_samples": LATENCY, "method": "waveform", "correlation": 1.0},
        "licence": "CC0-1.0", "terms": "none", "source": {"file": "echo.ts"}, "check": {"blocks": 32},
    })
}

/// The model.
pub fn model(kind: Kind) -> ModelProto {
    let (channels, maps) = (kind.channels, RATIO * kind.channels);
    let size = |value: usize| value as i64;
    let value = |name: &str, dims: [usize; 3]| {
        let dims = dims.map(|size| Dimension::Fixed(size as i64));
        ValueInfoProto::float_tensor(name, &dims)
    };
    // One of each map's taps, or a cosine of unit power.
    let tap = |map: usize, tap: usize| match kind.cosines {
        true => cosine(map % RATIO, tap),
        false if map % RATIO == tap => 1.0,
        false => 0.0,
    };
    let taps: Vec<f32> = (0..maps * RATIO)
        .map(|n| tap(n / RATIO, n % RATIO))
        .collect();
    let same: Vec<f32> = (0..maps * maps)
        .map(|n| if n / maps == n % maps { 1.0 } else { 0.0 })
        .collect();
    let taps_shape = [size(maps), 1, size(RATIO)];
    let same_shape = [size(maps), size(maps), 1];
    let strided = |node: NodeProto| {
        let group = AttributeProto {
            name: Some("group".into()),
            i: Some(size(channels)),
            r#type: Some(2),
            ..AttributeProto::default()
        };
        with(with_list(node, "strides", &[size(RATIO)]), group)
    };
    let graph = GraphProto {
        name: Some("echo".into()),
        node: vec![
            strided(node("Conv", &["audio", "encoder.0.weight"], "map.encoder")),
            node(
                "Conv",
                &["map.encoder", "encoder.1.weight", "encoder.1.bias"],
                "mean",
            ),
            node("Mul", &["noise0", "spread"], "drawn"),
            node("Add", &["mean", "drawn"], "latent"),
            node("Conv", &["latent", "decoder.0.weight"], "map.decoder"),
            node("Mul", &["map.decoder", "one"], "map.fine"),
            strided(node(
                "ConvTranspose",
                &["map.fine", "decoder.1.weight"],
                "sound",
            )),
            with_axis(node("Concat", &["state.line", "sound"], "whole")),
            node("Slice", &["whole", "zero", "block", "axis"], "output"),
            node("Slice", &["whole", "block", "end", "axis"], "next.line"),
        ],
        initializer: vec![
            floats("encoder.0.weight", &taps_shape, &taps),
            floats("encoder.1.weight", &same_shape, &same),
            floats("encoder.1.bias", &[size(maps)], &vec![0.0; maps]),
            floats("decoder.0.weight", &same_shape, &same),
            floats("decoder.1.weight", &taps_shape, &taps),
            floats("spread", &[1], &[kind.noise]),
            floats("one", &[1], &[1.0]),
            whole("zero", 0),
            whole("block", size(kind.block)),
            whole("end", size(kind.block + LATENCY)),
            whole("axis", 2),
        ],
        input: vec![
            value("audio", [1, channels, kind.block]),
            value("state.line", [1, channels, LATENCY]),
            value("noise0", [1, maps, kind.block / RATIO]),
        ],
        output: vec![
            value("output", [1, channels, kind.block]),
            value("next.line", [1, channels, LATENCY]),
        ],
        ..GraphProto::default()
    };
    with_manifest(graph, &manifest(kind))
}

/// Sample `n` of row `k` of the orthonormal DCT-II of [`RATIO`] samples.
fn cosine(k: usize, n: usize) -> f32 {
    let ratio = RATIO as f32;
    let angle = std::f32::consts::PI / ratio * (n as f32 + 0.5) * k as f32;
    let scale = if k == 0 { 1.0 } else { 2.0 };
    (scale / ratio).sqrt() * angle.cos()
}

/// A model of that graph with that manifest.
pub fn with_manifest(graph: GraphProto, manifest: &Value) -> ModelProto {
    ModelProto {
        ir_version: Some(8),
        opset_import: vec![OperatorSetIdProto {
            domain: None,
            version: Some(17),
        }],
        graph: Some(graph),
        metadata_props: vec![StringStringEntryProto {
            key: Some("netbend".into()),
            value: Some(manifest.to_string()),
        }],
        ..ModelProto::default()
    }
}

fn node(operator: &str, inputs: &[&str], output: &str) -> NodeProto {
    NodeProto {
        op_type: Some(operator.into()),
        input: inputs.iter().map(|&input| input.into()).collect(),
        output: vec![output.into()],
        ..NodeProto::default()
    }
}

fn with(mut node: NodeProto, attribute: AttributeProto) -> NodeProto {
    node.attribute.push(attribute);
    node
}

fn with_list(node: NodeProto, name: &str, ints: &[i64]) -> NodeProto {
    let list = AttributeProto {
        name: Some(name.into()),
        ints: ints.to_vec(),
        r#type: Some(7),
        ..AttributeProto::default()
    };
    with(node, list)
}

fn with_axis(node: NodeProto) -> NodeProto {
    let axis = AttributeProto {
        name: Some("axis".into()),
        i: Some(2),
        r#type: Some(2),
        ..AttributeProto::default()
    };
    with(node, axis)
}

fn floats(name: &str, dims: &[i64], values: &[f32]) -> TensorProto {
    TensorProto {
        name: Some(name.into()),
        dims: dims.to_vec(),
        data_type: Some(FLOAT),
        raw_data: Some(values.iter().flat_map(|x| x.to_le_bytes()).collect()),
        ..TensorProto::default()
    }
}

fn whole(name: &str, value: i64) -> TensorProto {
    TensorProto {
        name: Some(name.into()),
        dims: vec![1],
        data_type: Some(INT64),
        int64_data: vec![value],
        ..TensorProto::default()
    }
}
