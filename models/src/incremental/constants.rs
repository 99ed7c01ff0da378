//! The numbers of a tensor that is the same whatever the graph is given.

use crate::onnx::proto::{GraphProto, NodeProto, TensorProto};
use crate::onnx::values::{floats, is_cast_to_float};

/// A constant tensor: its shape, and its values flattened.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Constant {
    pub(super) dims: Vec<usize>,
    pub(super) values: Vec<f32>,
}

/// The floats that tensor `name` of `graph` holds, if it is an initializer or a `Constant` node, or one of those behind nodes that pass
/// it on as it is.
pub(super) fn constant(graph: &GraphProto, name: &str) -> Option<Constant> {
    let mut name = name;
    // A graph has no cycles, but this one was not checked for any.
    for _ in 0..=graph.node.len() {
        let named = |tensor: &&TensorProto| tensor.name.as_deref() == Some(name);
        if let Some(tensor) = graph.initializer.iter().find(named) {
            return read(tensor);
        }
        let node = producer(graph, name)?;
        match node.op_type.as_deref()? {
            "Identity" => {}
            "Cast" if is_cast_to_float(node) => {}
            "Constant" => return read(node.attribute.first()?.t.as_ref()?),
            _ => return None,
        }
        name = node.input.first()?;
    }
    None
}

/// The node that computes tensor `name`.
pub(super) fn producer<'g>(graph: &'g GraphProto, name: &str) -> Option<&'g NodeProto> {
    let computes = |node: &&NodeProto| node.output.iter().any(|output| output == name);
    graph.node.iter().find(computes)
}

fn read(tensor: &TensorProto) -> Option<Constant> {
    Some(Constant {
        dims: tensor.dims.iter().map(|&dim| dim as usize).collect(),
        values: floats(tensor)?,
    })
}
