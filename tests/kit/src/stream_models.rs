//! Small autoencoders whose structures differ in what of them can be streamed. They learned nothing; weights follow a formula.

use netbend_models::onnx::proto::{
    Dimension, INT64, ModelProto, NodeProto, TensorProto, ValueInfoProto,
};

use super::tiny_model::{self, floats, node};

/// Frames of a window.
pub const FRAMES: usize = 48;
/// Bins of a frame.
pub const BINS: usize = 33;
/// Numbers of a latent.
pub const LATENT: usize = 6;

/// Unpadded convolutions of strides 1, 2 and 2 with activations of one node and of several; a decoder of transposed convolutions and of
/// convolutions, bent at its seed and behind each.
pub fn streamed() -> ModelProto {
    let encoder = [
        conv("spectrogram", "e1", "e1.c", [3, 3], [1, 2], [0; 4]),
        node("Relu", &["e1.c"], "e1", &[]),
        conv("e1", "e2", "e2.c", [4, 3], [2, 2], [0; 4]),
        node("Sigmoid", &["e2.c"], "e2.gate", &[]),
        node("Mul", &["e2.c", "e2.gate"], "e2", &[]),
        conv("e2", "e3", "e3.c", [3, 3], [2, 1], [0; 4]),
        node("PRelu", &["e3.c", "e3.slope"], "e3", &[]),
    ];
    let decoder = [
        node("Gemm", &["latent", "seed.w", "seed.b"], "seed.flat", &[]),
        node("Relu", &["seed.flat"], "seed.relu", &[]),
        node("Reshape", &["seed.relu", "seed.shape"], "decoder_1", &[]),
        up("decoder_1", "d2", "d2.c", [4, 3], [2, 2], [1, 1, 1, 1]),
        node("Sigmoid", &["d2.c"], "d2.gate", &[]),
        node("Mul", &["d2.c", "d2.gate"], "decoder_2", &[]),
        conv("decoder_2", "d3", "d3.c", [3, 3], [1, 1], [1, 1, 1, 1]),
        node("Add", &["d3.c", "d3.shift"], "d3.a", &[]),
        node("Relu", &["d3.a"], "decoder_3", &[]),
        up("decoder_3", "d4", "d4.c", [3, 3], [2, 2], [1, 1, 0, 1]),
        node("Tanh", &["d4.c"], "decoder_4", &[]),
        conv("decoder_4", "d5", "decoder_5", [5, 3], [1, 1], [2, 1, 2, 1]),
        node("Identity", &["decoder_5"], "decoded", &[]),
    ];
    let weights = vec![
        floats("e1.w", &[4, 1, 3, 3]),
        floats("e1.b", &[4]),
        floats("e2.w", &[5, 4, 4, 3]),
        floats("e2.b", &[5]),
        floats("e3.w", &[6, 5, 3, 3]),
        floats("e3.b", &[6]),
        floats("e3.slope", &[6, 1, 1]),
        floats("mean.w", &[6 * 10 * 5, LATENT as i64]),
        floats("seed.w", &[LATENT as i64, 6 * 12 * 9]),
        floats("seed.b", &[6 * 12 * 9]),
        shape("seed.shape", &[-1, 6, 12, 9]),
        floats("d2.w", &[6, 5, 4, 3]),
        floats("d2.b", &[5]),
        floats("d3.w", &[4, 5, 3, 3]),
        floats("d3.b", &[4]),
        floats("d3.shift", &[4, 1, 1]),
        floats("d4.w", &[4, 3, 3, 3]),
        floats("d4.b", &[3]),
        floats("d5.w", &[1, 3, 5, 3]),
        floats("d5.b", &[1]),
    ];
    let layers = [
        (1, "decoder_1", 6, 12, 9),
        (2, "decoder_2", 5, 24, 17),
        (3, "decoder_3", 4, 24, 17),
        (4, "decoder_4", 3, 48, 33),
        (5, "decoder_5", 1, 48, 33),
    ];
    model("streamed", "e3", &encoder, &decoder, weights, &layers, 45)
}

/// Padded convolutions, which know where in the window they are, and a decoder in whose middle a normalization looks at whole maps.
pub fn whole() -> ModelProto {
    let encoder = [
        conv("spectrogram", "e1", "e1.c", [4, 3], [2, 2], [1, 1, 1, 1]),
        node("Relu", &["e1.c"], "e1", &[]),
        conv("e1", "e2", "e2", [4, 3], [2, 2], [1, 1, 1, 1]),
    ];
    let decoder = [
        node("Gemm", &["latent", "seed.w", "seed.b"], "seed.flat", &[]),
        node("Reshape", &["seed.flat", "seed.shape"], "seed", &[]),
        up("seed", "d1", "d1.c", [4, 3], [2, 2], [1, 1, 1, 1]),
        node(
            "InstanceNormalization",
            &["d1.c", "d1.scale", "d1.shift"],
            "decoder_1",
            &[],
        ),
        up("decoder_1", "d2", "decoder_2", [4, 3], [2, 2], [1, 1, 1, 1]),
        node("Identity", &["decoder_2"], "decoded", &[]),
    ];
    let weights = vec![
        floats("e1.w", &[4, 1, 4, 3]),
        floats("e1.b", &[4]),
        floats("e2.w", &[5, 4, 4, 3]),
        floats("e2.b", &[5]),
        floats("mean.w", &[5 * 12 * 9, LATENT as i64]),
        floats("seed.w", &[LATENT as i64, 6 * 12 * 9]),
        floats("seed.b", &[6 * 12 * 9]),
        shape("seed.shape", &[-1, 6, 12, 9]),
        floats("d1.w", &[6, 5, 4, 3]),
        floats("d1.b", &[5]),
        floats("d1.scale", &[5]),
        floats("d1.shift", &[5]),
        floats("d2.w", &[5, 1, 4, 3]),
        floats("d2.b", &[1]),
    ];
    let layers = [(1, "decoder_1", 5, 24, 17), (2, "decoder_2", 1, 48, 33)];
    model("whole", "e2", &encoder, &decoder, weights, &layers, 47)
}

/// A convolution with weights `name.w` and `name.b`.
fn conv(
    input: &str,
    name: &str,
    output: &str,
    kernel: [i64; 2],
    strides: [i64; 2],
    pads: [i64; 4],
) -> NodeProto {
    let (weight, bias) = (format!("{name}.w"), format!("{name}.b"));
    let attributes: &[(&str, &[i64])] = &[
        ("kernel_shape", &kernel),
        ("strides", &strides),
        ("pads", &pads),
    ];
    node("Conv", &[input, &weight, &bias], output, attributes)
}

/// A transposed one.
fn up(
    input: &str,
    name: &str,
    output: &str,
    kernel: [i64; 2],
    strides: [i64; 2],
    pads: [i64; 4],
) -> NodeProto {
    NodeProto {
        op_type: Some("ConvTranspose".into()),
        ..conv(input, name, output, kernel, strides, pads)
    }
}

fn shape(name: &str, sizes: &[i64]) -> TensorProto {
    TensorProto {
        name: Some(name.into()),
        dims: vec![sizes.len() as i64],
        data_type: Some(INT64),
        int64_data: sizes.to_vec(),
        ..TensorProto::default()
    }
}

fn model(
    name: &str,
    encoded: &str,
    encoder: &[NodeProto],
    decoder: &[NodeProto],
    weights: Vec<TensorProto>,
    layers: &[(usize, &str, usize, usize, usize)],
    last_seen_frame: usize,
) -> ModelProto {
    let mut model = tiny_model::model();
    let mut manifest = tiny_model::manifest();
    for (key, value) in [
        ("fft_size", 64),
        ("hop", 16),
        ("bins", BINS),
        ("frames", FRAMES),
        ("last_seen_frame", last_seen_frame),
        ("latent_size", LATENT),
    ] {
        manifest[key] = value.into();
    }
    manifest["name"] = name.into();
    manifest["clusters"] = serde_json::json!([]);
    let layers = layers.iter().map(|(index, tensor, features, rows, columns)| {
        serde_json::json!({"index": index, "tensor": tensor, "features": features, "rows": rows, "columns": columns})
    });
    manifest["layers"] = layers.collect();
    model.metadata_props[0].value = Some(manifest.to_string());
    let graph = model.graph.as_mut().unwrap();
    let middle = [
        node("Flatten", &[encoded], "flat", &[]),
        node("Gemm", &["flat", "mean.w"], "latent_mean", &[]),
        node("Identity", &["latent_mean"], "latent", &[]),
    ];
    graph.node = [encoder, &middle, decoder].concat();
    graph.initializer = weights;
    let window = [
        Dimension::Named("batch"),
        Dimension::Fixed(1),
        Dimension::Fixed(FRAMES as i64),
        Dimension::Fixed(BINS as i64),
    ];
    let latent = [Dimension::Named("batch"), Dimension::Fixed(LATENT as i64)];
    graph.input = vec![ValueInfoProto::float_tensor("spectrogram", &window)];
    graph.output = vec![
        ValueInfoProto::float_tensor("decoded", &window),
        ValueInfoProto::float_tensor("latent_mean", &latent),
    ];
    model
}
