//! A graph as a chain: the tensors through which everything passes, and what lies between two of them.

use std::collections::HashMap;

use crate::onnx::bottleneck::Flow;
use crate::onnx::pointwise::POINTWISE;
use crate::onnx::proto::{GraphProto, NodeProto};
use crate::onnx::shapes::Shapes;
use crate::onnx::values::is_cast_to_float;

/// `[features, rows, columns]` of a tensor `[batch, feature, time, frequency]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tensor {
    pub(crate) name: String,
    pub(crate) features: usize,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
}

/// What lies between two tensors of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) kind: LinkKind,
    /// What it computes, where that has rows.
    pub(super) output: Option<Tensor>,
    /// What its nodes compute, its output left out.
    pub(super) inner: Vec<String>,
}

/// How the rows of a link's output depend on those of its input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LinkKind {
    /// Each on the same row alone.
    Pointwise,
    /// By a convolution.
    Conv(Kernel),
    /// By a transposed convolution.
    ConvTranspose(Kernel),
    /// In a way that is not followed.
    Barrier,
}

/// How a convolution moves along the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kernel {
    /// The node's place in the graph.
    pub(super) node: usize,
    /// Rows of the kernel.
    pub(super) length: usize,
    /// Rows from one position to the next.
    pub(super) stride: usize,
    /// Rows from one tap to the next.
    pub(super) dilation: usize,
    /// Rows of padding above and below.
    pub(super) pads: [usize; 2],
}

/// The chain from tensor `start` of `graph` on.
pub(super) fn links(graph: &GraphProto, start: &str, shapes: &Shapes) -> Vec<Link> {
    let flow = Flow::new(graph);
    let bottlenecks = flow.from(start, |_| true).bottlenecks;
    let mut place: HashMap<&str, usize> = bottlenecks.iter().copied().zip(0..).collect();
    let mut nodes: Vec<Vec<usize>> = vec![Vec::new(); bottlenecks.len().saturating_sub(1)];
    for (index, node) in graph.node.iter().enumerate() {
        let inputs = node.input.iter().filter(|name| !flow.is_constant(name));
        let places = inputs.map(|name| place.get(name.as_str()).copied());
        // What is computed from anything else as well is no part of the chain.
        let Some(link) = places.collect::<Option<Vec<_>>>() else {
            continue;
        };
        let Some(&link) = link.iter().max() else {
            continue;
        };
        if let Some(nodes) = nodes.get_mut(link) {
            nodes.push(index);
        }
        for name in &node.output {
            place.entry(name).or_insert(link);
        }
    }
    bottlenecks
        .windows(2)
        .zip(&nodes)
        .map(|(ends, nodes)| {
            let context = Context {
                graph,
                flow: &flow,
                shapes,
            };
            let inner = nodes.iter().flat_map(|&node| &graph.node[node].output);
            Link {
                kind: context.kind(ends[0], ends[1], nodes),
                output: tensor(ends[1], shapes),
                inner: inner.filter(|name| *name != ends[1]).cloned().collect(),
            }
        })
        .collect()
}

/// Tensor `name`, where it has rows.
pub(super) fn tensor(name: &str, shapes: &Shapes) -> Option<Tensor> {
    match *shapes.of(name)? {
        [_, features, rows, columns] => Some(Tensor {
            name: name.to_owned(),
            features,
            rows,
            columns,
        }),
        _ => None,
    }
}

struct Context<'a> {
    graph: &'a GraphProto,
    flow: &'a Flow<'a>,
    shapes: &'a Shapes,
}

impl Context<'_> {
    fn kind(&self, input: &str, output: &str, nodes: &[usize]) -> LinkKind {
        let ends = (tensor(input, self.shapes), tensor(output, self.shapes));
        let (Some(from), Some(to)) = ends else {
            return LinkKind::Barrier;
        };
        if let &[node] = nodes
            && let Some(kind) = self.convolution(node, &from, &to)
        {
            return kind;
        }
        let rows = from.rows;
        let local = |&node: &usize| self.is_pointwise(&self.graph.node[node], rows);
        if from.rows == to.rows && nodes.iter().all(local) {
            LinkKind::Pointwise
        } else {
            LinkKind::Barrier
        }
    }

    fn is_pointwise(&self, node: &NodeProto, rows: usize) -> bool {
        let operator = node.op_type.as_deref().unwrap_or("");
        if !POINTWISE.contains(&operator)
            || node.output.len() != 1
            || (operator == "Cast" && !is_cast_to_float(node))
        {
            return false;
        }
        let named = node.input.iter().filter(|name| !name.is_empty());
        named.chain(&node.output).all(|name| {
            let Some(dims) = self.shapes.of(name) else {
                return false;
            };
            let along_time = dims.len().checked_sub(2).map(|axis| dims[axis]);
            if self.flow.is_constant(name) {
                along_time.is_none_or(|size| size == 1)
            } else {
                dims.len() == 4 && along_time == Some(rows)
            }
        })
    }

    fn convolution(&self, index: usize, from: &Tensor, to: &Tensor) -> Option<LinkKind> {
        let node = &self.graph.node[index];
        let transposed = match node.op_type.as_deref()? {
            "Conv" => false,
            "ConvTranspose" => true,
            _ => return None,
        };
        let (data, constants) = node.input.split_first()?;
        if *data != from.name || !constants.iter().all(|name| self.flow.is_constant(name)) {
            return None;
        }
        let attribute = |name: &str| {
            let mut attributes = node.attribute.iter();
            attributes.find(|a| a.name.as_deref() == Some(name))
        };
        let automatic = attribute("auto_pad").and_then(|a| a.s.as_deref());
        if automatic.is_some_and(|kind| !matches!(kind, b"" | b"NOTSET"))
            || attribute("output_shape").is_some()
            || attribute("output_padding").is_some_and(|a| a.ints.iter().any(|&size| size != 0))
        {
            return None;
        }
        let list = |name: &str, length: usize, default: usize| match attribute(name) {
            None => Some(vec![default; length]),
            Some(list) if list.ints.len() == length => {
                let sizes = list.ints.iter().map(|&size| usize::try_from(size).ok());
                sizes.collect()
            }
            Some(_) => None,
        };
        let pads = list("pads", 4, 0)?;
        let length = match *self.shapes.of(constants.first()?)? {
            [_, _, length, _] => length,
            _ => return None,
        };
        let kernel = Kernel {
            node: index,
            length,
            stride: list("strides", 2, 1)?[0],
            dilation: list("dilations", 2, 1)?[0],
            pads: [pads[0], pads[2]],
        };
        if kernel.length == 0 || kernel.stride == 0 || kernel.dilation == 0 {
            return None;
        }
        // The file is somebody else's: its numbers may be of any size.
        let reach = (kernel.length - 1).checked_mul(kernel.dilation)?;
        let padding = kernel.pads[0].checked_add(kernel.pads[1])?;
        let rows = if transposed {
            let last = from.rows.checked_sub(1)?.checked_mul(kernel.stride)?;
            last.checked_add(reach)?.checked_sub(padding)? + 1
        } else {
            let room = from.rows.checked_add(padding)?.checked_sub(reach)?;
            room.checked_sub(1)? / kernel.stride + 1
        };
        (rows == to.rows).then_some(if transposed {
            LinkKind::ConvTranspose(kernel)
        } else {
            LinkKind::Conv(kernel)
        })
    }
}
