//! Graph surgery for streams: encoders that keep what two strides have in common, decoders that compute the newest rows alone.
//!
//! Pool thread or offline, when a model is loaded or a stream is opened. Rows are time.
//!
//! [`links`] cuts a graph into a chain of nodes through which everything passes and finds those that are local in time. From
//! the spectrogram on they are the encoder's stages ([`encoder_chain`]); [`stride_plan`] says which rows of theirs are new in a stride
//! and which are kept, [`encoder_graph`] writes the graphs that do it. Backwards from the decoded window they are the decoder's
//! ([`decoder_chain`]); [`row_starts`] says from which row on each is needed, bends included, and two graphs compute no more:
//! [`dynamic_tail`], whose first rows are inputs, and [`static_tail`], made for one first frame.

pub(crate) mod constants;
pub(crate) mod decoder_chain;
pub(crate) mod dynamic_tail;
pub(crate) mod encoder_chain;
pub(crate) mod encoder_graph;
pub(crate) mod links;
pub(crate) mod row_starts;
pub(crate) mod simplify;
pub(crate) mod static_tail;
pub(crate) mod stride_plan;

use crate::onnx::proto::ModelProto;

/// The operator set since which `Slice` takes its rows as inputs.
const OLDEST_OPERATOR_SET: i64 = 10;

/// Whether the nodes that are put in mean in `model`'s operator set what they are meant to.
pub(crate) fn can_be_cut(model: &ModelProto) -> bool {
    model.opset_import.iter().any(|import| {
        matches!(import.domain.as_deref().unwrap_or(""), "" | "ai.onnx")
            && import.version.unwrap_or(0) >= OLDEST_OPERATOR_SET
    })
}

/// Replaces tensor `from` by `to` wherever a node of `nodes` reads it.
fn read_instead<'n>(
    nodes: impl IntoIterator<Item = &'n mut crate::onnx::proto::NodeProto>,
    from: &str,
    to: &str,
) {
    let names = nodes.into_iter().flat_map(|node| &mut node.input);
    for name in names.filter(|name| *name == from) {
        to.clone_into(name);
    }
}
