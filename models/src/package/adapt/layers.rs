//! Which tensors of a decoder are bendable layers.
//!
//! A bend acts on what a layer gives after convolution, normalisation and non-linearity (*Network Bending*,
//! section 3). So a layer is found behind every convolution: at the end of the element-wise nodes that follow it and
//! nothing else, in the last tensor that all paths pass through and that still has the convolution's shape. A
//! convolution that only such nodes (and changes of shape) part from the decoded window is the output, not a layer.

use super::parts::Parts;
use crate::error::ModelError;
use crate::onnx::bottleneck::Flow;
use crate::onnx::pointwise::POINTWISE;
use crate::onnx::proto::{GraphProto, NodeProto};
use crate::onnx::shapes::Shapes;
use crate::package::sidecar::Sidecar;

/// Layers a manifest holds at most.
const MOST_LAYERS: usize = 64;
/// What begins a layer.
const CONVOLUTIONS: &[&str] = &["Conv", "ConvTranspose"];
/// What begins a layer in a decoder that convolves nowhere.
const DENSE: &[&str] = &["Gemm", "MatMul"];
/// Nodes that, beside pointwise ones, belong to the layer before them where all else they read is constant: how normalisations are
/// exported.
const NORMALISING: &[&str] = &[
    "GroupNormalization",
    "InstanceNormalization",
    "LayerNormalization",
    "RMSNormalization",
    "ReduceMean",
    "Reshape",
    "Shape",
];
/// Nodes that may also lie between the output convolution and the window.
const RESHAPING: &[&str] = &[
    "Concat",
    "Flatten",
    "Gather",
    "Pad",
    "Slice",
    "Softmax",
    "Squeeze",
    "Transpose",
    "Unsqueeze",
];

/// A bendable layer in the decoder's own graph.
pub(super) struct Found {
    pub(super) tensor: String,
    /// Its shape, without the batch: rank 1 to 3.
    pub(super) own: Vec<usize>,
}

impl Parts {
    /// The layers that the sidecar lists, or those that are found.
    pub(super) fn layers(&self, sidecar: &Sidecar) -> Result<Vec<Found>, ModelError> {
        let layers = match sidecar.layers() {
            None => find(&self.decoder, &self.decoder_shapes, &self.names.decoded),
            Some(named) => named
                .iter()
                .map(|name| {
                    let tensor = &name.value;
                    let mut nodes = self.decoder.node.iter();
                    let own = items(self.decoder_shapes.of(tensor));
                    match own {
                        Some(own)
                            if (1..=3).contains(&own.len())
                                && nodes.any(|node| node.output.contains(tensor)) =>
                        {
                            Ok(Found {
                                tensor: tensor.clone(),
                                own,
                            })
                        }
                        _ => Err(sidecar.wrong(
                            name,
                            format!(
                                "layer `{tensor}` found; expected a tensor of rank 2 to 4 that the decoder computes \
                                 (`netbend inspect --template` lists some)"
                            ),
                        )),
                    }
                })
                .collect::<Result<_, _>>()?,
        };
        match layers.len() {
            0 => Err(ModelError::Structure(
                "no bendable layers were found: no convolution or dense layer of the decoder has another one behind it; list \
                 tensors under `layers:` in the sidecar"
                    .into(),
            )),
            count if count > MOST_LAYERS => Err(ModelError::Structure(format!(
                "{count} bendable layers were found; at most {MOST_LAYERS} can be bent: list those you want under \
                 `layers:` in the sidecar"
            ))),
            _ => Ok(layers),
        }
    }
}

/// The layers of a decoder whose shapes are known, from the latent to the output: those behind its convolutions, or behind its dense layers
/// where it has none.
pub(super) fn find(decoder: &GraphProto, shapes: &Shapes, decoded: &str) -> Vec<Found> {
    let layers = find_behind(CONVOLUTIONS, 2..=3, decoder, shapes, decoded);
    if layers.is_empty() {
        return find_behind(DENSE, 1..=3, decoder, shapes, decoded);
    }
    layers
}

/// The layers that begin with one of `operators` and have maps of such a rank.
fn find_behind(
    operators: &[&str],
    ranks: std::ops::RangeInclusive<usize>,
    decoder: &GraphProto,
    shapes: &Shapes,
    decoded: &str,
) -> Vec<Found> {
    let flow = Flow::new(decoder);
    let is =
        |node: &NodeProto, names: &[&str]| names.contains(&node.op_type.as_deref().unwrap_or(""));
    let is_elementwise = |node: &NodeProto| is(node, POINTWISE) || is(node, NORMALISING);
    let mut layers: Vec<Found> = Vec::new();
    for node in decoder.node.iter().filter(|node| is(node, operators)) {
        let Some(start) = node.output.first() else {
            continue;
        };
        let towards = flow.from(start, |n| is_elementwise(n) || is(n, RESHAPING));
        if towards.tensors.contains(decoded) {
            continue;
        }
        let reach = flow.from(start, is_elementwise);
        let shape = shapes.of(start);
        let end = (reach.bottlenecks.iter().rev()).find(|name| shapes.of(name) == shape);
        let own = items(shape).filter(|own| ranks.contains(&own.len()));
        if let (Some(tensor), Some(own)) = (end, own)
            && layers.iter().all(|known| known.tensor != **tensor)
        {
            layers.push(Found {
                tensor: (*tensor).to_owned(),
                own,
            });
        }
    }
    layers
}

/// The shape of one item of a tensor for two windows; `None` where the first axis is not the batch.
fn items(dims: Option<&[usize]>) -> Option<Vec<usize>> {
    match dims {
        Some([2, own @ ..]) => Some(own.to_vec()),
        _ => None,
    }
}
