//! What running a graph takes, counted before anything is allocated for it: bytes held at a time, bytes of what a runtime computes
//! from constants while it loads, and arithmetic.
//!
//! Shapes are known when this is counted, so a graph of a few kilobytes that doubles a tensor twenty times over is refused by its
//! figures. That ONNX Runtime may work in place is not counted on: it does so only where it knows sizes beforehand.

use std::collections::HashMap;

use netbend_dsp::number::nearest_f64;

use super::limits;
use super::proto::{GraphProto, NodeProto};
use super::shapes::Shapes;
use super::types::Element;
use super::work;
use crate::error::ModelError;

/// Multiply–accumulates that take as long as moving a value.
const MOVED: u64 = 16;
/// ... and as long as the slowest functions of one: logarithms, powers.
const SLOW: u64 = 270;
/// Operators that give what they read in another shape, and in the same place.
const RESHAPING: &[&str] = &["Flatten", "Reshape", "Squeeze", "Unsqueeze"];

/// What a graph takes for the shapes it was counted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cost {
    /// Numbers among the weights.
    pub weights: u64,
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
            weights: sum(graph
                .initializer
                .iter()
                .map(|tensor| tensor.element_count().unwrap_or(0) as u64)),
            ..Self::default()
        };
        let mut live = Live::new(graph);
        for (place, node) in graph.node.iter().enumerate() {
            cost.work = cost.work.saturating_add(arithmetic(node, shapes));
            if node.output.iter().all(|name| shapes.is_constant(name)) {
                let made = sum(node.output.iter().map(|name| bytes(name, shapes)));
                cost.folded_bytes = cost.folded_bytes.saturating_add(made);
            } else {
                live.run(place, node, shapes);
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
        self.check_halves(half, batch, 1)
    }

    /// As [`check`](Self::check), of so many halves one after the other.
    fn check_halves(&self, half: &str, batch: usize, halves: u64) -> Result<(), ModelError> {
        let fail = |message: String| Err(ModelError::Structure(format!("its {half} {message}")));
        let with_weights =
            |bytes: u64, each: u64| bytes.saturating_add(each.saturating_mul(self.weights));
        let folded = with_weights(halves * limits::FOLDED_BYTES, limits::FOLDED_PER_WEIGHT);
        let live = with_weights(halves * limits::LIVE_BYTES, limits::LIVE_PER_WEIGHT);
        if self.folded_bytes > folded {
            return fail(format!(
                "computes {} MB from constants alone; at most {} MB are accepted with as many weights as it has",
                self.folded_bytes >> 20,
                folded >> 20
            ));
        }
        let scaled = |limit: u64| {
            let windows = batch.max(limits::BATCH) as u64;
            limit.saturating_mul(windows) / limits::BATCH as u64
        };
        if self.live_bytes > scaled(live) {
            return fail(format!(
                "needs {} MB at a time for {batch} windows; at most {} MB are accepted with as many weights as it has: \
                 export it for shorter windows",
                self.live_bytes >> 20,
                scaled(live) >> 20
            ));
        }
        let most = scaled(halves * limits::WORK);
        if self.work > most {
            return fail(format!(
                "needs {:.1} billion multiply–accumulates (or what takes as long) for {batch} windows; more than {:.1} billion \
                 can never be played",
                nearest_f64(self.work) * 1e-9,
                nearest_f64(most) * 1e-9
            ));
        }
        Ok(())
    }
}

/// The shapes of a graph whose one input has the size `dims`, batch first, at a cost that is accepted. `half` is what the graph is
/// called in messages.
///
/// # Errors
/// [`ModelError::Structure`] where it cannot be followed, or takes too much.
pub fn follow(
    half: &str,
    graph: &GraphProto,
    input: &str,
    dims: &[usize],
) -> Result<Shapes, ModelError> {
    let shapes = shapes_of(graph, input, dims)?;
    let batch = dims.first().copied().unwrap_or(1);
    Cost::of(graph, &shapes).check(half, batch)?;
    Ok(shapes)
}

/// As [`follow`], of both halves joined.
///
/// # Errors
/// As [`follow`].
pub(crate) fn follow_whole(
    graph: &GraphProto,
    input: &str,
    dims: &[usize],
) -> Result<Shapes, ModelError> {
    let shapes = shapes_of(graph, input, dims)?;
    let batch = dims.first().copied().unwrap_or(1);
    Cost::of(graph, &shapes).check_halves("graph", batch, 2)?;
    Ok(shapes)
}

fn shapes_of(graph: &GraphProto, input: &str, dims: &[usize]) -> Result<Shapes, ModelError> {
    let batch = dims.first().copied().unwrap_or(1);
    Shapes::infer(graph, &[(input, dims.to_vec())]).map_err(|error| match error {
        ModelError::Structure(problem) if batch != limits::BATCH => {
            ModelError::Structure(format!(
                "{problem}, with a batch of {batch} though not of {}; export the model with a dynamic batch axis",
                limits::BATCH
            ))
        }
        error => error,
    })
}

/// The tensors held while nodes run one after the other, each from its node to its last reader.
struct Live<'g> {
    /// By tensor: the node that reads it last.
    last: HashMap<&'g str, usize>,
    /// By tensor: its bytes.
    held: HashMap<&'g str, u64>,
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
            held: HashMap::new(),
            now: 0,
            most: 0,
        }
    }

    fn run(&mut self, place: usize, node: &'g NodeProto, shapes: &Shapes) {
        for name in node.output.iter().filter(|name| !name.is_empty()) {
            let made = bytes(name, shapes);
            match self.taken_over(place, node, made) {
                Some(input) => drop(self.held.remove(input)),
                None => self.now = self.now.saturating_add(made),
            }
            self.held.insert(name, made);
        }
        self.most = self
            .most
            .max(self.now.saturating_add(workspace(node, shapes)));
        for name in node.input.iter().chain(&node.output) {
            if self
                .last
                .get(name.as_str())
                .is_none_or(|&last| last <= place)
            {
                let freed = self.held.remove(name.as_str()).unwrap_or(0);
                self.now = self.now.saturating_sub(freed);
            }
        }
    }

    /// The input whose place in memory an output of that size takes: one that nothing reads any more.
    fn taken_over(&self, place: usize, node: &'g NodeProto, made: u64) -> Option<&'g str> {
        let operator = operator(node);
        if !RESHAPING.contains(&operator) {
            return None;
        }
        let mut inputs = node.input.iter().map(String::as_str);
        inputs
            .find(|name| self.last.get(name) == Some(&place) && self.held.get(name) == Some(&made))
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

/// Multiply–accumulates of a node, and for all others what takes as long as so many: 0.08 ns each, on one core.
fn arithmetic(node: &NodeProto, shapes: &Shapes) -> u64 {
    let of = |place: usize| node.input.get(place).and_then(|name| shapes.of(name));
    let made = product(
        node.output
            .first()
            .and_then(|name| shapes.of(name))
            .unwrap_or(&[]),
    );
    let read = sum((0..node.input.len()).map(|place| product(of(place).unwrap_or(&[]))));
    let touched = read.saturating_add(made);
    match operator(node) {
        "Conv" | "ConvTranspose" => {
            let multiplied = work::of_node(node, shapes);
            // Values are gathered before a convolution and added up after a transposed one, once for each feature of the other side.
            let features = match operator(node) {
                "Conv" => of(1).and_then(|dims| dims.first()),
                _ => of(0).and_then(|dims| dims.get(1)),
            };
            let groups = node
                .attribute
                .iter()
                .find(|a| a.name.as_deref() == Some("group"));
            let groups = groups.and_then(|group| group.i).unwrap_or(1).unsigned_abs();
            let moved =
                (multiplied / features.map_or(1, |&n| n.max(1) as u64)).saturating_mul(groups);
            multiplied.saturating_add(moved.saturating_mul(MOVED))
        }
        "Gemm" | "MatMul" => {
            work::of_node(node, shapes).saturating_add(touched.saturating_mul(MOVED))
        }
        "MaxPool" | "AveragePool" => {
            let kernel = node.ints("kernel_shape").unwrap_or_default();
            let taps = kernel.iter().fold(1_u64, |taps, &size| {
                taps.saturating_mul(size.unsigned_abs())
            });
            made.saturating_mul(taps)
                .saturating_add(read)
                .saturating_mul(MOVED)
        }
        "Cos" | "Gelu" | "Mish" | "Mod" | "Pow" | "Sin" | "Softplus" => made.saturating_mul(SLOW),
        "Celu" | "Elu" | "Exp" | "Log" | "Resize" | "Selu" | "Upsample" => {
            made.saturating_mul(SLOW / 4).saturating_add(read)
        }
        _ => touched.saturating_mul(MOVED),
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
