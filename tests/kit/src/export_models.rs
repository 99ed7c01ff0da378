//! Small variational autoencoders as everyday exporters write them, node by node. Their weights follow a formula; they learned nothing.
//!
//! Windows of 32 frames × 256 bins at an FFT of 512, a latent of 8, two layers (3 features of 16 × 64 behind the first transposed convolution).

use netbend_models::onnx::proto::{
    AttributeProto, BOOL, DOUBLE, Dimension, FLOAT, FLOAT16, GraphProto, INT64, ModelProto,
    NodeProto, OperatorSetIdProto, TensorProto, ValueInfoProto,
};

use super::tiny_model::{floats, node};

/// Frames of a window.
pub const FRAMES: usize = 32;
/// Bins of a frame.
pub const BINS: usize = 256;
/// Numbers of a latent.
pub const LATENT: usize = 8;
const FLAT: i64 = 1_024;

/// How the encoder gives mean and log-variance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heads {
    /// A mean alone: a plain autoencoder.
    One,
    /// Two dense layers side by side.
    Two,
    /// One dense layer, divided by `Split` with its lengths in an attribute (operator set 11).
    SplitAttribute,
    /// With its lengths as an input (13).
    SplitInput,
    /// In as many as there are outputs (18).
    SplitCount,
    /// By two `Slice`s whose ends are computed from the shape, as PyTorch's older exporter writes `chunk`.
    Slices,
}

/// One of them.
#[derive(Debug, Clone, Copy)]
pub struct Export {
    /// The operator set.
    pub opset: i64,
    /// How the encoder ends.
    pub heads: Heads,
    /// Whether noise is added to the mean.
    pub samples: bool,
    /// The batch of the example that the encoder's `Reshape` holds, or -1.
    pub encoder_batch: i64,
    /// The decoder's.
    pub decoder_batch: i64,
    /// Whether both shapes are computed from that of the window instead: `x.view(x.shape[0], …)`.
    pub shapes_of_input: bool,
}

impl Export {
    /// An export without noise, whose `Reshape`s take any batch.
    pub fn new(opset: i64, heads: Heads) -> Self {
        Self {
            opset,
            heads,
            samples: false,
            encoder_batch: -1,
            decoder_batch: -1,
            shapes_of_input: false,
        }
    }

    /// The model.
    pub fn model(self) -> ModelProto {
        let mut nodes = vec![
            node("Conv", &["spec", "e.w"], "e", &[("strides", &[4, 8])]),
            node("LeakyRelu", &["e"], "h", &[]),
        ];
        let mut weights = vec![floats("e.w", &[4, 1, 4, 8])];
        if self.shapes_of_input {
            nodes.extend([
                node("Shape", &["spec"], "spec.shape", &[]),
                node("Gather", &["spec.shape", "zero"], "batch", &[]),
                node("Unsqueeze", &["batch", "axis0"], "batch1", &[]),
                integer_node("Concat", &["batch1", "minus"], "flat.shape", &[("axis", 0)]),
                integer_node("Concat", &["batch1", "maps"], "maps.shape", &[("axis", 0)]),
            ]);
            weights.extend([
                TensorProto {
                    dims: vec![],
                    ..integers("zero", &[0])
                },
                integers("axis0", &[0]),
                integers("minus", &[-1]),
                integers("maps", &[4, 8, 32]),
            ]);
        } else {
            weights.extend([
                integers(
                    "flat.shape",
                    &[
                        self.encoder_batch,
                        if self.encoder_batch < 0 { FLAT } else { -1 },
                    ],
                ),
                integers("maps.shape", &[self.decoder_batch, 4, 8, 32]),
            ]);
        }
        nodes.push(node("Reshape", &["h", "flat.shape"], "flat", &[]));
        self.heads(&mut nodes, &mut weights);
        let latent = if self.samples { "z" } else { "mu" };
        if self.samples {
            nodes.extend([
                node("Mul", &["logvar", "half"], "halved", &[]),
                node("Exp", &["halved"], "std", &[]),
                node("RandomNormalLike", &["logvar"], "eps", &[]),
                node("Mul", &["std", "eps"], "noise", &[]),
                node("Add", &["mu", "noise"], "z", &[]),
            ]);
            weights.push(TensorProto {
                dims: vec![],
                ..numbers("half", &[0.5])
            });
        }
        nodes.extend([
            node("Gemm", &[latent, "d.w", "d.b"], "d", &[]),
            node("Reshape", &["d", "maps.shape"], "d.maps", &[]),
            node(
                "ConvTranspose",
                &["d.maps", "d1.w"],
                "d1.conv",
                &[("strides", &[2, 2])],
            ),
            node("LeakyRelu", &["d1.conv"], "d1", &[]),
            node(
                "ConvTranspose",
                &["d1", "d2.w"],
                "d2.conv",
                &[("strides", &[2, 4])],
            ),
            node("Sigmoid", &["d2.conv"], "recon", &[]),
        ]);
        weights.extend([
            strong("d.w", &[LATENT as i64, FLAT]),
            numbers("d.b", &[0.0; FLAT as usize]),
            strong("d1.w", &[4, 3, 2, 2]),
            strong("d2.w", &[3, 1, 2, 4]),
        ]);
        let mut outputs = vec![value("recon", &[1, FRAMES as i64, BINS as i64])];
        if self.heads != Heads::One {
            outputs.extend(["mu", "logvar"].map(|name| value(name, &[LATENT as i64])));
        }
        ModelProto {
            ir_version: Some(8),
            opset_import: vec![OperatorSetIdProto {
                domain: None,
                version: Some(self.opset),
            }],
            graph: Some(GraphProto {
                name: Some("main_graph".into()),
                node: nodes,
                initializer: weights,
                input: vec![value("spec", &[1, FRAMES as i64, BINS as i64])],
                output: outputs,
                ..GraphProto::default()
            }),
            ..ModelProto::default()
        }
    }

    /// The weights are those of [`Heads::Two`], side by side where one dense layer gives both.
    fn heads(self, nodes: &mut Vec<NodeProto>, weights: &mut Vec<TensorProto>) {
        let size = LATENT as i64;
        let [mean, variance] = ["mu.w", "logvar.w"].map(|name| floats(name, &[FLAT, size]));
        if matches!(self.heads, Heads::One | Heads::Two) {
            // Without a bias it came with operator set 11.
            nodes.push(node("Gemm", &["flat", "mu.w", "mu.b"], "mu", &[]));
            weights.extend([mean, numbers("mu.b", &[0.0; LATENT])]);
            if self.heads == Heads::Two {
                nodes.push(node("Gemm", &["flat", "logvar.w", "mu.b"], "logvar", &[]));
                weights.push(variance);
            }
            return;
        }
        weights.push(beside("both.w", &mean, &variance));
        nodes.push(node("Gemm", &["flat", "both.w"], "both", &[]));
        let mut split = NodeProto {
            output: vec!["mu".into(), "logvar".into()],
            ..integer_node("Split", &["both"], "", &[("axis", 1)])
        };
        match self.heads {
            Heads::SplitAttribute => split.attribute.push(ints("split", &[size, size])),
            Heads::SplitCount => split.attribute.push(int("num_outputs", 2)),
            Heads::SplitInput => {
                split.input.push("lengths".into());
                weights.push(integers("lengths", &[size, size]));
            }
            _ => {
                nodes.extend([
                    node("Shape", &["both"], "both.shape", &[]),
                    node("Gather", &["both.shape", "one"], "width", &[]),
                    node("Add", &["width", "one"], "width1", &[]),
                    node("Div", &["width1", "two"], "middle", &[]),
                    node("Mul", &["middle", "two"], "end", &[]),
                    node("Slice", &["both", "nought", "middle", "one"], "mu", &[]),
                    node("Slice", &["both", "middle", "end", "one"], "logvar", &[]),
                ]);
                weights.extend([
                    integers("nought", &[0]),
                    integers("one", &[1]),
                    integers("two", &[2]),
                ]);
                return;
            }
        }
        nodes.push(split);
    }
}

/// A sidecar that names these as latent and mean.
pub fn sidecar(latent: &str, mean: &str) -> String {
    format!(
        "sample_rate: 44100\nfft_size: 512\ndecibels: {{floor_db: -80, reference_db: 0}}\n\
         tensors: {{spectrogram: spec, latent: {latent}, latent_mean: {mean}, decoded: recon}}\n"
    )
}

/// The graph of a model.
pub fn graph(model: &mut ModelProto) -> &mut GraphProto {
    model.graph.as_mut().unwrap()
}

/// Puts nodes in front of the one that computes `tensor`, which then reads `from` instead of its first input.
pub fn put_before(model: &mut ModelProto, tensor: &str, more: Vec<NodeProto>, from: &str) {
    let nodes = &mut graph(model).node;
    let place = nodes
        .iter()
        .position(|n| n.output.iter().any(|o| o == tensor))
        .unwrap();
    nodes[place].input[0] = from.into();
    nodes.splice(place..place, more);
}

/// The model computing in another precision inside, its ends as they were: what mixed-precision converters write.
pub fn in_precision(model: ModelProto, kind: i32) -> ModelProto {
    in_precision_between(model, kind, "spec", "recon")
}

/// As [`in_precision`], from input `first` to output `last`.
pub fn in_precision_between(
    mut model: ModelProto,
    kind: i32,
    first: &str,
    last: &str,
) -> ModelProto {
    let graph = graph(&mut model);
    for tensor in &mut graph.initializer {
        if tensor.data_type == Some(FLOAT) {
            *tensor = narrowed(tensor, kind);
        }
    }
    let [into, out] = [first, last].map(|name| format!("{name}.cast"));
    for node in &mut graph.node {
        for name in node.input.iter_mut().filter(|name| *name == first) {
            name.clone_from(&into);
        }
        for name in node.output.iter_mut().filter(|name| *name == last) {
            name.clone_from(&out);
        }
    }
    let cast = |from: &str, to: &str, kind: i32| {
        integer_node("Cast", &[from], to, &[("to", i64::from(kind))])
    };
    graph.node.insert(0, cast(first, &into, kind));
    graph.node.push(cast(&out, last, FLOAT));
    graph.output.truncate(1);
    model
}

fn narrowed(tensor: &TensorProto, kind: i32) -> TensorProto {
    let values: Vec<f32> = match &tensor.raw_data {
        Some(raw) => raw
            .chunks(4)
            .map(|b| f32::from_le_bytes(b.try_into().unwrap()))
            .collect(),
        None => tensor.float_data.clone(),
    };
    let raw = match kind {
        DOUBLE => values
            .iter()
            .flat_map(|&x| f64::from(x).to_le_bytes())
            .collect(),
        FLOAT16 => values.iter().flat_map(|&x| half(x).to_le_bytes()).collect(),
        _ => values
            .iter()
            .flat_map(|x| ((x.to_bits() >> 16) as u16).to_le_bytes())
            .collect(),
    };
    TensorProto {
        data_type: Some(kind),
        float_data: Vec::new(),
        raw_data: Some(raw),
        ..tensor.clone()
    }
}

/// Cut off to binary16; of numbers as small as these weights.
fn half(x: f32) -> u16 {
    let (sign, x) = ((x.to_bits() >> 16 & 0x8000) as u16, x.abs());
    let exponent = (x.to_bits() >> 23) as i32 - 127 + 15;
    let bits = match exponent {
        ..=0 => (x * (1 << 24) as f32) as u16,
        _ => (exponent as u16) << 10 | (x.to_bits() >> 13 & 0x3ff) as u16,
    };
    sign | bits
}

fn value(name: &str, own: &[i64]) -> ValueInfoProto {
    let dims: Vec<_> = std::iter::once(Dimension::Named("batch"))
        .chain(own.iter().copied().map(Dimension::Fixed))
        .collect();
    ValueInfoProto::float_tensor(name, &dims)
}

/// Two matrices side by side.
fn beside(name: &str, left: &TensorProto, right: &TensorProto) -> TensorProto {
    let rows = |tensor: &TensorProto| -> Vec<Vec<u8>> {
        let raw = tensor.raw_data.as_ref().unwrap();
        raw.chunks(4 * LATENT).map(<[u8]>::to_vec).collect()
    };
    let pairs = rows(left).into_iter().zip(rows(right));
    TensorProto {
        name: Some(name.into()),
        dims: vec![FLAT, 2 * LATENT as i64],
        data_type: Some(FLOAT),
        raw_data: Some(
            pairs
                .flat_map(|(left, right)| [left, right].concat())
                .collect(),
        ),
        ..TensorProto::default()
    }
}

fn strong(name: &str, dims: &[i64]) -> TensorProto {
    let mut tensor = floats(name, dims);
    for bytes in tensor.raw_data.as_mut().unwrap().chunks_exact_mut(4) {
        let weight = f32::from_le_bytes(bytes.try_into().unwrap());
        bytes.copy_from_slice(&(4.0 * weight).to_le_bytes());
    }
    tensor
}

/// A node with whole numbers for attributes.
pub fn integer_node(
    operator: &str,
    inputs: &[&str],
    output: &str,
    attributes: &[(&str, i64)],
) -> NodeProto {
    NodeProto {
        attribute: attributes
            .iter()
            .map(|(name, value)| int(name, *value))
            .collect(),
        ..node(operator, inputs, output, &[])
    }
}

/// An attribute that is a whole number.
pub fn int(name: &str, value: i64) -> AttributeProto {
    AttributeProto {
        name: Some(name.into()),
        i: Some(value),
        r#type: Some(2),
        ..AttributeProto::default()
    }
}

/// An attribute that is a list of whole numbers.
pub fn ints(name: &str, values: &[i64]) -> AttributeProto {
    AttributeProto {
        name: Some(name.into()),
        ints: values.to_vec(),
        r#type: Some(7),
        ..AttributeProto::default()
    }
}

/// A tensor of 64-bit whole numbers.
pub fn integers(name: &str, values: &[i64]) -> TensorProto {
    TensorProto {
        name: Some(name.into()),
        dims: vec![values.len() as i64],
        data_type: Some(INT64),
        int64_data: values.to_vec(),
        ..TensorProto::default()
    }
}

/// A tensor of double precision.
pub fn numbers(name: &str, values: &[f32]) -> TensorProto {
    TensorProto {
        name: Some(name.into()),
        dims: vec![values.len() as i64],
        data_type: Some(FLOAT),
        float_data: values.to_vec(),
        ..TensorProto::default()
    }
}

/// A tensor of one truth value.
pub fn yes_or_no(name: &str, value: bool) -> TensorProto {
    TensorProto {
        name: Some(name.into()),
        data_type: Some(BOOL),
        int32_data: vec![value.into()],
        ..TensorProto::default()
    }
}
