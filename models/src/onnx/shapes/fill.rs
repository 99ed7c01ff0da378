//! Tensors made of one value, or by repeating another.

use netbend_dsp::number::{cut, nearest_f64};

use super::arithmetic::broadcast_dims;
use super::attributes::Attributes;
use super::inputs::Inputs;
use super::known::{EXACT, Known, MOST_EVALUATED, constant, count};
use crate::onnx::refusal::Refusal;

/// What input `place` says the shape is.
fn wanted(inputs: &Inputs<'_>, place: usize) -> Result<Vec<usize>, Refusal> {
    let known = inputs.need(place)?;
    let values = known.values.as_ref().ok_or(
        "its shape is computed in a way Netbend cannot follow; export the model for windows of a fixed size",
    )?;
    let size = |&value: &f64| (value >= 0.0).then_some(cut::<usize>(value));
    let dims: Option<Vec<usize>> = values.iter().map(size).collect();
    dims.ok_or_else(|| Refusal(format!("a shape of {values:?}")))
}

/// The value of a tensor in which all are the same, written as often as there are places.
fn filled(dims: Vec<usize>, value: Option<f64>, whole: Option<i32>) -> Known {
    let count = count(&dims).filter(|&count| count <= MOST_EVALUATED);
    Known {
        values: count.zip(value).map(|(count, value)| vec![value; count]),
        dims,
        whole,
    }
}

pub(super) fn constant_of_shape(
    inputs: &Inputs<'_>,
    attributes: &Attributes<'_>,
) -> Result<Known, Refusal> {
    let dims = wanted(inputs, 0)?;
    let (value, whole) = match attributes.tensor("value").map(constant) {
        Some(known) => (known.values.and_then(|v| v.first().copied()), known.whole),
        None => (Some(0.0), None),
    };
    Ok(filled(dims, value, whole))
}

pub(super) fn expand(inputs: &Inputs<'_>) -> Result<Known, Refusal> {
    let data = inputs.need(0)?;
    let dims = broadcast_dims(&data.dims, &wanted(inputs, 1)?)?;
    let only = match data.values.as_deref() {
        Some(&[value]) => Some(value),
        _ => None,
    };
    Ok(filled(dims, only, data.whole))
}

pub(super) fn tile(inputs: &Inputs<'_>) -> Result<Known, Refusal> {
    let data = inputs.need(0)?;
    let repeats = wanted(inputs, 1)?;
    if repeats.len() != data.dims.len() {
        return Err(Refusal(format!("{repeats:?} times {:?}", data.dims)));
    }
    let dims = data.dims.iter().zip(&repeats);
    Ok(Known::shaped(
        dims.map(|(dim, times)| dim.saturating_mul(*times))
            .collect(),
    ))
}

/// From a start up to a limit.
pub(super) fn range(inputs: &Inputs<'_>) -> Result<Known, Refusal> {
    let start = inputs.need(0)?;
    let one = |place: usize| match inputs.need(place)?.values.as_deref() {
        Some(&[value]) => Ok(value),
        _ => Err(Refusal::from(
            "its ends are computed in a way Netbend cannot follow; export the model for windows of a fixed size",
        )),
    };
    let (first, limit, step) = (one(0)?, one(1)?, one(2)?);
    // `as` saturates, and takes NaN to 0; what is too many is refused by the limits.
    let count = cut::<usize>(((limit - first) / step).ceil().max(0.0));
    let exact =
        |values: &Vec<f64>| start.whole.is_none() || values.iter().all(|x| x.abs() <= EXACT);
    let values = (count <= MOST_EVALUATED)
        .then(|| (0..count).map(|n| first + nearest_f64(n) * step).collect())
        .filter(exact);
    Ok(Known {
        dims: vec![count],
        values,
        whole: start.whole,
    })
}

/// Noise, whose shape is an attribute.
pub(super) fn random(attributes: &Attributes<'_>) -> Result<Known, Refusal> {
    let shape = attributes.ints("shape").unwrap_or(&[]);
    let dims = shape
        .iter()
        .map(|&size| usize::try_from(size).map_err(|_| format!("a shape of {shape:?}")));
    Ok(Known::shaped(dims.collect::<Result<_, _>>()?))
}
