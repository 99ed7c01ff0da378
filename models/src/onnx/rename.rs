//! Gives what a node computes another name, so that a node can be put between it and its readers.

use super::proto::GraphProto;

/// Renames the output `tensor` of the node that computes it; readers keep the name. The node's place, or `None` where no node computes it.
pub(crate) fn rename_output(graph: &mut GraphProto, tensor: &str, to: &str) -> Option<usize> {
    let gives = |name: &&mut String| name.as_str() == tensor;
    let place = graph
        .node
        .iter()
        .position(|node| node.output.iter().any(|name| name == tensor))?;
    for output in graph.node[place].output.iter_mut().filter(gives) {
        to.clone_into(output);
    }
    Some(place)
}
