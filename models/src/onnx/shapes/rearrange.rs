//! Operators that move values without changing them.

use netbend_dsp::number::{nearest_f64, signed};

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
