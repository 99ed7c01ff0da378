//! Operators that move values without changing them.

use netbend_dsp::number::{cut, nearest_f64, signed};

use super::attributes::Attributes;
use super::inputs::Inputs;
use super::known::{Known, axis, count};
use crate::onnx::limits::AXES as MOST_AXES;
use crate::onnx::refusal::Refusal;

pub(super) fn shape(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<Known, Refusal> {
    let dims = &inputs.need(0)?.dims;
    let end = |value: i64| {
        let signed = if value < 0 {
            value.saturating_add(signed(dims.len()))
        } else {
            value
        };
        usize::try_from(signed).unwrap_or(0).min(dims.len())
    };
    let first = end(attributes.int("start", 0));
    let last = end(attributes.int("end", i64::MAX)).max(first);
    let values: Vec<f64> = dims[first..last]
        .iter()
        .map(|&dim| nearest_f64(dim))
        .collect();
    Ok(Known::sizes(values))
}

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

pub(super) fn reshape(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<Known, Refusal> {
    let data = inputs.need(0)?;
    let wanted = inputs
        .integers(1, attributes, "shape")?
        .ok_or("it has no shape")?;
    let zero_is_zero = attributes.int("allowzero", 0) != 0;
    let mut dims = Vec::with_capacity(wanted.len());
    let mut open = None;
    for (place, &dim) in wanted.iter().enumerate() {
        dims.push(match dim {
            -1 if open.is_none() => {
                open = Some(place);
                1
            }
            0 if !zero_is_zero => *data.dims.get(place).ok_or("a 0 beyond the input's axes")?,
            dim => usize::try_from(dim).map_err(|_| format!("a shape of {wanted:?}"))?,
        });
    }
    let misfit = || {
        Refusal(format!(
            "{:?} cannot become {wanted:?}; a model must take any number of windows at once: export it with a \
             dynamic batch axis",
            data.dims
        ))
    };
    let (have, need) = (count(&data.dims), count(&dims));
    let (have, need) = have.zip(need).ok_or_else(misfit)?;
    match open {
        Some(place) if need > 0 && have.is_multiple_of(need) => dims[place] = have / need,
        None if have == need => {}
        _ => return Err(misfit()),
    }
    Ok(data.arranged(dims))
}

pub(super) fn flatten(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<Known, Refusal> {
    let data = inputs.need(0)?;
    let dims = &data.dims;
    let place = match attributes.int("axis", 1) {
        place if place == signed(dims.len()) => dims.len(),
        place => axis(place, dims.len())?,
    };
    let (before, after) = dims.split_at(place);
    match (count(before), count(after)) {
        (Some(before), Some(after)) => Ok(data.arranged(vec![before, after])),
        _ => Err(Refusal(format!("a tensor of the size {dims:?}"))),
    }
}

pub(super) fn transpose(
    inputs: &Inputs<'_>,
    attributes: &Attributes<'_>,
) -> Result<Known, Refusal> {
    let data = inputs.need(0)?;
    let dims = &data.dims;
    let order = match attributes.ints("perm") {
        Some(order) => order
            .iter()
            .map(|&place| axis(place, dims.len()))
            .collect::<Result<Vec<_>, _>>()?,
        None => (0..dims.len()).rev().collect(),
    };
    if order.len() != dims.len() || (0..dims.len()).any(|place| !order.contains(&place)) {
        return Err(Refusal(format!("order {order:?} for {} axes", dims.len())));
    }
    let turned: Vec<usize> = order.iter().map(|&place| dims[place]).collect();
    let values = data
        .values
        .as_ref()
        .and_then(|values| turned_values(values, dims, &order, &turned));
    Ok(Known {
        dims: turned,
        values,
        whole: data.whole,
    })
}

/// The values of a tensor of `dims` whose axes are put in another order, in which they have the sizes `turned`.
fn turned_values(
    values: &[f64],
    dims: &[usize],
    order: &[usize],
    turned: &[usize],
) -> Option<Vec<f64>> {
    (0..count(turned)?)
        .map(|mut place| {
            let mut index = vec![0; dims.len()];
            for (axis, &size) in turned.iter().enumerate().rev() {
                index[order[axis]] = place % size;
                place /= size;
            }
            let place = (index.iter().zip(dims)).fold(0, |place, (at, size)| place * size + at);
            values.get(place).copied()
        })
        .collect()
}

pub(super) fn squeeze(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<Known, Refusal> {
    let data = inputs.need(0)?;
    let mut gone = vec![false; data.dims.len()];
    match inputs.integers(1, attributes, "axes")? {
        Some(axes) => {
            for place in axes {
                let place = axis(place, data.dims.len())?;
                if data.dims[place] != 1 {
                    return Err(Refusal(format!("axis {place} of {:?} is not 1", data.dims)));
                }
                gone[place] = true;
            }
        }
        None => (gone.iter_mut().zip(&data.dims)).for_each(|(gone, &dim)| *gone = dim == 1),
    }
    let dims = data.dims.iter().zip(gone).filter(|(_, gone)| !gone);
    Ok(data.arranged(dims.map(|(&dim, _)| dim).collect()))
}

pub(super) fn unsqueeze(
    inputs: &Inputs<'_>,
    attributes: &Attributes<'_>,
) -> Result<Known, Refusal> {
    let data = inputs.need(0)?;
    let axes = inputs
        .integers(1, attributes, "axes")?
        .ok_or("it has no axes")?;
    let rank = data.dims.len() + axes.len();
    if rank > MOST_AXES {
        return Err(Refusal(format!(
            "{rank} axes; at most {MOST_AXES} are allowed"
        )));
    }
    let mut places = axes
        .iter()
        .map(|&place| axis(place, rank))
        .collect::<Result<Vec<_>, _>>()?;
    places.sort_unstable();
    let mut dims = data.dims.clone();
    for place in places {
        if place > dims.len() {
            return Err(Refusal(format!("axes {axes:?} for {:?}", data.dims)));
        }
        dims.insert(place, 1);
    }
    Ok(data.arranged(dims))
}

pub(super) fn depth_to_space(
    inputs: &Inputs<'_>,
    attributes: &Attributes<'_>,
) -> Result<Known, Refusal> {
    let dims = &inputs.need(0)?.dims;
    let block = usize::try_from(attributes.int("blocksize", 1)).unwrap_or(0);
    match (dims.as_slice(), block.checked_mul(block)) {
        (&[batch, depth, rows, columns], Some(square))
            if square > 0 && depth.is_multiple_of(square) =>
        {
            let (rows, columns) = (rows.saturating_mul(block), columns.saturating_mul(block));
            Ok(Known::shaped(vec![batch, depth / square, rows, columns]))
        }
        _ => Err(Refusal(format!("blocks of {block} from {dims:?}"))),
    }
}

pub(super) fn space_to_depth(
    inputs: &Inputs<'_>,
    attributes: &Attributes<'_>,
) -> Result<Known, Refusal> {
    let dims = &inputs.need(0)?.dims;
    let block = usize::try_from(attributes.int("blocksize", 1)).unwrap_or(0);
    match (dims.as_slice(), block.checked_mul(block)) {
        (&[batch, depth, rows, columns], Some(square))
            if square > 0 && rows.is_multiple_of(block) && columns.is_multiple_of(block) =>
        {
            let depth = depth.saturating_mul(square);
            Ok(Known::shaped(vec![
                batch,
                depth,
                rows / block,
                columns / block,
            ]))
        }
        _ => Err(Refusal(format!("blocks of {block} from {dims:?}"))),
    }
}
