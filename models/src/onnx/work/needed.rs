//! Which rows of each tensor are needed for some rows of the output, walking the graph backwards.

use std::collections::HashMap;
use std::ops::Range;

use super::node::{of_node, operator, product};
use crate::onnx::proto::{GraphProto, NodeProto};
use crate::onnx::shapes::Shapes;

/// How much of a tensor is needed.
#[derive(Debug, Clone, PartialEq)]
enum Needed {
    /// These rows of `[batch, features, rows, columns]`.
    Rows(Range<usize>),
    /// That share of a tensor of another form.
    Share(f64),
}

/// By tensor name. What is not understood is needed whole.
pub(crate) struct NeededRows {
    needed: HashMap<String, Needed>,
}

impl NeededRows {
    /// Of the tensor `output`, `rows` are wanted.
    pub(crate) fn new(output: &str, rows: Range<usize>) -> Self {
        Self {
            needed: HashMap::from([(output.to_owned(), Needed::Rows(rows))]),
        }
    }

    /// The multiply–accumulates that lead to the rows wanted.
    pub(crate) fn work(mut self, graph: &GraphProto, shapes: &Shapes) -> u64 {
        let mut sum = 0;
        for node in graph.node.iter().rev() {
            let Some(output) = node.output.first() else {
                continue;
            };
            // What nobody wants is a constant's way to its reader, or is not computed.
            let Some(wanted) = self.needed.get(output).cloned() else {
                continue;
            };
            sum += self.pass(node, wanted, shapes);
        }
        sum
    }

    /// Hands what is wanted of a node's output on to its first input. Returns the node's work.
    fn pass(&mut self, node: &NodeProto, wanted: Needed, shapes: &Shapes) -> u64 {
        let of = |name: Option<&String>| name.and_then(|name| shapes.of(name));
        let whole = of_node(node, shapes);
        let (Some(input), Some(x), Some(y)) = (
            node.input.first(),
            of(node.input.first()),
            of(node.output.first()),
        ) else {
            return whole;
        };
        let all = match x {
            &[_, _, rows, _] => Needed::Rows(0..rows),
            _ => Needed::Share(1.0),
        };
        let (work, handed) = match (operator(node), &wanted, x) {
            ("ConvTranspose", Needed::Rows(rows), &[_, features, x_rows, columns]) => {
                let kernel = Kernel::of(node, of(node.input.get(1)));
                let pairs: usize = (0..x_rows).map(|row| kernel.up(row, rows)).sum();
                let first = (0..x_rows).find(|&row| kernel.up(row, rows) > 0);
                let last = (0..x_rows).rfind(|&row| kernel.up(row, rows) > 0);
                let each = of(node.input.get(1)).map_or(0, product)
                    / (features * kernel.size).max(1) as u64;
                let work = (pairs * features * columns) as u64 * each;
                let rows = first.unwrap_or(0)..last.map_or(0, |last| last + 1);
                (work, Needed::Rows(rows))
            }
            ("Conv", Needed::Rows(rows), &[_, _, x_rows, _]) => {
                let kernel = Kernel::of(node, of(node.input.get(1)));
                let y_rows = y.get(2).copied().unwrap_or(1).max(1);
                let first = (rows.start * kernel.stride).saturating_sub(kernel.pad);
                let end = (rows.end * kernel.stride + kernel.reach())
                    .saturating_sub(kernel.pad + kernel.stride);
                let work = whole * rows.len() as u64 / y_rows as u64;
                (work, Needed::Rows(first..end.min(x_rows)))
            }
            (_, Needed::Rows(rows), x) if x == y => (whole, Needed::Rows(rows.clone())),
            ("Reshape", Needed::Rows(rows), _) => {
                let y_rows = y.get(2).copied().unwrap_or(1).max(1);
                (whole, Needed::Share(rows.len() as f64 / y_rows as f64))
            }
            ("Gemm" | "MatMul", Needed::Share(share), _) => {
                ((whole as f64 * share).round() as u64, all)
            }
            (_, Needed::Share(share), x) if x == y => (whole, Needed::Share(*share)),
            _ => (whole, all),
        };
        self.want(input, handed);
        work
    }

    /// Adds to what is wanted of a tensor.
    fn want(&mut self, name: &str, more: Needed) {
        let known = self.needed.get(name).cloned();
        let both = match (known, more) {
            (Some(Needed::Rows(a)), Needed::Rows(b)) => {
                Needed::Rows(a.start.min(b.start)..a.end.max(b.end))
            }
            (Some(Needed::Share(a)), Needed::Share(b)) => Needed::Share(a.max(b)),
            (_, more) => more,
        };
        self.needed.insert(name.to_owned(), both);
    }
}

/// A kernel's extent along the rows.
struct Kernel {
    size: usize,
    stride: usize,
    dilation: usize,
    pad: usize,
}

impl Kernel {
    fn of(node: &NodeProto, weights: Option<&[usize]>) -> Self {
        let first = |name, default| {
            let value = node.ints(name).and_then(|ints| ints.first().copied());
            value
                .and_then(|value| usize::try_from(value).ok())
                .unwrap_or(default)
        };
        Self {
            size: weights.and_then(|dims| dims.get(2).copied()).unwrap_or(1),
            stride: first("strides", 1),
            dilation: first("dilations", 1),
            pad: first("pads", 0),
        }
    }

    fn reach(&self) -> usize {
        self.dilation * self.size.saturating_sub(1) + 1
    }

    /// Of the rows that row `row` of a transposed convolution's input is added to, how many lie in `rows`.
    fn up(&self, row: usize, rows: &Range<usize>) -> usize {
        let places = (0..self.size).map(|tap| row * self.stride + tap * self.dilation);
        places
            .filter(|place| {
                place
                    .checked_sub(self.pad)
                    .is_some_and(|at| rows.contains(&at))
            })
            .count()
    }
}
