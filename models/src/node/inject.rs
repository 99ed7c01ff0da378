//! Puts a `netbend.Bend` node behind the latent input and behind every bendable layer of a decoder.
//!
//! A layer that *is* the graph's output gets none: ONNX Runtime never lets a node work in place on an output,
//! so an idle node would copy it. [`Bender`](crate::Bender) bends what it has read from there itself.

use netbend_dsp::number::signed;

use crate::bends::LATENT_LAYER;
use crate::error::ModelError;
use crate::node::operator;
use crate::onnx::proto::{
    AttributeProto, Dimension, GraphProto, ModelProto, NodeProto, OperatorSetIdProto,
    ValueInfoProto,
};
use crate::package::manifest::Layer;

/// Name of the graph input that receives the program's words.
pub const PROGRAM_INPUT: &str = "netbend.program";

/// What the axis of windows is called.
const BATCH: &str = "batch";

/// Rewrites `model` so that every reader of the input `latent` and of a layer's tensor reads what is bent instead.
/// What is left to bend is the layer that is the graph's output, where there is one.
///
/// # Errors
/// [`ModelError::Manifest`] where a layer names a tensor no node computes.
pub fn inject<'l>(
    model: &mut ModelProto,
    latent: &str,
    layers: &'l [Layer],
) -> Result<Option<&'l Layer>, ModelError> {
    inject_with_rows(model, latent, layers, |layer| {
        Rows::Fixed(signed(layer.rows))
    })
}

/// How many rows of a layer a graph computes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Rows {
    /// Always as many.
    Fixed(i64),
    /// As many as in every tensor of that name's size.
    Named(String),
}

/// As [`inject`], into a model that computes only the last `rows` of each layer.
///
/// # Errors
/// As [`inject`].
pub(crate) fn inject_with_rows<'l>(
    model: &mut ModelProto,
    latent: &str,
    layers: &'l [Layer],
    rows: impl Fn(&Layer) -> Rows,
) -> Result<Option<&'l Layer>, ModelError> {
    let left = inject_layers(model, layers, rows)?;
    let graph = model
        .graph
        .as_mut()
        .ok_or_else(|| ModelError::Structure("the file holds no graph".into()))?;
    let bent = format!("{latent}.bent");
    let inputs = graph.node.iter_mut().flat_map(|node| &mut node.input);
    for input in inputs.filter(|input| *input == latent) {
        input.clone_from(&bent);
    }
    let node = bend_node(LATENT_LAYER, 1, latent.to_owned(), bent);
    graph.node.insert(0, node);
    add_program(model)?;
    Ok(left)
}

/// Gives `model` the program as an input, and the operator's domain, but no node that reads it: what a decoder costs
/// without bends.
pub(crate) fn add_program(model: &mut ModelProto) -> Result<(), ModelError> {
    let graph = model
        .graph
        .as_mut()
        .ok_or_else(|| ModelError::Structure("the file holds no graph".into()))?;
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

fn inject_layers<'l>(
    model: &mut ModelProto,
    layers: &'l [Layer],
    rows: impl Fn(&Layer) -> Rows,
) -> Result<Option<&'l Layer>, ModelError> {
    let graph = model
        .graph
        .as_mut()
        .ok_or_else(|| ModelError::Structure("the file holds no graph".into()))?;
    let mut left = None;
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
        if is_output(graph, &layer.tensor) {
            left = Some(layer);
            continue;
        }
        let unbent = format!("{}.unbent", layer.tensor);
        for output in &mut graph.node[position].output {
            if *output == layer.tensor {
                output.clone_from(&unbent);
            }
        }
        // ONNX Runtime lets a node work in place only where it knows that both tensors are of one size.
        let fixed = |size: usize| Dimension::Fixed(signed(size));
        let rows = rows(layer);
        let maps = [
            Dimension::Named(BATCH),
            fixed(layer.features),
            match &rows {
                Rows::Fixed(rows) => Dimension::Fixed(*rows),
                Rows::Named(name) => Dimension::Named(name),
            },
            fixed(layer.columns),
        ];
        for tensor in [&unbent, &layer.tensor] {
            graph
                .value_info
                .retain(|info| info.name.as_ref() != Some(tensor));
            graph
                .value_info
                .push(ValueInfoProto::float_tensor(tensor, &maps));
        }
        graph.node.insert(
            position + 1,
            bend_node(layer.index, layer.rows, unbent, layer.tensor.clone()),
        );
    }
    Ok(left)
}

/// Whether `tensor` is the graph's output and nothing else: itself, or by another name.
fn is_output(graph: &GraphProto, tensor: &str) -> bool {
    let named = |name: &Option<String>| name.as_deref() == Some(tensor);
    let mut readers = graph
        .node
        .iter()
        .filter(|node| node.input.iter().any(|input| input == tensor));
    match (readers.next(), readers.next()) {
        (None, _) => graph.output.iter().any(|output| named(&output.name)),
        (Some(only), None) if only.op_type.as_deref() == Some("Identity") => {
            let other = only.output.first();
            other.is_some_and(|other| is_output(graph, other))
        }
        _ => false,
    }
}

/// The node that bends `input` to `output` as what programs call layer `layer`, whose whole maps have so many rows.
pub(crate) fn bend_node(layer: usize, rows: usize, input: String, output: String) -> NodeProto {
    NodeProto {
        input: vec![input, PROGRAM_INPUT.to_owned()],
        output: vec![output],
        name: Some(format!("netbend.bend.{layer}")),
        op_type: Some(operator::NAME.to_owned()),
        domain: Some(operator::DOMAIN.to_owned()),
        attribute: vec![
            AttributeProto::integer(operator::LAYER_ATTRIBUTE, signed(layer)),
            AttributeProto::integer(operator::ROWS_ATTRIBUTE, signed(rows)),
        ],
    }
}
