//! Whole numbers are divided by constants only.
//!
//! A processor stops the program when it divides a whole number by 0, or the least one by −1: ONNX Runtime does not look, and the
//! host is gone, while the graph is optimised or later. A divisor that depends on a shape may be fine for one number of windows
//! and 0 for another; so it must follow from weights alone, and be known.

use super::inputs::Inputs;
use super::known::EXACT;
use crate::onnx::refusal::Refusal;
use crate::onnx::types::Element;

/// # Errors
/// What the node divides by, and what to do.
pub(super) fn check(
    operator: &str,
    inputs: &Inputs<'_>,
    constant: impl Fn(usize) -> bool,
) -> Result<(), Refusal> {
    let divides = matches!(operator, "Div" | "Mod");
    if !divides || !inputs.element(0).is_some_and(Element::is_integer) {
        return Ok(());
    }
    let remedy =
        "cast it to float before it is divided, or export the model for windows of a fixed size";
    let Some(divisors) = inputs.values(1).filter(|_| constant(1)) else {
        return Err(Refusal(format!(
            "it divides whole numbers by what is not known before it runs; {remedy}"
        )));
    };
    match divisors
        .iter()
        .find(|&&by| by == 0.0 || by == -1.0 || by.abs() > EXACT)
    {
        Some(by) => Err(Refusal(format!(
            "it divides whole numbers by {by}, which can stop the program; {remedy}"
        ))),
        None => Ok(()),
    }
}
