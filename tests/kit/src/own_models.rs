//! Autoencoders that are not Netbend's own, as an exporter would write them, and their sidecars. Their weights
//! follow a formula; they learned nothing.

use netbend_models::onnx::proto::{
    Dimension, FLOAT, GraphProto, INT64, ModelProto, NodeProto, OperatorSetIdProto, TensorProto,
    ValueInfoProto,
};

use super::tiny_model::{floats, node};

/// A plain autoencoder at an FFT of 2048: windows of 64 frames × 1025 bins without an axis of 1, a latent of 12 that is
/// the very tensor the encoder computes, three layers (batch normalisation, leaky ReLU, SiLU) and a convolution that
/// gives the output.
pub fn plain() -> ModelProto {
    let mut nodes = vec![
        node("Unsqueeze", &["x", "axis"], "image", &[]),
        node(
            "Conv",
            &["image", "e.w"],
            "e",
            &[("kernel_shape", &[8, 25]), ("strides", &[8, 25])],
        ),
        node("LeakyRelu", &["e"], "e.relu", &[]),
        node("Flatten", &["e.relu"], "e.flat", &[]),
        node("Gemm", &["e.flat", "z.w"], "z.dense", &[]),
        node("Tanh", &["z.dense"], "z", &[]),
        node("Gemm", &["z", "d.w"], "d", &[]),
        node("Reshape", &["d", "d.shape"], "d.maps", &[]),
    ];
    nodes.extend([
        node(
            "ConvTranspose",
            &["d.maps", "d1.w"],
            "d1.conv",
            &[("pads", &[1, 1, 1, 1])],
        ),
        node(
            "BatchNormalization",
            &["d1.conv", "d1.scale", "d1.bias", "d1.mean", "d1.var"],
            "d1.norm",
            &[],
        ),
        node("LeakyRelu", &["d1.norm"], "d1", &[]),
        node(
            "ConvTranspose",
            &["d1", "d2.w"],
            "d2.conv",
            &[("strides", &[4, 4])],
        ),
        node("Relu", &["d2.conv"], "d2", &[]),
        node(
            "ConvTranspose",
            &["d2", "d3.w"],
            "d3.conv",
            &[("strides", &[4, 4])],
        ),
        node("Sigmoid", &["d3.conv"], "d3.gate", &[]),
        node("Mul", &["d3.conv", "d3.gate"], "d3", &[]),
        node(
            "ConvTranspose",
            &["d3", "d4.w"],
            "d4.conv",
            &[("strides", &[1, 4])],
        ),
        node("Sigmoid", &["d4.conv"], "d4", &[]),
        node("Squeeze", &["d4", "axis"], "y", &[]),
    ]);
    let ones = |name: &str| constant_floats(name, &[1.0; 6]);
    model(
        nodes,
        vec![
            integers("axis", &[1]),
            floats("e.w", &[2, 1, 8, 25]),
            floats("z.w", &[2 * 8 * 41, 12]),
            strong("d.w", &[12, 3 * 4 * 16]),
            integers("d.shape", &[-1, 3, 4, 16]),
            strong("d1.w", &[3, 6, 3, 3]),
            ones("d1.scale"),
            floats("d1.bias", &[6]),
            constant_floats("d1.mean", &[0.0; 6]),
            ones("d1.var"),
            strong("d2.w", &[6, 5, 4, 4]),
            strong("d3.w", &[5, 4, 4, 4]),
            strong("d4.w", &[4, 1, 1, 5]),
        ],
        ("x", &[64, 1_025]),
        &[("y", &[64, 1_025]), ("z", &[12])],
    )
}

/// The sidecar of [`plain`].
pub const PLAIN: &str = "\
sample_rate: 44100
fft_size: 2048
decibels:
  floor_db: -100
  reference_db: 0
tensors:
  spectrogram: x
  latent: z
  decoded: y
";

/// A convolutional autoencoder at an FFT of 512 with 32 frames × 257 bins, frequency first (or time first, with the same
/// weights turned), and a latent of maps: `[batch, 3, 16, 4]`. Two layers.
pub fn maps(frequency_first: bool) -> ModelProto {
    let turn = |[a, b]: [i64; 2]| if frequency_first { [a, b] } else { [b, a] };
    let kernel = |name: &str, features: [i64; 2], size: [i64; 2]| {
        let [rows, columns] = size;
        let mut tensor = strong(name, &[features[0], features[1], rows, columns]);
        if !frequency_first {
            tensor = turned(&tensor);
        }
        tensor
    };
    let conv = |operator, inputs: &[&str], output, strides: [i64; 2], pad: i64| {
        node(
            operator,
            inputs,
            output,
            &[("strides", &turn(strides)), ("pads", &[pad; 4])],
        )
    };
    let window = turn([257, 32]);
    let latent = turn([16, 4]);
    model(
        vec![
            conv("Conv", &["x", "e1.w"], "e1", [16, 8], 0),
            node("Tanh", &["e1"], "e1.tanh", &[]),
            conv("Conv", &["e1.tanh", "e2.w"], "z", [1, 1], 0),
            conv("ConvTranspose", &["z", "d1.w"], "d1.conv", [1, 1], 1),
            node(
                "InstanceNormalization",
                &["d1.conv", "d1.scale", "d1.bias"],
                "d1.norm",
                &[],
            ),
            node("Relu", &["d1.norm"], "d1", &[]),
            conv("ConvTranspose", &["d1", "d2.w"], "d2.conv", [4, 4], 0),
            node("Elu", &["d2.conv"], "d2", &[]),
            conv("ConvTranspose", &["d2", "d3.w"], "d3.conv", [4, 2], 0),
            node("Sigmoid", &["d3.conv"], "y", &[]),
        ],
        vec![
            kernel("e1.w", [2, 1], [17, 8]),
            kernel("e2.w", [3, 2], [1, 1]),
            kernel("d1.w", [3, 5], [3, 3]),
            constant_floats("d1.scale", &[0.7; 5]),
            floats("d1.bias", &[5]),
            kernel("d2.w", [5, 4], [4, 4]),
            kernel("d3.w", [4, 1], [5, 2]),
        ],
        ("x", &[1, window[0], window[1]]),
        &[
            ("y", &[1, window[0], window[1]]),
            ("z", &[3, latent[0], latent[1]]),
        ],
    )
}

/// The sidecar of [`maps`], whichever comes first.
pub const MAPS: &str = "\
name: maps
version: '3'
sample_rate: 44100
fft_size: 512
hop: 128
decibels: {floor_db: -80, reference_db: 0, ceiling_db: 10}
level: window-peak
tensors:
  spectrogram: x
  latent: z
  decoded: y
";

fn model(
    nodes: Vec<NodeProto>,
    weights: Vec<TensorProto>,
    (input, own): (&str, &[i64]),
    outputs: &[(&str, &[i64])],
) -> ModelProto {
    let value = |name: &str, own: &[i64]| {
        let dims: Vec<_> = std::iter::once(Dimension::Named("batch"))
            .chain(own.iter().copied().map(Dimension::Fixed))
            .collect();
        ValueInfoProto::float_tensor(name, &dims)
    };
    ModelProto {
        ir_version: Some(8),
        opset_import: vec![OperatorSetIdProto {
            domain: None,
            version: Some(17),
        }],
        graph: Some(GraphProto {
            name: Some("main_graph".into()),
            node: nodes,
            initializer: weights,
            input: vec![value(input, own)],
            output: outputs.iter().map(|(name, own)| value(name, own)).collect(),
            ..GraphProto::default()
        }),
        ..ModelProto::default()
    }
}

/// Weights that make a decoded window far from flat.
fn strong(name: &str, dims: &[i64]) -> TensorProto {
    let mut tensor = floats(name, dims);
    let raw = tensor.raw_data.as_mut().unwrap();
    for bytes in raw.chunks_exact_mut(4) {
        let weight = f32::from_le_bytes(bytes.try_into().unwrap());
        bytes.copy_from_slice(&(5.0 * weight).to_le_bytes());
    }
    tensor
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

fn constant_floats(name: &str, values: &[f32]) -> TensorProto {
    TensorProto {
        name: Some(name.into()),
        dims: vec![values.len() as i64],
        data_type: Some(FLOAT),
        float_data: values.to_vec(),
        ..TensorProto::default()
    }
}

/// A kernel with its last two axes exchanged.
fn turned(tensor: &TensorProto) -> TensorProto {
    let [a, b, rows, columns] = tensor.dims[..] else {
        panic!("not a kernel")
    };
    let raw = tensor.raw_data.as_ref().unwrap();
    let values: Vec<&[u8]> = raw.chunks(4).collect();
    let (rows, columns) = (rows as usize, columns as usize);
    let turned = (0..values.len()).flat_map(|n| {
        let (map, place) = (n / (rows * columns), n % (rows * columns));
        let (column, row) = (place / rows, place % rows);
        values[map * rows * columns + row * columns + column].to_vec()
    });
    TensorProto {
        dims: vec![a, b, columns as i64, rows as i64],
        raw_data: Some(turned.collect()),
        ..tensor.clone()
    }
}
