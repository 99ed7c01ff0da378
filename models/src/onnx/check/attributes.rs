//! A node's attributes, held against the table.

use super::super::limits;
use super::super::printed::printed;
use super::super::proto::{AttributeProto, NodeProto};
use super::super::refusal::Refusal;
use super::super::types::Element;
use super::operators::{Attribute, Kind, Operator};
use super::tensor;
use crate::error::ModelError;

/// Largest magnitude of a number in an attribute; those of Clip may be the largest there are.
const MOST_FLOAT: f32 = 1e9;

/// Checks the attributes of `node`, which is called `title` in messages.
pub(super) fn check(node: &NodeProto, operator: &Operator, title: &str) -> Result<(), ModelError> {
    let mut seen: Vec<&str> = Vec::with_capacity(node.attribute.len());
    for attribute in &node.attribute {
        let name = attribute.name.as_deref().unwrap_or("");
        let shown = printed(name);
        let fail = |message: String| Err(ModelError::Structure(format!("{title}: {message}")));
        if attribute.g.is_some()
            || !attribute.graphs.is_empty()
            || attribute.ref_attr_name.is_some()
        {
            return fail(format!("attribute `{shown}` holds a nested graph"));
        }
        if seen.contains(&name) {
            return fail(format!("attribute `{shown}` is there twice"));
        }
        seen.push(name);
        let Some(known) = operator.attributes.iter().find(|known| known.name == name) else {
            return fail(format!(
                "attribute `{shown}` is not one Netbend knows; it could change what the operator does. Expected {}",
                listed(operator.attributes.iter().map(|known| known.name))
            ));
        };
        if let Err(problem) = of_kind(attribute, known, operator.name) {
            return fail(format!("attribute `{name}` {problem}"));
        }
        if let Some(tensor) = &attribute.t {
            tensor::check(tensor, &format!("the tensor of {title}"))?;
        }
    }
    if operator.name == "Constant" && seen.len() != 1 {
        let message = format!("{title}: {} values; expected one", seen.len());
        return Err(ModelError::Structure(message));
    }
    Ok(())
}

/// Checks that an attribute holds what its kind says and nothing else. A number that is left out is 0, as ONNX Runtime reads it.
fn of_kind(attribute: &AttributeProto, known: &Attribute, operator: &str) -> Result<(), Refusal> {
    let kind = &known.kind;
    let (code, what) = match kind {
        Kind::Float => (1, "a number"),
        Kind::Int(_) | Kind::Element => (2, "a whole number"),
        Kind::Text(_) => (3, "a text"),
        Kind::Tensor => (4, "a tensor"),
        Kind::Floats => (6, "numbers"),
        Kind::Ints(_) => (7, "whole numbers"),
    };
    let held = [
        (attribute.f.is_some(), 1),
        (attribute.i.is_some(), 2),
        (attribute.s.is_some(), 3),
        (attribute.t.is_some(), 4),
        (!attribute.floats.is_empty(), 6),
        (!attribute.ints.is_empty(), 7),
        (!attribute.strings.is_empty(), 8),
        (!attribute.tensors.is_empty(), 9),
    ];
    let foreign = held.iter().any(|&(held, of)| held && of != code);
    if foreign || attribute.r#type.is_some_and(|found| found != code) {
        return Err(Refusal(format!("holds something else; expected {what}")));
    }
    let lengths = attribute.ints.len().max(attribute.floats.len());
    if lengths > limits::LIST {
        return Err(Refusal(format!(
            "holds {lengths} numbers; at most {} are accepted",
            limits::LIST
        )));
    }
    match kind {
        Kind::Int(range) => within(attribute.i.unwrap_or(0), range),
        Kind::Ints(range) => attribute
            .ints
            .iter()
            .try_for_each(|&int| within(int, range)),
        Kind::Float => finite(attribute.f.unwrap_or(0.0), operator),
        Kind::Floats => attribute
            .floats
            .iter()
            .try_for_each(|&float| finite(float, operator)),
        Kind::Text(texts) => {
            let found = String::from_utf8_lossy(attribute.s.as_deref().unwrap_or_default());
            match texts.contains(&found.as_ref()) {
                true => Ok(()),
                false => Err(Refusal(format!(
                    "is `{}`; expected {}",
                    printed(&found),
                    listed(texts.iter().copied())
                ))),
            }
        }
        Kind::Tensor => match attribute.t {
            Some(_) => Ok(()),
            None => Err("holds nothing; expected a tensor".into()),
        },
        Kind::Element => match Element::of_code(attribute.i.unwrap_or(0)) {
            Some(_) => Ok(()),
            None => Err(Refusal(format!(
                "is {}; expected {}",
                Element::describe(attribute.i.unwrap_or(0)),
                Element::ACCEPTED
            ))),
        },
    }
}

fn within(int: i64, range: &std::ops::RangeInclusive<i64>) -> Result<(), Refusal> {
    match range.contains(&int) {
        true => Ok(()),
        false if range.start() == range.end() => {
            Err(Refusal(format!("is {int}; expected {}", range.start())))
        }
        false => Err(Refusal(format!(
            "is {int}; expected {} to {}",
            range.start(),
            range.end()
        ))),
    }
}

fn finite(float: f32, operator: &str) -> Result<(), Refusal> {
    let bounded = !matches!(operator, "Clip" | "Constant");
    if float.is_finite() && (!bounded || float.abs() <= MOST_FLOAT) {
        return Ok(());
    }
    Err(Refusal(format!(
        "is {float}; expected a number within ±{MOST_FLOAT:e}"
    )))
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    match names.is_empty() {
        true => "none".into(),
        false => names.join(", "),
    }
}
