//! What a model file must satisfy before ONNX Runtime is handed a single byte of it.
//!
//! The rules are allow-lists: known operators of the standard domain with the attributes of `operators`, no nested graphs, no
//! functions, no data outside the file, finite weights (`tensor`), names that lead somewhere (`names`), and sizes within
//! [`limits`]. What a graph computes is looked at by [`shapes`](super::shapes), what that takes by [`budget`](super::budget).

mod attributes;
mod names;
pub(super) mod operators;
mod tensor;
mod title;

pub use super::limits;
use super::printed::printed;
use super::proto::{GraphProto, ModelProto, NodeProto};
use super::remedy::{FUNCTIONS, remedy};
use super::types::places;
use crate::error::ModelError;
pub(super) use title::title;

/// Checks a decoded model against the rules of this module.
///
/// # Errors
/// [`ModelError::Structure`] naming the first rule that is broken and by what.
pub fn check(model: &ModelProto) -> Result<(), ModelError> {
    let fail = |message: String| Err(ModelError::Structure(message));
    if !model.functions.is_empty() {
        return fail(FUNCTIONS.into());
    }
    // One without a version is read as the oldest.
    let version = model.ir_version.unwrap_or(0);
    if !(0..=limits::IR_VERSION).contains(&version) {
        return fail(format!(
            "its file format (IR version) is {version}; expected {} at most: export it with an older version of onnx, or set \
             model.ir_version = 10",
            limits::IR_VERSION
        ));
    }
    let mut keys: Vec<&str> = (model.metadata_props.iter())
        .map(|entry| entry.key.as_deref().unwrap_or(""))
        .collect();
    keys.sort_unstable();
    if let Some(twice) = keys.windows(2).find(|pair| pair[0] == pair[1]) {
        return fail(format!(
            "two entries of its metadata are called `{}`; expected one of each name",
            printed(twice[0])
        ));
    }
    match model.opset_import.len() {
        0 => {
            return fail(
                "it does not say which operator set it uses; export it with opset_version=18"
                    .into(),
            );
        }
        1 => {}
        many => {
            let domains = model.opset_import.iter();
            let standard = domains
                .filter(|import| matches!(import.domain.as_deref(), None | Some("" | "ai.onnx")));
            if standard.count() > 1 {
                return fail(format!(
                    "it names {many} operator sets, more than one of them of the standard domain; expected one: export it with \
                     opset_version=18"
                ));
            }
        }
    }
    for import in &model.opset_import {
        let domain = import.domain.as_deref().unwrap_or("");
        if !matches!(domain, "" | "ai.onnx") {
            return fail(format!(
                "it uses the operator domain `{}`; {}",
                printed(domain),
                remedy(domain, "")
            ));
        }
        let version = import.version.unwrap_or(0);
        if !(limits::OLDEST_OPSET..=limits::OPSET).contains(&version) {
            return fail(format!(
                "its operator set is {version}; expected {} to {}: export with opset_version=18",
                limits::OLDEST_OPSET,
                limits::OPSET
            ));
        }
    }
    let Some(graph) = &model.graph else {
        return fail("the file holds no graph".into());
    };
    check_graph(graph)
}

fn check_graph(graph: &GraphProto) -> Result<(), ModelError> {
    let fail = |message: String| Err(ModelError::Structure(message));
    if graph.node.is_empty() || graph.node.len() > limits::NODES {
        return fail(format!(
            "it has {} nodes; expected 1 to {}",
            graph.node.len(),
            limits::NODES
        ));
    }
    if graph.initializer.len() > limits::INITIALIZERS {
        return fail(format!(
            "it has {} weight tensors; at most {} are allowed",
            graph.initializer.len(),
            limits::INITIALIZERS
        ));
    }
    if !graph.sparse_initializer.is_empty() {
        return fail("it has sparse weights, which are not supported".into());
    }
    for node in &graph.node {
        check_node(node)?;
    }
    for tensor in &graph.initializer {
        let name = printed(tensor.name.as_deref().unwrap_or("(unnamed)"));
        tensor::check(tensor, &format!("weight `{name}`"))?;
    }
    names::check(graph)
}

/// Why the node's operator does not run, if it does not, and what to do.
pub(crate) fn refusal(node: &NodeProto) -> Option<String> {
    let operator = node.op_type.as_deref().unwrap_or("");
    let domain = node.domain.as_deref().unwrap_or("");
    if matches!(domain, "" | "ai.onnx") && operators::operator(operator).is_some() {
        return None;
    }
    let separator = if domain.is_empty() { "" } else { ":" };
    Some(format!(
        "operator `{}{separator}{}` is not one Netbend runs: {}",
        printed(domain),
        printed(operator),
        remedy(domain, operator)
    ))
}

fn check_node(node: &NodeProto) -> Result<(), ModelError> {
    if let Some(refusal) = refusal(node) {
        return Err(ModelError::Structure(refusal));
    }
    let name = node.op_type.as_deref().unwrap_or("");
    let Some(operator) = operators::operator(name) else {
        return Ok(());
    };
    let title = title(node);
    if name == "BatchNormalization" {
        let training = node.attribute.iter().any(|attribute| {
            attribute.name.as_deref() == Some("training_mode") && attribute.i.unwrap_or(0) != 0
        });
        let outputs = node.output.iter().filter(|name| !name.is_empty()).count();
        if training || outputs > 1 {
            return Err(ModelError::Structure(format!(
                "{title}: it is in training ({}); export after model.eval(), without training=",
                match training {
                    true => "its attribute `training_mode` is not 0".to_owned(),
                    false => format!("it gives {outputs} outputs where 1 is expected"),
                }
            )));
        }
    }
    for (what, signature, tensors) in [
        ("inputs", operator.inputs, &node.input),
        ("outputs", operator.outputs, &node.output),
    ] {
        let fail =
            |problem: String| ModelError::Structure(format!("{title}: its {what}: {problem}"));
        if tensors.len() > limits::NODE_TENSORS {
            let most = limits::NODE_TENSORS;
            return Err(fail(format!(
                "{} found; expected {most} at most",
                tensors.len()
            )));
        }
        let places =
            places(signature, tensors.len()).map_err(|refusal| fail(refusal.to_string()))?;
        for (place, (name, (_, optional))) in tensors.iter().zip(places).enumerate() {
            if name.is_empty() && !optional {
                return Err(fail(format!("number {} is missing", place + 1)));
            }
        }
    }
    attributes::check(node, operator, &title)
}
