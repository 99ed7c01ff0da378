//! Rewrites a decoder so that its weights are graph inputs.

use super::weights::FoundWeight;
use crate::onnx::proto::{Dimension, ModelProto, ValueInfoProto};
use crate::onnx::values::is_cast_to_float;

/// Makes the initializer of every weight a graph input of 32-bit floats of the same name and shape. Casts of
/// a weight that was stored as float16 pass it on as it is.
pub(crate) fn expose(decoder: &mut ModelProto, weights: &[FoundWeight]) {
    let Some(graph) = &mut decoder.graph else {
        return;
    };
    for weight in weights {
        let name = &weight.layer.tensor;
        graph
            .initializer
            .retain(|tensor| tensor.name.as_ref() != Some(name));
        for node in &mut graph.node {
            if is_cast_to_float(node) && node.input.first() == Some(name) {
                node.op_type = Some("Identity".into());
                node.attribute.clear();
            }
        }
        let shape = weight.layer.shape.iter();
        let dimensions: Vec<_> = shape.map(|&size| Dimension::Fixed(size as i64)).collect();
        graph
            .input
            .push(ValueInfoProto::float_tensor(name, &dimensions));
    }
}
