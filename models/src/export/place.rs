//! Where the nodes of bends go in a graph.

use super::features::chain;
use super::map_shape::MapShape;
use super::nodes::Nodes;
use crate::error::ModelError;
use crate::node::program::Entry;
use crate::onnx::proto::GraphProto;
use crate::package::manifest::Layer;

/// A beginning of names that no tensor of the graph has: a model may be exported, loaded, bent and exported again.
pub(super) fn free_prefix(graph: &GraphProto) -> String {
    let nodes = graph.node.iter();
    let names: Vec<&str> = nodes
        .flat_map(|node| node.input.iter().chain(&node.output).chain(&node.name))
        .map(String::as_str)
        .chain(
            graph
                .initializer
                .iter()
                .filter_map(|tensor| tensor.name.as_deref()),
        )
        .collect();
    let mut round = 1;
    loop {
        let prefix = format!("bent.{round}");
        let own = format!("{prefix}.");
        if !names.iter().any(|name| name.starts_with(&own)) {
            return prefix;
        }
        round += 1;
    }
}

/// Bends a layer: whoever reads its tensor reads the bent activation.
///
/// # Errors
/// [`ModelError::Manifest`] where no node computes the tensor.
pub(super) fn layer(
    graph: &mut GraphProto,
    layer: &Layer,
    prefix: &str,
    entries: &[Entry<'_>],
) -> Result<(), ModelError> {
    let place = format!("layer {}", layer.index);
    let position = producer(graph, &layer.tensor, &place)?;
    let prefix = format!("{prefix}.layer.{}", layer.index);
    let unbent = format!("{prefix}.unbent");
    let mut nodes = Nodes::new(prefix);
    let shape = MapShape::of(layer);
    let bent = chain(&mut nodes, shape, entries, &unbent);
    if bent == unbent {
        return Ok(());
    }
    rename(&mut graph.node[position].output, &layer.tensor, &unbent);
    for node in &mut nodes.nodes {
        rename(&mut node.output, &bent, &layer.tensor);
    }
    insert(graph, position, nodes);
    Ok(())
}

/// Bends the latent (layer 0). Its tensor stays as it is and its readers read another one: a Netbend model is cut at that very tensor,
/// and what comes before the cut would be lost.
///
/// # Errors
/// [`ModelError::Manifest`] where no node computes the tensor.
pub(super) fn latent(
    graph: &mut GraphProto,
    tensor: &str,
    size: usize,
    prefix: &str,
    entries: &[Entry<'_>],
) -> Result<(), ModelError> {
    let mut nodes = Nodes::new(format!("{prefix}.latent"));
    let entries: Vec<_> = entries
        .iter()
        .filter(|entry| entry.transform.acts_on_latent())
        .copied()
        .collect();
    let bent = chain(&mut nodes, MapShape::points(size), &entries, tensor);
    if bent == tensor {
        return Ok(());
    }
    let position = producer(graph, tensor, "the latent")?;
    for node in &mut graph.node {
        rename(&mut node.input, tensor, &bent);
    }
    insert(graph, position, nodes);
    Ok(())
}

/// Place of the node that computes `tensor`.
fn producer(graph: &GraphProto, tensor: &str, place: &str) -> Result<usize, ModelError> {
    let computes = |output: &String| output == tensor;
    graph
        .node
        .iter()
        .position(|node| node.output.iter().any(computes))
        .ok_or_else(|| {
            ModelError::Manifest(format!(
                "{place} is the tensor `{tensor}`, which no node computes"
            ))
        })
}

fn rename(names: &mut [String], from: &str, to: &str) {
    for name in names.iter_mut().filter(|name| *name == from) {
        to.clone_into(name);
    }
}

/// Puts the nodes behind the node at `position`, so that the order stays topological.
fn insert(graph: &mut GraphProto, position: usize, nodes: Nodes) {
    graph.node.splice(position + 1..position + 1, nodes.nodes);
    graph.initializer.extend(nodes.integers);
}
