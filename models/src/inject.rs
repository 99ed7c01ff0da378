//! Puts a `netbend.Bend` node behind every bendable layer of a decoder.

use crate::error::ModelError;
use crate::manifest::Layer;
use crate::onnx::proto::{
    AttributeProto, Dimension, ModelProto, NodeProto, OperatorSetIdProto, ValueInfoProto,
};
use crate::operator;

/// Name of the graph input that receives the program's words.
pub const PROGRAM_INPUT: &str = "netbend.program";

/// ONNX attribute type code of an integer.
const ATTRIBUTE_INT: i32 = 2;

/// Rewrites `model` so that every reader of a layer's tensor reads the bent activation instead.
///
/// # Errors
/// [`ModelError::Manifest`] where a layer names a tensor no node computes.
pub fn inject(model: &mut ModelProto, layers: &[Layer]) -> Result<(), ModelError> {
    let graph = model
        .graph
        .as_mut()
        .ok_or_else(|| ModelError::Structure("the file holds no graph".into()))?;
    for layer in layers {
        let position = graph
            .node
            .iter()
            .position(|node| node.output.contains(&layer.tensor))
            .ok_or_else(|| {
                ModelError::Manifest(format!(
                    "layer {} names the tensor `{}`, which the decoder does not compute",
                    layer.index, layer.tensor
                ))
            })?;
        let unbent = format!("{}.unbent", layer.tensor);
        for output in &mut graph.node[position].output {
            if *output == layer.tensor {
                output.clone_from(&unbent);
            }
        }
        graph.node.insert(position + 1, bend_node(layer, unbent));
    }
    graph.input.push(ValueInfoProto::float_tensor(
        PROGRAM_INPUT,
        &[Dimension::Named("netbend.program.words")],
    ));
    model.opset_import.push(OperatorSetIdProto {
        domain: Some(operator::DOMAIN.to_owned()),
        version: Some(1),
    });
    Ok(())
}

fn bend_node(layer: &Layer, unbent: String) -> NodeProto {
    NodeProto {
        input: vec![unbent, PROGRAM_INPUT.to_owned()],
        output: vec![layer.tensor.clone()],
        name: Some(format!("netbend.bend.{}", layer.index)),
        op_type: Some(operator::NAME.to_owned()),
        domain: Some(operator::DOMAIN.to_owned()),
        attribute: vec![AttributeProto {
            name: Some(operator::LAYER_ATTRIBUTE.to_owned()),
            i: Some(layer.index as i64),
            r#type: Some(ATTRIBUTE_INT),
            ..AttributeProto::default()
        }],
    }
}
