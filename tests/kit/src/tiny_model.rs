//! An autoencoder of two layers (3 features of 8 × 33, 1 feature of 128 × 513) whose weights follow a
//! formula. It learned nothing; it has the shapes, the tensors and the manifest of a real model.

use netbend_models::onnx::proto::{
    AttributeProto, Dimension, FLOAT, GraphProto, INT64, ModelProto, NodeProto, OperatorSetIdProto,
    StringStringEntryProto, TensorProto, ValueInfoProto,
};

/// Frames of a window.
pub const FRAMES: usize = 128;
/// Bins of a frame.
pub const BINS: usize = 513;
/// Numbers of a latent.
pub const LATENT: usize = 4;
/// Features of the first layer.
pub const FEATURES: usize = 3;

/// The manifest.
pub fn manifest() -> serde_json::Value {
    serde_json::json!({
        "netbend": 1, "name": "tiny", "version": "0.0.1", "sample_rate": 44100, "fft_size": 1024,
        "hop": 256, "bins": BINS, "frames": FRAMES, "last_seen_frame": 124,
        "decibels": {"floor_db": -80.0, "reference_db": 0.0, "ceiling_db": 20.0},
        "level": {"kind": "window-peak", "step_db": 6.0},
        "tensors": {"spectrogram": "spectrogram", "latent_mean": "latent_mean",
            "latent_log_variance": "latent_log_variance", "latent": "latent", "decoded": "decoded"},
        "latent_size": LATENT,
        "layers": [
            {"index": 1, "tensor": "decoder_1", "features": FEATURES, "rows": 8, "columns": 33},
            {"index": 2, "tensor": "decoder_2", "features": 1, "rows": FRAMES, "columns": BINS}],
        "clusters": [{"layer": 1, "clusters": [[0, 2], [1]]}],
    })
}

/// The model.
pub fn model() -> ModelProto {
    let window = [
        Dimension::Named("batch"),
        Dimension::Fixed(1),
        Dimension::Fixed(FRAMES as i64),
        Dimension::Fixed(BINS as i64),
    ];
    let latent = [Dimension::Named("batch"), Dimension::Fixed(LATENT as i64)];
    let graph = GraphProto {
        name: Some("tiny".into()),
        node: vec![
            node(
                "Conv",
                &["spectrogram", "e.w"],
                "e",
                &[("kernel_shape", &[25, 27]), ("strides", &[25, 27])],
            ),
            node("Flatten", &["e"], "e.flat", &[]),
            node("Gemm", &["e.flat", "mean.w"], "latent_mean", &[]),
            node(
                "Gemm",
                &["e.flat", "variance.w"],
                "latent_log_variance",
                &[],
            ),
            node("Identity", &["latent_mean"], "latent", &[]),
            node("Gemm", &["latent", "d1.w", "d1.b"], "d1", &[]),
            node("Reshape", &["d1", "d1.shape"], "d1.maps", &[]),
            node("Relu", &["d1.maps"], "decoder_1", &[]),
            node(
                "ConvTranspose",
                &["decoder_1", "d2.w", "d2.b"],
                "decoder_2",
                &[
                    ("kernel_shape", &[16, 17]),
                    ("strides", &[16, 16]),
                    ("pads", &[0, 8, 0, 8]),
                ],
            ),
            node("Identity", &["decoder_2"], "decoded", &[]),
        ],
        initializer: vec![
            floats("e.w", &[2, 1, 25, 27]),
            floats("mean.w", &[190, LATENT as i64]),
            floats("variance.w", &[190, LATENT as i64]),
            floats("d1.w", &[LATENT as i64, 792]),
            floats("d1.b", &[792]),
            TensorProto {
                name: Some("d1.shape".into()),
                dims: vec![4],
                data_type: Some(INT64),
                int64_data: vec![-1, FEATURES as i64, 8, 33],
                ..TensorProto::default()
            },
            floats("d2.w", &[FEATURES as i64, 1, 16, 17]),
            floats("d2.b", &[1]),
        ],
        input: vec![ValueInfoProto::float_tensor("spectrogram", &window)],
        output: vec![
            ValueInfoProto::float_tensor("decoded", &window),
            ValueInfoProto::float_tensor("latent_mean", &latent),
            ValueInfoProto::float_tensor("latent_log_variance", &latent),
        ],
        ..GraphProto::default()
    };
    ModelProto {
        ir_version: Some(8),
        opset_import: vec![OperatorSetIdProto {
            domain: None,
            version: Some(17),
        }],
        graph: Some(graph),
        metadata_props: vec![StringStringEntryProto {
            key: Some("netbend".into()),
            value: Some(manifest().to_string()),
        }],
        ..ModelProto::default()
    }
}

/// A node with attributes that are lists of whole numbers.
pub fn node(
    operator: &str,
    inputs: &[&str],
    output: &str,
    attributes: &[(&str, &[i64])],
) -> NodeProto {
    NodeProto {
        op_type: Some(operator.into()),
        input: inputs.iter().map(|&input| input.into()).collect(),
        output: vec![output.into()],
        attribute: attributes
            .iter()
            .map(|(name, ints)| AttributeProto {
                name: Some((*name).into()),
                ints: ints.to_vec(),
                r#type: Some(7), // a list of integers
                ..AttributeProto::default()
            })
            .collect(),
        ..NodeProto::default()
    }
}

/// A tensor of single precision whose values follow from its name and their place.
pub fn floats(name: &str, dims: &[i64]) -> TensorProto {
    let count: i64 = dims.iter().product();
    let value = |n: i64| ((n * 37 % 101) as f32 * 0.7 + name.len() as f32).sin() * 0.2;
    TensorProto {
        name: Some(name.into()),
        dims: dims.to_vec(),
        data_type: Some(FLOAT),
        raw_data: Some((0..count).flat_map(|n| value(n).to_le_bytes()).collect()),
        ..TensorProto::default()
    }
}
