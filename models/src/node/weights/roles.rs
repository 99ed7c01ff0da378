//! What the decoder's weights do, from the nodes that take them.

use std::collections::{HashMap, HashSet};

use crate::bends::weights::Role;
use crate::onnx::proto::{GraphProto, NodeProto, TensorProto};
use crate::package::manifest::Layer;

/// The first bendable layer that each node reaches.
pub(super) struct Reached<'a> {
    /// By the place of the node.
    layers: HashMap<usize, usize>,
    graph: &'a GraphProto,
}

impl<'a> Reached<'a> {
    /// Walks from every layer of `layers`, which stand in their order, to what it is computed from.
    pub(super) fn of(graph: &'a GraphProto, layers: &[Layer]) -> Self {
        let producers: HashMap<&str, usize> = (0..)
            .zip(&graph.node)
            .flat_map(|(place, node)| node.output.iter().map(move |name| (name.as_str(), place)))
            .collect();
        let mut reached = HashMap::new();
        for layer in layers {
            let mut names = vec![layer.tensor.as_str()];
            let mut seen = HashSet::new();
            while let Some(name) = names.pop() {
                let Some(&place) = producers.get(name) else {
                    continue;
                };
                // What is behind a layer before this one reaches that one first.
                if reached.contains_key(&place) || !seen.insert(place) {
                    continue;
                }
                if let Some(node) = graph.node.get(place) {
                    names.extend(node.input.iter().map(String::as_str));
                }
            }
            reached.extend(seen.into_iter().map(|place| (place, layer.index)));
        }
        Self {
            layers: reached,
            graph,
        }
    }

    /// What `tensor` does as input `input` of the graph's node `place`.
    pub(super) fn role(&self, place: usize, input: usize, tensor: &TensorProto) -> Role {
        let node = self.graph.node.get(place);
        let operator = node.map_or("", operator);
        let (part, name) = part(operator, input);
        Role {
            half: "",
            layer: self.layers.get(&place).copied(),
            part,
            operator: name,
            size: node.map_or_else(String::new, |node| size(node, input, tensor)),
        }
    }
}

fn operator(node: &NodeProto) -> &str {
    node.op_type.as_deref().unwrap_or("")
}

/// What an input of an operator is called, and the operator.
fn part(operator: &str, input: usize) -> (&'static str, &'static str) {
    match (operator, input) {
        ("Conv", 1) => ("kernel", "the convolution"),
        ("Conv", _) => ("bias", "the convolution"),
        ("ConvTranspose", 1) => ("kernel", "the transposed convolution"),
        ("ConvTranspose", _) => ("bias", "the transposed convolution"),
        ("Gemm", 2) => ("bias", "the dense layer"),
        ("Gemm" | "MatMul", _) => ("matrix", "the dense layer"),
        ("BatchNormalization", 1) => ("scale", "the batch normalization"),
        ("BatchNormalization", _) => ("shift", "the batch normalization"),
        ("GroupNormalization", 1) => ("scale", "the group normalization"),
        ("GroupNormalization", _) => ("shift", "the group normalization"),
        ("RMSNormalization", _) => ("scale", "the RMS normalization"),
        ("PRelu", _) => ("slope below 0", "the PReLU"),
        ("Add", _) => ("what is added", ""),
        ("Sub", _) => ("what is subtracted", ""),
        ("Mul", _) => ("factors", ""),
        ("Div", _) => ("divisors", ""),
        _ => ("weights", ""),
    }
}

/// From how many to how many, or how many.
fn size(node: &NodeProto, input: usize, tensor: &TensorProto) -> String {
    let group = node.int("group").unwrap_or(1).max(1);
    let dims = tensor.dims.as_slice();
    let all = || tensor.element_count().unwrap_or(0);
    match (operator(node), input, dims) {
        ("Conv", 1, [to, from, ..]) => features(from.saturating_mul(group), *to),
        ("ConvTranspose", 1, [from, to, ..]) => features(*from, to.saturating_mul(group)),
        ("Gemm", 1, [rows, columns]) => match node.int("transB").unwrap_or(0) {
            0 => values(*rows, *columns),
            _ => values(*columns, *rows),
        },
        // Which way round it is read is up to what lies before it.
        ("Gemm" | "MatMul", 0 | 1, [rows, columns]) => format!("{rows} × {columns} values"),
        ("Conv" | "ConvTranspose" | "BatchNormalization" | "GroupNormalization", ..) => {
            counted(all(), "feature")
        }
        _ => counted(all(), "value"),
    }
}

fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

fn features(from: i64, to: i64) -> String {
    let plural = if to == 1 { "" } else { "s" };
    format!("{from} → {to} feature{plural}")
}

fn values(from: i64, to: i64) -> String {
    format!("{from} → {to} values")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::onnx::proto::AttributeProto;

    fn node(
        operator: &str,
        inputs: &[&str],
        output: &str,
        attribute: Option<(&str, i64)>,
    ) -> NodeProto {
        NodeProto {
            op_type: Some(operator.into()),
            input: inputs.iter().map(|&input| input.into()).collect(),
            output: vec![output.into()],
            attribute: attribute
                .into_iter()
                .map(|(name, value)| AttributeProto {
                    name: Some(name.into()),
                    i: Some(value),
                    ..AttributeProto::default()
                })
                .collect(),
            ..NodeProto::default()
        }
    }

    fn layer(index: usize, tensor: &str) -> Layer {
        Layer {
            index,
            tensor: tensor.into(),
            ..crate::test_support::manifest().layers[0].clone()
        }
    }

    #[test]
    fn a_weight_says_where_it_is_and_what_it_does() {
        let graph = GraphProto {
            node: vec![
                node("Gemm", &["latent", "w0", "b0"], "0", Some(("transB", 1))),
                node("ConvTranspose", &["0", "w1", "b1"], "1", None),
                node("Relu", &["1"], "first", None),
                node("Conv", &["first", "w2"], "2", Some(("group", 2))),
                node("Add", &["2", "skip"], "second", None),
                node("MatMul", &["second", "w3"], "out", None),
            ],
            ..GraphProto::default()
        };
        let layers = [layer(1, "first"), layer(2, "second")];
        let reached = Reached::of(&graph, &layers);
        let said = |place, input, dims: &[i64]| {
            let tensor = TensorProto {
                dims: dims.to_vec(),
                ..TensorProto::default()
            };
            reached.role(place, input, &tensor).to_string()
        };
        for (found, expected) in [
            (
                said(0, 1, &[128, 16]),
                "layer 1: matrix of the dense layer, 16 → 128 values",
            ),
            (
                said(0, 2, &[128]),
                "layer 1: bias of the dense layer, 128 values",
            ),
            (
                said(1, 1, &[64, 32, 3, 5]),
                "layer 1: kernel of the transposed convolution, 64 → 32 features",
            ),
            (
                said(1, 2, &[32]),
                "layer 1: bias of the transposed convolution, 32 features",
            ),
            (
                said(3, 1, &[1, 16, 3, 3]),
                "layer 2: kernel of the convolution, 32 → 1 feature",
            ),
            (said(4, 1, &[1, 8]), "layer 2: what is added, 8 values"),
            (
                said(5, 1, &[8, 4]),
                "output: matrix of the dense layer, 8 × 4 values",
            ),
        ] {
            assert_eq!(found, expected);
        }
    }
}
