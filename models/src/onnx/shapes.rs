//! The shape of every tensor of a graph, for windows of a fixed size.
//!
//! Sizes are whole numbers, not symbols: the batch is given as a number too, larger than 1, so that a graph
//! exported for one window only is found out. Small tensors that hold sizes (`Shape`, `Gather`, `Concat` and what
//! is computed from them) are evaluated, because a `Reshape` may depend on them.
//!
//! The rules are those of the ONNX operator specification. The graph is somebody else's: everything is checked,
//! nothing overflows, and a tensor larger than [`limits::TENSOR_ELEMENTS`] is refused. Beside the shapes go the element types
//! ([`types`]); `operands` holds what else must fit before an operator may run.

mod arithmetic;
mod attributes;
mod convolution;
mod divide;
mod division;
mod elementwise;
mod fill;
mod inputs;
mod known;
mod operands;
mod operators;
mod pieces;
mod rearrange;

use std::collections::{HashMap, HashSet};

use super::check::title;
use super::limits::{self, AXES as MOST_AXES};
use super::printed::printed;
use super::proto::{GraphProto, INT64, NodeProto, TensorProto};
use super::refusal::Refusal;
use super::types::{self, Element};
use crate::error::ModelError;
use attributes::Attributes;
use inputs::Inputs;
pub use known::Known;
use known::{EXACT, MOST_EVALUATED, constant, count};
use netbend_dsp::number::cut;

/// Shapes and element types by tensor name.
#[derive(Debug, Clone, Default)]
pub struct Shapes {
    known: HashMap<String, Known>,
    elements: HashMap<String, Element>,
    /// What follows from weights alone.
    constant: HashSet<String>,
}

impl Shapes {
    /// The shapes of everything `graph` computes, its inputs having the shapes `given`.
    ///
    /// # Errors
    /// [`ModelError::Structure`] naming the node whose inputs do not fit it, or whose operator is not known.
    pub fn infer(graph: &GraphProto, given: &[(&str, Vec<usize>)]) -> Result<Self, ModelError> {
        let refused =
            |title: String, problem: Refusal| ModelError::Structure(format!("{title}: {problem}"));
        let mut shapes = Self::default();
        for tensor in &graph.initializer {
            shapes.add_weight(tensor).map_err(|problem| {
                let name = tensor.name.as_deref().unwrap_or_default();
                refused(format!("weight `{}`", printed(name)), problem)
            })?;
        }
        for (name, dims) in given {
            shapes
                .add_input(name, dims)
                .map_err(|problem| refused(format!("input `{}`", printed(name)), problem))?;
        }
        for node in &graph.node {
            shapes
                .add_node(node)
                .map_err(|problem| refused(title(node), problem))?;
        }
        Ok(shapes)
    }

    /// As [`infer`](Self::infer), but passes over whatever does not fit or is not known.
    pub fn explore(graph: &GraphProto, given: &[(&str, Vec<usize>)]) -> Self {
        let mut shapes = Self::default();
        for tensor in &graph.initializer {
            let _ = shapes.add_weight(tensor);
        }
        for (name, dims) in given {
            let _ = shapes.add_input(name, dims);
        }
        for node in &graph.node {
            let _ = shapes.add_node(node);
        }
        shapes
    }

    fn add_weight(&mut self, tensor: &TensorProto) -> Result<(), Refusal> {
        let name = tensor.name.as_deref().unwrap_or_default();
        self.constant.insert(name.to_owned());
        if let Some(element) = types::of_tensor(tensor) {
            self.elements.insert(name.to_owned(), element);
        }
        self.add(name, Ok(constant(tensor)))
    }

    /// An input holds floats.
    fn add_input(&mut self, name: &str, dims: &[usize]) -> Result<(), Refusal> {
        self.elements.insert(name.to_owned(), Element::Float);
        self.add(name, Ok(Known::shaped(dims.to_vec())))
    }

    fn add_node(&mut self, node: &NodeProto) -> Result<(), Refusal> {
        self.add_elements(node)?;
        let known = self.of_node(node)?;
        for (name, known) in node.output.iter().zip(known) {
            if !name.is_empty() {
                self.add(name, Ok(known))?;
            }
        }
        Ok(())
    }

    /// The element types of what `node` gives, and whether it follows from weights alone.
    fn add_elements(&mut self, node: &NodeProto) -> Result<(), Refusal> {
        let inputs: Vec<_> = node.input.iter().map(|name| self.element(name)).collect();
        let elements = types::outputs(node, &inputs)?;
        for (name, element) in node.output.iter().zip(elements) {
            if let Some(element) = element {
                self.elements.insert(name.clone(), element);
            }
        }
        let mut named = node.input.iter().filter(|name| !name.is_empty());
        if named.all(|name| self.is_constant(name)) {
            self.constant.extend(node.output.iter().cloned());
        }
        Ok(())
    }

    fn add(&mut self, name: &str, known: Result<Known, Refusal>) -> Result<(), Refusal> {
        let mut known = known.and_then(within_limits)?;
        // Sizes are few: what grows from node to node is not evaluated any further.
        known.values = known.values.filter(|values| values.len() <= MOST_EVALUATED);
        self.known.insert(name.to_owned(), known);
        Ok(())
    }

    /// The shape of tensor `name`.
    pub fn of(&self, name: &str) -> Option<&[usize]> {
        self.known.get(name).map(|known| known.dims.as_slice())
    }

    /// The element type of tensor `name`.
    pub fn element(&self, name: &str) -> Option<Element> {
        self.elements.get(name).copied()
    }

    /// Whether tensor `name` follows from weights alone.
    pub fn is_constant(&self, name: &str) -> bool {
        self.constant.contains(name)
    }

    /// The 64-bit whole numbers that tensor `name` holds, where they are few and follow from constants and shapes.
    pub(crate) fn whole_numbers(&self, name: &str) -> Option<Vec<i64>> {
        let known = self
            .known
            .get(name)
            .filter(|known| known.whole == Some(INT64))?;
        let values = known.values.as_ref()?;
        let exact = values.iter().all(|value| value.abs() <= EXACT);
        exact.then(|| values.iter().map(|&value| cut::<i64>(value)).collect())
    }

    fn of_node(&self, node: &NodeProto) -> Result<Vec<Known>, Refusal> {
        let mut inputs = Vec::with_capacity(node.input.len());
        for name in &node.input {
            inputs.push(match name.as_str() {
                "" => None,
                name => {
                    Some(self.known.get(name).ok_or_else(|| {
                        format!("its input `{}` has no known shape", printed(name))
                    })?)
                }
            });
        }
        let operator = node.op_type.as_deref().unwrap_or("");
        let elements = node.input.iter().map(|name| self.element(name)).collect();
        let (inputs, attributes) = (Inputs(inputs, elements), Attributes(&node.attribute));
        let constant = |place: usize| node.input.get(place).is_some_and(|n| self.is_constant(n));
        operands::check(operator, &inputs, &attributes)?;
        if operator == "Gather" && inputs.values(1).is_none() && !constant(1) {
            return Err(
                "its indices are computed while it runs, and may lie anywhere; expected indices that follow from weights".into(),
            );
        }
        division::check(operator, &inputs, constant)?;
        let known = operators::outputs_of(operator, node.output.len(), &inputs, &attributes)?;
        let nothing = |known: &&Known| known.dims.len() > 1 && known.dims.contains(&0);
        match known.iter().find(nothing) {
            Some(known) => Err(Refusal(format!(
                "it gives {:?}: no numbers at all",
                known.dims
            ))),
            None => Ok(known),
        }
    }
}

fn within_limits(known: Known) -> Result<Known, Refusal> {
    let count = count(&known.dims);
    match count {
        Some(count) if count <= limits::TENSOR_ELEMENTS && known.dims.len() <= MOST_AXES => {
            Ok(known)
        }
        _ => Err(Refusal(format!(
            "it holds numbers in the shape {:?}; at most {} in {MOST_AXES} axes are accepted",
            known.dims,
            limits::TENSOR_ELEMENTS
        ))),
    }
}

#[cfg(test)]
mod tests;
