//! How much arithmetic a model is: multiply–accumulates of its convolutions and matrix products, of whole windows and of what a
//! stride of a stream cannot do without. Offline only.
//!
//! What a stride needs is a property of the model, not of how Netbend runs it: rows that were encoded for an earlier stride need
//! no more work, and of a decoded window only the rows that the newest frames see. Whatever is computed beyond shows as a lower
//! speed of the same work. Bends that move time need more; they are not counted.

mod needed;

use super::proto::{GraphProto, NodeProto};
use super::shapes::Shapes;
use crate::bender::split;
use crate::error::ModelError;
use crate::package::Package;
use needed::NeededRows;

/// Multiply–accumulates per window or stride, of one item of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work {
    /// A whole window encoded.
    pub encode: u64,
    /// A whole window decoded.
    pub decode: u64,
    /// What is new to the encoder in a stride.
    pub encode_stride: u64,
    /// The rows of the decoder that a stride's frames see.
    pub decode_stride: u64,
}

impl Work {
    /// The work of a model, for strides of `stride` frames of which the decoder is asked for those from `first_frame` on.
    ///
    /// # Errors
    /// [`ModelError::Structure`] where the graph is not understood.
    pub fn of(package: &Package, stride: usize, first_frame: usize) -> Result<Self, ModelError> {
        let manifest = package.manifest();
        let (encoder, decoder) = split(package.model(), manifest)?;
        let missing = || ModelError::Structure("the file holds no graph".into());
        let (encoder, decoder) = (
            encoder.graph.ok_or_else(missing)?,
            decoder.graph.ok_or_else(missing)?,
        );
        let tensors = &manifest.tensors;
        let window = vec![1, 1, manifest.frames, manifest.bins];
        let encoder_shapes = Shapes::infer(&encoder, &[(&tensors.spectrogram, window)])?;
        let latent = vec![1, manifest.latent_size];
        let decoder_shapes = Shapes::infer(&decoder, &[(&tensors.latent, latent)])?;
        let rows = first_frame..manifest.last_seen_frame + 1;
        Ok(Self {
            encode: whole(&encoder, &encoder_shapes),
            decode: whole(&decoder, &decoder_shapes),
            encode_stride: fresh(&encoder, &encoder_shapes, &tensors.spectrogram, stride),
            decode_stride: NeededRows::new(&tensors.decoded, rows).work(&decoder, &decoder_shapes),
        })
    }
}

/// Of all nodes, for the shapes given.
fn whole(graph: &GraphProto, shapes: &Shapes) -> u64 {
    let nodes = graph.node.iter().map(|node| of_node(node, shapes));
    nodes.fold(0, u64::saturating_add)
}

/// Of a graph whose input moves on by `stride` rows: a convolution that sees one row in `t` has `stride / t` new ones, at least one;
/// what comes behind the maps is all new.
fn fresh(graph: &GraphProto, shapes: &Shapes, input: &str, stride: usize) -> u64 {
    let mut steps = std::collections::HashMap::from([(input, 1)]);
    let mut sum = 0;
    for node in &graph.node {
        let before = node.input.iter().find_map(|name| steps.get(name.as_str()));
        let own = match operator(node) {
            "Conv" => node
                .ints("strides")
                .and_then(|s| s.first())
                .map_or(1, |&s| s.max(1) as usize),
            _ => 1,
        };
        let output = node.output.first().map_or("", String::as_str);
        let step = before.map_or(1, |before| before * own);
        steps.insert(output, step);
        let work = of_node(node, shapes);
        sum += match shapes.of(output) {
            Some(&[_, _, rows, _]) => {
                let new = stride.div_ceil(step).min(rows);
                work * new as u64 / rows.max(1) as u64
            }
            _ => work,
        };
    }
    sum
}

/// Of one node; 0 where it neither convolves nor multiplies matrices.
pub(super) fn of_node(node: &NodeProto, shapes: &Shapes) -> u64 {
    let of = |name: Option<&String>| name.and_then(|name| shapes.of(name));
    let (Some(x), Some(weights), Some(y)) = (
        of(node.input.first()),
        of(node.input.get(1)),
        of(node.output.first()),
    ) else {
        return 0;
    };
    // Weights that meet each element of what they are counted over.
    let each = product(weights) / weights.first().map_or(1, |&n| n.max(1) as u64);
    match operator(node) {
        "Conv" => product(y).saturating_mul(each),
        "ConvTranspose" => product(x).saturating_mul(each),
        "Gemm" | "MatMul" => {
            // The inner size is what both factors share: |x|·|w| = (rows·inner)·(inner·columns).
            let both = product(x).saturating_mul(product(weights));
            product(y).saturating_mul((both / product(y).max(1)).isqrt())
        }
        _ => 0,
    }
}

fn operator(node: &NodeProto) -> &str {
    node.op_type.as_deref().unwrap_or("")
}

fn product(dims: &[usize]) -> u64 {
    dims.iter().map(|&dim| dim as u64).product()
}
