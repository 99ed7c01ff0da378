//! What is new in a stride of a stream.

use super::node::{of_node, operator};
use crate::onnx::proto::GraphProto;
use crate::onnx::shapes::Shapes;

/// Of a graph whose input moves on by `stride` rows: a convolution that sees one row in `t` has `stride / t` new ones, at least one;
/// what comes behind the maps is all new.
pub(crate) fn fresh(graph: &GraphProto, shapes: &Shapes, input: &str, stride: usize) -> u64 {
    let mut steps = std::collections::HashMap::from([(input, 1)]);
    let mut sum = 0;
    for node in &graph.node {
        let before = node.input.iter().find_map(|name| steps.get(name.as_str()));
        let own = match operator(node) {
            "Conv" => node
                .ints("strides")
                .and_then(|s| s.first())
                .map_or(1, |&s| s.max(1) as usize),
            _ => 1,
        };
        let output = node.output.first().map_or("", String::as_str);
        let step = before.map_or(1, |before| before * own);
        steps.insert(output, step);
        let work = of_node(node, shapes);
        sum += match shapes.of(output) {
            Some(&[_, _, rows, _]) => {
                let new = stride.div_ceil(step).min(rows);
                work * new as u64 / rows.max(1) as u64
            }
            _ => work,
        };
    }
    sum
}
