//! What running a graph takes, counted before anything is allocated for it: bytes held at a time, bytes of what a runtime computes
//! from constants while it loads, and arithmetic.
//!
//! Shapes are known when this is counted, so a graph of a few kilobytes that doubles a tensor twenty times over is refused by its
//! figures. The counts lie above what ONNX Runtime 1.31 takes: it works in place where it can.

use std::collections::HashMap;

use super::limits;
use super::proto::{GraphProto, NodeProto};
use super::shapes::Shapes;
use super::types::Element;
use super::work;
use crate::error::ModelError;

/// What a graph takes for the shapes it was counted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cost {
    /// Bytes of weights.
    pub weight_bytes: u64,
    /// Bytes of all tensors that follow from weights alone.
    pub folded_bytes: u64,
    /// Bytes held at a time, weights and what follows from them left out.
    pub live_bytes: u64,
    /// Multiply–accumulates, and what takes as long.
    pub work: u64,
}

impl Cost {
    /// Counts `graph`, whose tensors have those shapes.
    pub fn of(graph: &GraphProto, shapes: &Shapes) -> Self {
        let mut cost = Self {
            weight_bytes: sum(graph
                .initializer
                .iter()
                .map(|tensor| bytes(tensor.name.as_deref().unwrap_or(""), shapes))),
            ..Self::default()
        };
        let mut live = Live::new(graph);
        for (place, node) in graph.node.iter().enumerate() {
            cost.work = cost.work.saturating_add(arithmetic(node, shapes));
            let constant = node.output.iter().all(|name| shapes.is_constant(name));
            let made = sum(node.output.iter().map(|name| bytes(name, shapes)));
            if constant {
                cost.folded_bytes = cost.folded_bytes.saturating_add(made);
            } else {
                live.run(place, node, made, workspace(node, shapes));
            }
        }
        cost.live_bytes = live.most;
        cost
    }

    /// Holds it to the [`limits`], which are for a batch of [`limits::BATCH`]; `batch` is that of the shapes. `half` is what the
    /// graph is called in messages.
    ///
    /// # Errors
    /// [`ModelError::Structure`] naming what it takes and what is accepted.
    pub fn check(&self, half: &str, batch: usize) -> Result<(), ModelError> {
        let fail = |message: String| Err(ModelError::Structure(format!("its {half} {message}")));
        let folded = limits::FOLDED_BYTES
            .saturating_add(limits::FOLDED_PER_WEIGHT.saturating_mul(self.weight_bytes));
        if self.folded_bytes > folded {
            return fail(format!(
                "computes {} MB from constants alone; at most {} MB are accepted with weights of its size",
                self.folded_bytes >> 20,
                folded >> 20
            ));
        }
        let scaled = |limit: u64| {
            let windows = batch.max(limits::BATCH) as u64;
            limit.saturating_mul(windows) / limits::BATCH as u64
        };
        if self.live_bytes > scaled(limits::LIVE_BYTES) {
            return fail(format!(
                "needs {} MB at a time for {batch} windows; at most {} MB are accepted",
                self.live_bytes >> 20,
                scaled(limits::LIVE_BYTES) >> 20
            ));
        }
        if self.work > scaled(limits::WORK) {
            return fail(format!(
                "needs {:.1} billion multiply–accumulates (or what takes as long) for {batch} windows; more than {:.1} billion \
                 can never be played",
                self.work as f64 * 1e-9,
                scaled(limits::WORK) as f64 * 1e-9
            ));
        }
        Ok(())
    }
}

/// The tensors held while nodes run one after the other, each from its node to its last reader.
struct Live<'g> {
    /// By tensor: the node that reads it last.
    last: HashMap<&'g str, usize>,
    /// By node: the bytes that are free once it has run.
    freed: HashMap<usize, u64>,
    now: u64,
    most: u64,
}

impl<'g> Live<'g> {
    fn new(graph: &'g GraphProto) -> Self {
        let mut last = HashMap::new();
        for (place, node) in graph.node.iter().enumerate() {
            for name in &node.input {
                last.insert(name.as_str(), place);
            }
        }
        for name in graph
            .output
            .iter()
            .filter_map(|output| output.name.as_deref())
        {
            last.insert(name, graph.node.len());
        }
        Self {
            last,
            freed: HashMap::new(),
            now: 0,
            most: 0,
        }
    }

    fn run(&mut self, place: usize, node: &NodeProto, made: u64, workspace: u64) {
        let last = |name: &String| self.last.get(name.as_str()).copied().unwrap_or(place);
        let until = node.output.iter().map(last).max().unwrap_or(place);
        self.now = self.now.saturating_add(made);
        self.most = self.most.max(self.now.saturating_add(workspace));
        let freed = self.freed.entry(until).or_default();
        *freed = freed.saturating_add(made);
        self.now = self
            .now
            .saturating_sub(self.freed.remove(&place).unwrap_or(0));
    }
}

/// What a node holds beside what it reads and writes.
fn workspace(node: &NodeProto, shapes: &Shapes) -> u64 {
    let of = |place: usize| node.input.get(place).and_then(|name| shapes.of(name));
    match (operator(node), of(0), of(1)) {
        // Every tap of one window, before they are added up.
        ("ConvTranspose", Some([_, _, rows @ ..]), Some([_, weights @ ..])) => 4_u64
            .saturating_mul(product(rows))
            .saturating_mul(product(weights)),
        // Where it is not along the last axes: a place for each number that is read.
        (reduction, Some(dims), _) if reduction.starts_with("Reduce") => {
            8_u64.saturating_mul(product(dims))
        }
        _ => 0,
    }
}

/// Multiply–accumulates of a node, and for all others what takes as long as so many.
fn arithmetic(node: &NodeProto, shapes: &Shapes) -> u64 {
    let size =
        |name: Option<&String>| product(name.and_then(|name| shapes.of(name)).unwrap_or(&[]));
    let reads = node.input.iter().map(|name| size(Some(name)));
    let touched = sum(reads).saturating_add(size(node.output.first()));
    let kernel = node.ints("kernel_shape").unwrap_or_default();
    let taps = kernel.iter().fold(1_u64, |taps, &size| {
        taps.saturating_mul(size.unsigned_abs())
    });
    match operator(node) {
        "Conv" | "ConvTranspose" => {
            let grouped = node.attribute.iter().any(|attribute| {
                attribute.name.as_deref() == Some("group") && attribute.i.is_some_and(|i| i > 1)
            });
            // Groups are small products, one by one.
            let slower = if grouped { 8 } else { 1 };
            work::of_node(node, shapes).saturating_mul(slower)
        }
        "Gemm" | "MatMul" => work::of_node(node, shapes),
        "MaxPool" | "AveragePool" => size(node.output.first())
            .saturating_mul(taps)
            .saturating_mul(16),
        "Resize" | "Upsample" | "Pow" => touched.saturating_mul(64),
        _ => touched.saturating_mul(16),
    }
}

fn bytes(name: &str, shapes: &Shapes) -> u64 {
    let element = shapes.element(name).map_or(4, Element::bytes);
    shapes
        .of(name)
        .map_or(0, |dims| product(dims).saturating_mul(element))
}

fn operator(node: &NodeProto) -> &str {
    node.op_type.as_deref().unwrap_or("")
}

fn product(dims: &[usize]) -> u64 {
    dims.iter()
        .fold(1, |product, &dim| product.saturating_mul(dim as u64))
}

fn sum(numbers: impl Iterator<Item = u64>) -> u64 {
    numbers.fold(0, u64::saturating_add)
}
