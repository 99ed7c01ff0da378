//! Operators that take pieces of a tensor, put tensors together, or put a border around one.

use netbend_dsp::number::{cut, signed};

use super::attributes::Attributes;
use super::inputs::Inputs;
use super::known::{Known, axis, count};
use crate::onnx::refusal::Refusal;

pub(super) fn gather(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<Known, Refusal> {
    let (data, indices) = (inputs.need(0)?, inputs.need(1)?);
    let place = axis(attributes.int("axis", 0), data.dims.len())?;
    let mut dims = data.dims[..place].to_vec();
    dims.extend(&indices.dims);
    dims.extend(&data.dims[place + 1..]);
    let values = match (&data.values, &indices.values) {
        (Some(values), Some(indices)) if data.dims.len() == 1 => Some(
            indices
                .iter()
                .map(|&index| axis(cut::<i64>(index), values.len()).map(|index| values[index]))
                .collect::<Result<_, _>>()?,
        ),
        _ => None,
    };
    Ok(Known {
        dims,
        values,
        whole: data.whole,
    })
}

pub(super) fn concat(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<Known, Refusal> {
    let first = inputs.need(0)?;
    let place = axis(attributes.int("axis", 0), first.dims.len())?;
    let mut dims = first.dims.clone();
    let mut values = first.values.clone();
    let mut whole = first.whole;
    for index in 1..inputs.0.len() {
        let next = inputs.need(index)?;
        let fits = next.dims.len() == dims.len()
            && (0..dims.len()).all(|n| n == place || next.dims[n] == dims[n]);
        if !fits {
            return Err(Refusal(format!(
                "{dims:?} and {:?} do not fit together",
                next.dims
            )));
        }
        dims[place] = dims[place].saturating_add(next.dims[place]);
        whole = whole.filter(|_| whole == next.whole);
        values = match (values, &next.values) {
            (Some(values), Some(more)) if dims.len() == 1 => {
                Some([values.as_slice(), more].concat())
            }
            _ => None,
        };
    }
    Ok(Known {
        dims,
        values,
        whole,
    })
}

pub(super) fn slice(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<Known, Refusal> {
    let data = inputs.need(0)?;
    let need = |place: usize, name: &str| {
        inputs
            .integers(place, attributes, name)?
            .ok_or_else(|| Refusal(format!("it has no {name}")))
    };
    let (starts, ends) = (need(1, "starts")?, need(2, "ends")?);
    let axes = inputs
        .integers(3, attributes, "axes")?
        .unwrap_or_else(|| (0..signed(starts.len())).collect());
    let steps = inputs
        .integers(4, attributes, "steps")?
        .unwrap_or_else(|| vec![1; starts.len()]);
    if [ends.len(), axes.len(), steps.len()] != [starts.len(); 3] {
        return Err("its starts, ends, axes and steps differ in number".into());
    }
    let mut dims = data.dims.clone();
    let mut values = data.values.clone();
    for (n, &place) in axes.iter().enumerate() {
        let place = axis(place, dims.len())?;
        let before = dims[place];
        let picked = picked(starts[n], ends[n], steps[n], before)?;
        dims[place] = picked.count;
        values = values
            .filter(|values| !values.is_empty())
            .and_then(|values| {
                let from: Vec<usize> = (0..signed(picked.count))
                    .map(|n| usize::try_from(picked.first + n * picked.step).ok())
                    .collect::<Option<_>>()?;
                let (inner, size) = (count(&dims[place + 1..])?, before);
                let outer = count(&dims[..place])?;
                let mut taken = Vec::new();
                for block in 0..outer {
                    for &row in &from {
                        let first = (block * size + row) * inner;
                        taken.extend_from_slice(values.get(first..first + inner)?);
                    }
                }
                Some(taken)
            });
    }
    Ok(Known {
        dims,
        values,
        whole: data.whole,
    })
}

/// The places of an axis that a slice takes.
struct Picked {
    first: i64,
    step: i64,
    count: usize,
}

/// What a slice takes of an axis of `size`.
fn picked(start: i64, end: i64, step: i64, size: usize) -> Result<Picked, Refusal> {
    let len = i64::try_from(size).unwrap_or(i64::MAX);
    let from_end = |value: i64| {
        if value < 0 {
            value.saturating_add(len)
        } else {
            value
        }
    };
    let (low, high) = match step {
        0 => return Err("a step of 0".into()),
        1.. => (0, len),
        _ => (-1, len - 1),
    };
    let first = from_end(start).clamp(low, high);
    let end = from_end(end).clamp(low, high);
    let way = if step > 0 { end - first } else { first - end };
    let count = u64::try_from(way)
        .unwrap_or(0)
        .div_ceil(step.unsigned_abs());
    Ok(Picked {
        first,
        step,
        count: usize::try_from(count).unwrap_or(0),
    })
}

/// The axes that `Pad` pads, each with what it adds before and behind; below 0 it takes away.
pub(super) fn pads(
    inputs: &Inputs<'_>,
    attributes: &Attributes<'_>,
) -> Result<Vec<(usize, [i64; 2])>, Refusal> {
    let rank = inputs.need(0)?.dims.len();
    let pads = inputs
        .integers(1, attributes, "pads")?
        .ok_or("it has no pads")?;
    let axes = match inputs.integers(3, attributes, "axes")? {
        Some(axes) => axes,
        None => (0..signed(rank)).collect(),
    };
    if pads.len() != 2 * axes.len() {
        return Err(Refusal(format!(
            "its pads are {pads:?} for {} axes",
            axes.len()
        )));
    }
    let ends = |n: usize| [pads[n], pads[n + axes.len()]];
    let places = axes.iter().enumerate();
    places
        .map(|(n, &place)| Ok((axis(place, rank)?, ends(n))))
        .collect()
}

pub(super) fn pad(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<Known, Refusal> {
    let mut dims = inputs.need(0)?.dims.clone();
    for (place, [before, behind]) in pads(inputs, attributes)? {
        let more = before.saturating_add(behind);
        dims[place] = i64::try_from(dims[place])
            .ok()
            .and_then(|dim| usize::try_from(dim.saturating_add(more)).ok())
            .ok_or("it takes away more than there is")?;
    }
    Ok(Known::shaped(dims))
}
