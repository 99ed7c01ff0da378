//! Cutting a subgraph out of a model: the encoder up to the latent, the decoder from the latent on.

use std::collections::{HashMap, HashSet};

use super::printed::printed;
use super::proto::{GraphProto, ModelProto, NodeProto, ValueInfoProto};
use crate::error::ModelError;

/// The part of `model` that computes `outputs` from `inputs`: the nodes met when walking backwards
/// from the outputs and stopping at the inputs, with the initializers they use, in the original
/// (topological) order.
///
/// # Errors
/// [`ModelError::Structure`] where an output depends on a graph input that is not in `inputs`, or a
/// named output is computed by no node.
pub fn subgraph(
    model: &ModelProto,
    inputs: Vec<ValueInfoProto>,
    outputs: Vec<ValueInfoProto>,
) -> Result<ModelProto, ModelError> {
    let graph = model
        .graph
        .as_ref()
        .ok_or(ModelError::Structure("the file holds no graph".into()))?;
    let names = |values: &'_ [ValueInfoProto]| -> Vec<String> {
        values.iter().filter_map(|v| v.name.clone()).collect()
    };
    let Needed { nodes, weights } = needed(graph, &names(&inputs), &names(&outputs))?;

    let extracted = GraphProto {
        name: graph.name.clone(),
        node: graph
            .node
            .iter()
            .zip(&nodes)
            .filter(|(_, used)| **used)
            .map(|(node, _)| {
                let mut node = node.clone();
                trim(&mut node);
                node
            })
            .collect(),
        initializer: graph
            .initializer
            .iter()
            .filter(|tensor| tensor.name.as_ref().is_some_and(|n| weights.contains(n)))
            .cloned()
            .collect(),
        input: inputs,
        output: outputs,
        value_info: Vec::new(),
        sparse_initializer: Vec::new(),
    };
    Ok(ModelProto {
        ir_version: model.ir_version,
        producer_name: Some("netbend".to_owned()),
        producer_version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        graph: Some(extracted),
        opset_import: model.opset_import.clone(),
        metadata_props: Vec::new(),
        functions: Vec::new(),
    })
}

/// What of a graph is needed for some of its tensors.
pub(crate) struct Needed {
    /// For each node whether it is.
    pub(crate) nodes: Vec<bool>,
    /// The names of the weights that are.
    pub(crate) weights: HashSet<String>,
}

/// What computes `outputs` from `inputs`.
///
/// # Errors
/// As [`subgraph`].
pub(crate) fn needed(
    graph: &GraphProto,
    inputs: &[String],
    outputs: &[String],
) -> Result<Needed, ModelError> {
    let producer: HashMap<&str, usize> = graph
        .node
        .iter()
        .enumerate()
        .flat_map(|(index, node)| node.output.iter().map(move |name| (name.as_str(), index)))
        .collect();
    let constants: HashSet<&str> = graph
        .initializer
        .iter()
        .filter_map(|tensor| tensor.name.as_deref())
        .collect();
    let given: HashSet<&str> = inputs.iter().map(String::as_str).collect();
    let mut wanted: Vec<&str> = outputs.iter().map(String::as_str).collect();
    let mut needed = Needed {
        nodes: vec![false; graph.node.len()],
        weights: HashSet::new(),
    };
    let mut seen = HashSet::new();
    while let Some(name) = wanted.pop() {
        if name.is_empty() || given.contains(name) || !seen.insert(name) {
            continue;
        }
        if constants.contains(name) {
            needed.weights.insert(name.to_owned());
        } else if let Some(&index) = producer.get(name) {
            needed.nodes[index] = true;
            wanted.extend(graph.node[index].input.iter().map(String::as_str));
        } else {
            return Err(ModelError::Structure(format!(
                "tensor `{}` is needed but no node computes it; the decoder must depend on the \
                 latent alone, the encoder on the spectrogram alone",
                printed(name)
            )));
        }
    }
    Ok(needed)
}

/// Takes away the inputs and outputs at a node's end that are left out: ONNX Runtime 1.31 takes an empty name there for a tensor when it
/// packs the weights of some operators (`LayerNormalization`), and the process ends.
pub(crate) fn trim(node: &mut NodeProto) {
    for names in [&mut node.input, &mut node.output] {
        let named = names.iter().rposition(|name| !name.is_empty());
        names.truncate(named.map_or(0, |last| last + 1));
    }
}
