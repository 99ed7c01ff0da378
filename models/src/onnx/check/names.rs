//! The names of a graph's tensors: each is given once, and whatever is read was given before.

use std::collections::HashSet;

use super::super::limits;
use super::super::printed::printed as shown;
use super::super::proto::GraphProto;
use super::title;
use crate::error::ModelError;

/// # Errors
/// [`ModelError::Structure`] where a name is given twice, is read before it is given (also by a cycle), or is none.
pub(super) fn check(graph: &GraphProto) -> Result<(), ModelError> {
    let fail = |message: String| Err(ModelError::Structure(message));
    let mut weights = HashSet::with_capacity(graph.initializer.len());
    for tensor in &graph.initializer {
        let name = tensor.name.as_deref().unwrap_or("");
        of_tensor(name)?;
        if !weights.insert(name) {
            return fail(format!("two weights are called `{}`", shown(name)));
        }
    }
    let mut inputs = HashSet::with_capacity(graph.input.len());
    for input in &graph.input {
        let name = input.name.as_deref().unwrap_or("");
        of_tensor(name)?;
        if !inputs.insert(name) {
            return fail(format!("two inputs are called `{}`", shown(name)));
        }
    }
    // Older files list weights as inputs, too.
    let mut given: HashSet<&str> = weights.union(&inputs).copied().collect();
    for node in &graph.node {
        if let Some(name) = &node.name {
            of_length(name)?;
        }
        for name in node.input.iter().filter(|name| !name.is_empty()) {
            if !given.contains(name.as_str()) {
                return fail(format!(
                    "{} reads `{}`, which no input, weight or node before it gives",
                    title(node),
                    shown(name)
                ));
            }
        }
        for name in node.output.iter().filter(|name| !name.is_empty()) {
            of_tensor(name)?;
            if !given.insert(name) {
                return fail(format!(
                    "{} gives `{}`, which is given already",
                    title(node),
                    shown(name)
                ));
            }
        }
    }
    let mut outputs = HashSet::with_capacity(graph.output.len());
    for output in &graph.output {
        let name = output.name.as_deref().unwrap_or("");
        if !given.contains(name) || !outputs.insert(name) {
            return fail(format!(
                "its output `{}` is given by no node, or is listed twice",
                shown(name)
            ));
        }
    }
    Ok(())
}

fn of_tensor(name: &str) -> Result<(), ModelError> {
    of_length(name)?;
    if name.is_empty() || name.chars().any(char::is_control) {
        return Err(ModelError::Structure(format!(
            "a tensor is called `{}`; expected a name that can be printed",
            shown(name)
        )));
    }
    Ok(())
}

fn of_length(name: &str) -> Result<(), ModelError> {
    if name.len() > limits::NAME_BYTES {
        return Err(ModelError::Structure(format!(
            "a tensor's name has {} bytes; at most {} are allowed",
            name.len(),
            limits::NAME_BYTES
        )));
    }
    Ok(())
}
