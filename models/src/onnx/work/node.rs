//! What one node multiplies, and all of a graph together.

use crate::onnx::proto::{GraphProto, NodeProto};
use crate::onnx::shapes::Shapes;

/// Of all nodes, for the shapes given.
pub(crate) fn whole(graph: &GraphProto, shapes: &Shapes) -> u64 {
    let nodes = graph.node.iter().map(|node| of_node(node, shapes));
    nodes.fold(0, u64::saturating_add)
}

/// Of one node; 0 where it neither convolves nor multiplies matrices.
pub(in crate::onnx) fn of_node(node: &NodeProto, shapes: &Shapes) -> u64 {
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

pub(super) fn operator(node: &NodeProto) -> &str {
    node.op_type.as_deref().unwrap_or("")
}

pub(super) fn product(dims: &[usize]) -> u64 {
    dims.iter().map(|&dim| dim as u64).product()
}
