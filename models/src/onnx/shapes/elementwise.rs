//! Operators on each value alone that sizes are computed with.

use super::super::types::{Element, cast_to};
use super::arithmetic::{broadcast_dims, held};
use super::attributes::Attributes;
use super::inputs::Inputs;
use super::known::{EXACT, Known, count, is_whole};
use crate::onnx::refusal::Refusal;

/// One value from each value.
pub(super) fn unary(operator: &str, inputs: &Inputs<'_>) -> Result<Known, Refusal> {
    let data = inputs.need(0)?;
    let apply: fn(f64) -> f64 = match operator {
        "Abs" => f64::abs,
        "Ceil" => f64::ceil,
        "Floor" => f64::floor,
        "Neg" => |x| -x,
        "Not" => |x| f64::from(x == 0.0),
        "Round" => f64::round_ties_even,
        "Sign" => |x| if x == 0.0 { 0.0 } else { x.signum() },
        other => return Err(Refusal(format!("{other} of one value is not known"))),
    };
    // What stands for "to the end" in a slice is not computed with.
    let exact =
        |values: &&Vec<f64>| data.whole.is_none() || values.iter().all(|x| x.abs() <= EXACT);
    let values = data.values.as_ref().filter(exact);
    Ok(Known {
        dims: data.dims.clone(),
        values: values.map(|values| values.iter().map(|&x| apply(x)).collect()),
        whole: data.whole,
    })
}

/// The same values in another type, where that holds them.
pub(super) fn cast(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<Known, Refusal> {
    let data = inputs.need(0)?;
    let to = cast_to(attributes.all());
    let apply = |&value: &f64| match to? {
        // Where a slice is to go on to the end.
        Element::Int64 if value.abs() > EXACT => Some(value),
        Element::Int64 | Element::Int32 => held(to?, value.trunc()),
        _ => held(to?, value),
    };
    Ok(Known {
        dims: data.dims.clone(),
        values: (data.values.as_ref()).and_then(|values| values.iter().map(apply).collect()),
        whole: i32::try_from(attributes.int("to", 0))
            .ok()
            .filter(|&to| is_whole(to)),
    })
}

/// `Where`: of two values the one that a third says.
pub(super) fn choose(inputs: &Inputs<'_>) -> Result<Known, Refusal> {
    let (which, yes, no) = (inputs.need(0)?, inputs.need(1)?, inputs.need(2)?);
    let dims = broadcast_dims(&broadcast_dims(&which.dims, &yes.dims)?, &no.dims)?;
    let values = match (&which.values, &yes.values, &no.values) {
        (Some(which), Some(yes), Some(no)) => {
            let len = which.len().max(yes.len()).max(no.len());
            let fits = |values: &Vec<f64>| values.len() == len || values.len() == 1;
            let at = |values: &[f64], n: usize| values[n.min(values.len() - 1)];
            let pick = |n| {
                if at(which, n) != 0.0 {
                    at(yes, n)
                } else {
                    at(no, n)
                }
            };
            let all = [which, yes, no].into_iter().all(fits);
            (all && len > 0 && count(&dims) == Some(len)).then(|| (0..len).map(pick).collect())
        }
        _ => None,
    };
    Ok(Known {
        dims,
        values,
        whole: yes.whole.filter(|_| yes.whole == no.whole),
    })
}
