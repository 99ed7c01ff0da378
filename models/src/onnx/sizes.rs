//! Sizes that a graph computes, written into it where they follow from the window.
//!
//! Exporters write `x.view(x.shape[0], -1)` as a chain of `Shape`, `Gather` and `Concat`, often on the model's input, so that a decoder seems to need the
//! spectrogram. For windows of one size every such number is known, but for the batch: computed for 2 and for 3 windows, what is the same becomes
//! a constant, and a `Reshape` whose shape differs in one place takes -1 there.

use std::collections::HashSet;

use netbend_dsp::number::signed;

use super::proto::{GraphProto, TensorProto};
use super::shapes::Shapes;

/// Writes the sizes into `graph` whose input `input` takes windows of the shape `own`, the batch in front.
pub(crate) fn settle(graph: &mut GraphProto, input: &str, own: &[usize]) {
    let with = |batch: usize| {
        let dims = std::iter::once(batch).chain(own.iter().copied()).collect();
        Shapes::explore(graph, &[(input, dims)])
    };
    let (two, three) = (with(2), with(3));
    let mut stated: HashSet<String> = graph
        .initializer
        .iter()
        .filter_map(|tensor| tensor.name.clone())
        .collect();
    let mut nodes = Vec::with_capacity(graph.node.len());
    for mut node in std::mem::take(&mut graph.node) {
        let operator = node.op_type.as_deref().unwrap_or("");
        let [output] = node.output.as_slice() else {
            nodes.push(node);
            continue;
        };
        if operator == "Constant" {
            stated.insert(output.clone());
            nodes.push(node);
            continue;
        }
        if let (Some(values), Some(others)) =
            (two.whole_numbers(output), three.whole_numbers(output))
            && values == others
            && !stated.contains(output)
        {
            let dims = two.of(output).unwrap_or(&[]).iter().map(|&dim| signed(dim));
            graph.initializer.push(TensorProto {
                dims: dims.collect(),
                ..TensorProto::integers(output, values)
            });
            stated.insert(output.clone());
            continue;
        }
        if operator == "Reshape"
            && let Some(shape) = node.input.get(1).filter(|name| !stated.contains(*name))
            && let Some(wanted) = wanted(two.of(output), three.of(output))
        {
            let name = format!("{shape}.for.{output}");
            graph.initializer.push(TensorProto::integers(&name, wanted));
            node.input[1] = name;
            node.attribute
                .retain(|a| a.name.as_deref() != Some("allowzero"));
        }
        nodes.push(node);
    }
    graph.node = nodes;
}

/// The shape with -1 in the one place where it differs.
fn wanted(two: Option<&[usize]>, three: Option<&[usize]>) -> Option<Vec<i64>> {
    let (two, three) = (two?, three?);
    let differ: Vec<usize> = (0..two.len())
        .filter(|&n| three.get(n) != Some(&two[n]))
        .collect();
    let [open] = differ[..] else { return None };
    if two.len() != three.len() || two.contains(&0) {
        return None;
    }
    let mut wanted: Vec<i64> = two.iter().map(|&dim| signed(dim)).collect();
    wanted[open] = -1;
    Some(wanted)
}

#[cfg(test)]
mod tests {
    use super::super::proto::{AttributeProto, NodeProto};
    use super::*;

    #[test]
    fn a_shape_that_is_computed_from_another_tensors_becomes_one_that_is_stated() {
        let int = |name: &str, i| vec![AttributeProto::integer(name, i)];
        let node = NodeProto::standard;
        let mut graph = GraphProto {
            initializer: vec![
                TensorProto {
                    dims: vec![],
                    ..TensorProto::integers("zero", vec![0])
                },
                TensorProto::integers("axis", vec![0]),
                TensorProto::integers("rest", vec![3, -1]),
                TensorProto::integers("two", vec![2]),
            ],
            node: vec![
                node("Shape", &["x"], "shape", vec![]),
                node("Gather", &["shape", "zero"], "batch", int("axis", 0)),
                node("Unsqueeze", &["batch", "axis"], "batch1", vec![]),
                node("Concat", &["batch1", "rest"], "wanted", int("axis", 0)),
                node("Reshape", &["x", "wanted"], "y", vec![]),
                node("Shape", &["y"], "own", int("start", 1)),
                node("Div", &["own", "two"], "half", vec![]),
            ],
            ..GraphProto::default()
        };
        settle(&mut graph, "x", &[6, 4]);
        let names: Vec<_> = graph.node.iter().map(|n| n.output[0].as_str()).collect();
        assert_eq!(names, ["shape", "batch", "batch1", "wanted", "y"]);
        let held = |name: &str| {
            let mut tensors = graph.initializer.iter();
            let tensor = tensors.find(|t| t.name.as_deref() == Some(name)).unwrap();
            tensor.int64_data.clone()
        };
        assert_eq!(held(&graph.node[4].input[1]), [-1, 3, 8]);
        assert_eq!(held("own"), [3, 8]);
        assert_eq!(held("half"), [1, 4]);
    }
}
