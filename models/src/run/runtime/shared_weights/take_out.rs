//! Takes the large weights out of a graph, as 32-bit floats.

use std::collections::{HashMap, HashSet};

use crate::onnx::proto::{
    FLOAT, FLOAT16, GraphProto, NodeProto, StringStringEntryProto, TensorProto,
};
use crate::onnx::values::{are_floats, is_cast_to_float};

/// Smaller tensors stay where they are.
const LEAST_POINTS: usize = 1_024;
/// `TensorProto.DataLocation.EXTERNAL`: the numbers are not in the message.
const EXTERNAL: i32 = 1;

/// A weight that was taken out; its numbers stay in the graph that it was taken out of.
pub(super) struct Weight<'a> {
    /// Its initializer's name.
    pub(super) name: &'a str,
    pub(super) stored: &'a TensorProto,
}

/// The graph without its large weights, and those. What stays of them are their declarations, which say that the numbers are elsewhere.
/// Weights that are stored as float16 and read through casts only are declared as floats, and those casts dropped: that is what ONNX
/// Runtime would do in every session by itself. The numbers are not copied on the way.
pub(super) fn take_out(graph: &GraphProto) -> (GraphProto, Vec<Weight<'_>>) {
    let halves = halves_behind_casts(graph);
    let mut weights = Vec::new();
    let initializer = graph.initializer.iter().map(|tensor| {
        let fits = |name: &String| match tensor.data_type {
            Some(FLOAT) => true,
            Some(FLOAT16) => halves.contains(name),
            _ => false,
        };
        let name = tensor.name.as_ref();
        let Some(name) = name.filter(|name| fits(name) && is_large(tensor) && are_floats(tensor))
        else {
            return tensor.clone();
        };
        weights.push(Weight {
            name,
            stored: tensor,
        });
        declaration(name, &tensor.dims)
    });
    let mut left = GraphProto {
        initializer: initializer.collect(),
        name: graph.name.clone(),
        node: graph.node.clone(),
        input: graph.input.clone(),
        output: graph.output.clone(),
        value_info: graph.value_info.clone(),
        sparse_initializer: graph.sparse_initializer.clone(),
    };
    let taken: HashSet<&str> = weights.iter().map(|weight| weight.name).collect();
    drop_casts(&mut left, |name| {
        halves.contains(name) && taken.contains(name)
    });
    (left, weights)
}

fn is_large(tensor: &TensorProto) -> bool {
    tensor
        .element_count()
        .is_some_and(|count| count >= LEAST_POINTS)
}

/// A float initializer whose numbers are given to the session. The file it names is never looked for.
fn declaration(name: &str, dims: &[i64]) -> TensorProto {
    let entry = |key: &str, value: String| StringStringEntryProto {
        key: Some(key.into()),
        value: Some(value),
    };
    let bytes = 4 * dims.iter().product::<i64>();
    TensorProto {
        name: Some(name.into()),
        dims: dims.to_vec(),
        data_type: Some(FLOAT),
        data_location: Some(EXTERNAL),
        external_data: vec![
            entry("location", "given to the session".into()),
            entry("offset", "0".into()),
            entry("length", bytes.to_string()),
        ],
        ..TensorProto::default()
    }
}

/// Names of float16 initializers that nothing reads but casts to float whose result is no output of the graph.
fn halves_behind_casts(graph: &GraphProto) -> HashSet<String> {
    let outputs = graph
        .output
        .iter()
        .filter_map(|value| value.name.as_deref());
    let outputs: HashSet<&str> = outputs.collect();
    let is_dropped = |node: &&NodeProto| {
        is_cast_to_float(node) && !node.output.iter().any(|name| outputs.contains(&name[..]))
    };
    let others = graph.node.iter().filter(|node| !is_dropped(node));
    let read: HashSet<&str> = others
        .flat_map(|node| node.input.iter().map(String::as_str))
        .chain(outputs.iter().copied())
        .collect();
    let halves = graph
        .initializer
        .iter()
        .filter(|tensor| tensor.data_type == Some(FLOAT16));
    halves
        .filter_map(|tensor| tensor.name.clone())
        .filter(|name| !read.contains(name.as_str()))
        .collect()
}

/// Drops the casts of the initializers that `taken` names; what read their results reads those.
fn drop_casts(graph: &mut GraphProto, taken: impl Fn(&str) -> bool) {
    let mut renamed: HashMap<String, String> = HashMap::new();
    graph.node.retain(|node| {
        let source = node.input.first().filter(|name| taken(name.as_str()));
        match (source, node.output.first()) {
            (Some(source), Some(output)) if is_cast_to_float(node) => {
                renamed.insert(output.clone(), source.clone());
                false
            }
            _ => true,
        }
    });
    for name in graph.node.iter_mut().flat_map(|node| &mut node.input) {
        if let Some(source) = renamed.get(name) {
            name.clone_from(source);
        }
    }
}
