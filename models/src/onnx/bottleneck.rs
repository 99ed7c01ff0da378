//! Through which tensors everything passes that is computed from another one.
//!
//! An encoder's latent is such a tensor, and so is the end of a layer: what an activation function computes
//! in several nodes (SiLU, GELU, group normalisation) comes together in one tensor again.

use std::collections::{HashMap, HashSet};

use super::proto::{GraphProto, NodeProto};

/// Who reads a graph's tensors, and which of them do not depend on its inputs.
pub(crate) struct Flow<'a> {
    nodes: &'a [NodeProto],
    constants: HashSet<&'a str>,
    /// Nodes that read a tensor.
    readers: HashMap<&'a str, usize>,
}

/// What is reached from a tensor.
pub(crate) struct Reach<'a> {
    /// The tensors computed from it, itself included.
    pub(crate) tensors: HashSet<&'a str>,
    /// Those through which every path to whatever lies behind passes, itself first.
    pub(crate) bottlenecks: Vec<&'a str>,
}

impl<'a> Flow<'a> {
    pub(crate) fn new(graph: &'a GraphProto) -> Self {
        let mut constants: HashSet<&str> = graph
            .initializer
            .iter()
            .filter_map(|tensor| tensor.name.as_deref())
            .collect();
        let mut readers: HashMap<&str, usize> = HashMap::new();
        for node in &graph.node {
            // Sizes are no data: what is computed from them alone is the same for every window.
            if is_shape(node) {
                constants.extend(node.output.iter().map(String::as_str));
                continue;
            }
            if node.input.iter().all(|name| is_in(&constants, name)) {
                constants.extend(node.output.iter().map(String::as_str));
            }
            for name in distinct_inputs(node) {
                *readers.entry(name).or_default() += 1;
            }
        }
        Self {
            nodes: &graph.node,
            constants,
            readers,
        }
    }

    /// Whether `name` is the same whatever the graph is given.
    pub(crate) fn is_constant(&self, name: &str) -> bool {
        is_in(&self.constants, name)
    }

    /// Follows `start` through the nodes that `follows` admits.
    pub(crate) fn from(
        &self,
        start: &'a str,
        mut follows: impl FnMut(&'a NodeProto) -> bool,
    ) -> Reach<'a> {
        let mut tensors = HashSet::from([start]);
        let mut bottlenecks = vec![start];
        // Tensors that some node still reads, and how many nodes do.
        let mut unread: HashMap<&str, usize> = HashMap::new();
        unread.insert(start, self.readers.get(start).copied().unwrap_or(0));
        for node in self.nodes {
            let inputs: Vec<&str> = distinct_inputs(node)
                .filter(|name| !self.is_constant(name))
                .collect();
            let reached = !inputs.is_empty() && inputs.iter().all(|name| tensors.contains(name));
            if !reached || is_shape(node) || !follows(node) {
                continue;
            }
            for name in inputs {
                if let Some(count) = unread.get_mut(name) {
                    *count = count.saturating_sub(1);
                    if *count == 0 {
                        unread.remove(name);
                    }
                }
            }
            for name in node.output.iter().map(String::as_str) {
                tensors.insert(name);
                if let Some(&count) = self.readers.get(name) {
                    unread.insert(name, count);
                }
            }
            // What is read by nobody ends the graph, where nothing else is left open.
            if let ([only], true) = (node.output.as_slice(), unread.is_empty()) {
                bottlenecks.push(only);
            }
            if let (1, Some(only)) = (unread.len(), unread.keys().next())
                && bottlenecks.last() != Some(only)
            {
                bottlenecks.push(only);
            }
        }
        Reach {
            tensors,
            bottlenecks,
        }
    }
}

fn is_shape(node: &NodeProto) -> bool {
    node.op_type.as_deref() == Some("Shape")
}

/// An input that is left out counts as constant.
fn is_in(constants: &HashSet<&str>, name: &str) -> bool {
    name.is_empty() || constants.contains(name)
}

fn distinct_inputs(node: &NodeProto) -> impl Iterator<Item = &str> {
    let mut seen = HashSet::new();
    let names = node.input.iter().map(String::as_str);
    names.filter(move |name| seen.insert(*name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(nodes: &[(&str, &[&str], &str)]) -> GraphProto {
        GraphProto {
            node: nodes
                .iter()
                .map(|(operator, inputs, output)| NodeProto {
                    op_type: Some((*operator).into()),
                    input: inputs.iter().map(|&name| name.into()).collect(),
                    output: vec![(*output).into()],
                    ..NodeProto::default()
                })
                .collect(),
            ..GraphProto::default()
        }
    }

    #[test]
    fn branches_that_meet_again_are_passed_over() {
        let graph = graph(&[
            ("Constant", &[], "half"),
            ("Relu", &["x"], "a"),
            ("Sigmoid", &["a"], "gate"),
            ("Mul", &["a", "gate"], "silu"),
            ("Mul", &["silu", "half"], "end"),
        ]);
        let reach = Flow::new(&graph).from("x", |_| true);
        assert_eq!(reach.bottlenecks, ["x", "a", "silu", "end"]);
    }

    #[test]
    fn of_several_outputs_those_that_are_read_count() {
        let mut graph = graph(&[
            ("Relu", &["x"], "both"),
            ("Split", &["both"], "unread"),
            ("Tanh", &["mean"], "z"),
            ("Relu", &["z"], "y"),
        ]);
        graph.node[1].output.push("mean".into());
        let flow = Flow::new(&graph);
        assert_eq!(
            flow.from("x", |_| true).bottlenecks,
            ["x", "both", "mean", "z", "y"]
        );
    }

    #[test]
    fn a_size_is_no_way_around() {
        let graph = graph(&[
            ("Conv", &["x"], "a"),
            ("Shape", &["x"], "sizes"),
            ("Gather", &["sizes"], "batch"),
            ("Reshape", &["a", "batch"], "flat"),
            ("Gemm", &["flat"], "z"),
            ("Reshape", &["z", "batch"], "y"),
        ]);
        let flow = Flow::new(&graph);
        let reach = flow.from("x", |_| true);
        assert_eq!(reach.bottlenecks, ["x", "a", "flat", "z", "y"]);
        assert!(flow.is_constant("batch"));
    }

    #[test]
    fn what_is_read_elsewhere_stays_open() {
        let graph = graph(&[
            ("Relu", &["x"], "a"),
            ("Conv", &["a"], "b"),
            ("Relu", &["b"], "c"),
            ("Add", &["a", "c"], "d"),
        ]);
        let flow = Flow::new(&graph);
        assert_eq!(flow.from("x", |_| true).bottlenecks, ["x", "a", "d"]);
        let elementwise = |node: &NodeProto| node.op_type.as_deref() != Some("Conv");
        assert_eq!(flow.from("x", elementwise).bottlenecks, ["x", "a"]);
        let reach = flow.from("b", elementwise);
        assert_eq!(reach.bottlenecks, ["b", "c"]);
        assert!(!reach.tensors.contains("d"));
    }
}
