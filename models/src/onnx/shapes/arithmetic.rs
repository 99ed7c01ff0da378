//! Sums, products and means.

use super::attributes::Attributes;
use super::{EXACT, Inputs, Known, MOST_EVALUATED, axis};
use crate::onnx::types::{Element, cast_to};

/// Tensors, each repeated along the axes where it has size 1.
pub(super) fn broadcast(operator: &str, inputs: &Inputs<'_>) -> Result<Known, String> {
    let first = inputs.need(0)?;
    let mut dims = first.dims.clone();
    for place in 1..inputs.0.len() {
        dims = broadcast_dims(&dims, &inputs.need(place)?.dims)?;
    }
    let values = match (inputs.values(0), inputs.values(1)) {
        (Some(a), Some(b)) if inputs.0.len() == 2 => {
            evaluate(operator, inputs.element(0).unwrap_or(Element::Int64), a, b)
        }
        _ => None,
    };
    Ok(Known { dims, values })
}

/// The same values in another type, where that holds them.
pub(super) fn cast(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<Known, String> {
    let mut known = inputs.need(0)?.clone();
    let to = cast_to(attributes.all());
    known.values = known.values.and_then(|values| {
        values
            .into_iter()
            .map(|value| match to? {
                // Where a slice is to go on to the end.
                Element::Int64 if value.abs() > EXACT => Some(value),
                Element::Bool => Some(f64::from(u8::from(value != 0.0))),
                Element::Int64 | Element::Int32 => held(to?, value.trunc()),
                _ => held(to?, value),
            })
            .collect()
    });
    Ok(known)
}

/// The value as a tensor of that type holds it; `None` where it is not computed with. Whole numbers are exact or `None`.
fn held(element: Element, value: f64) -> Option<f64> {
    match element {
        Element::Int64 => (value.abs() <= EXACT).then_some(value),
        Element::Int32 => (f64::from(i32::MIN)..=f64::from(i32::MAX))
            .contains(&value)
            .then_some(value),
        Element::Float => Some(f64::from(value as f32)).filter(|value| value.is_finite()),
        Element::Float16 | Element::Bool => None,
    }
}

fn broadcast_dims(a: &[usize], b: &[usize]) -> Result<Vec<usize>, String> {
    let rank = a.len().max(b.len());
    let at = |dims: &[usize], place: usize| {
        (place + dims.len())
            .checked_sub(rank)
            .map_or(1, |place| dims[place])
    };
    (0..rank)
        .map(|place| match (at(a, place), at(b, place)) {
            (x, y) if x == y => Ok(x),
            (1, y) => Ok(y),
            (x, 1) => Ok(x),
            _ => Err(format!("{a:?} and {b:?} do not fit together")),
        })
        .collect()
}

/// Sizes computed from sizes, as the element type computes them: whole numbers exactly or not at all, floats with the rounding
/// of 32 bits.
fn evaluate(operator: &str, element: Element, a: &[f64], b: &[f64]) -> Option<Vec<f64>> {
    let len = a.len().max(b.len());
    let fits = |values: &[f64]| values.len() == len || values.len() == 1;
    if len > MOST_EVALUATED || !fits(a) || !fits(b) {
        return None;
    }
    let apply = |x: f64, y: f64| {
        let (x, y) = (held(element, x)?, held(element, y)?);
        let result = match element.is_integer() {
            // Both are exact.
            true => whole(operator, x as i64, y as i64)? as f64,
            false => float(operator, x, y)?,
        };
        held(element, result)
    };
    (0..len)
        .map(|n| apply(a[n.min(a.len() - 1)], b[n.min(b.len() - 1)]))
        .collect()
}

fn whole(operator: &str, x: i64, y: i64) -> Option<i64> {
    match operator {
        "Add" => x.checked_add(y),
        "Sub" => x.checked_sub(y),
        "Mul" => x.checked_mul(y),
        "Div" => x.checked_div(y),
        // Its sign, where one of them has one, depends on an attribute.
        "Mod" if x >= 0 && y > 0 => x.checked_rem(y),
        _ => None,
    }
}

fn float(operator: &str, x: f64, y: f64) -> Option<f64> {
    match operator {
        "Add" => Some(x + y),
        "Sub" => Some(x - y),
        "Mul" => Some(x * y),
        "Div" => Some(x / y),
        _ => None,
    }
}

pub(super) fn mat_mul(inputs: &Inputs<'_>) -> Result<Known, String> {
    let (a, b) = (&inputs.need(0)?.dims, &inputs.need(1)?.dims);
    let ([batch_a @ .., rows, inner_a], [batch_b @ .., inner_b, columns]) =
        (a.as_slice(), b.as_slice())
    else {
        return Err(format!("{a:?} and {b:?}; expected two matrices"));
    };
    if inner_a != inner_b {
        return Err(format!("{a:?} and {b:?} do not fit together"));
    }
    let mut dims = broadcast_dims(batch_a, batch_b)?;
    dims.extend([*rows, *columns]);
    Ok(Known::shaped(dims))
}

pub(super) fn gemm(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<Known, String> {
    let (a, b) = (&inputs.need(0)?.dims, &inputs.need(1)?.dims);
    let turned = |dims: &[usize], name: &str| match (dims, attributes.int(name, 0)) {
        (&[rows, columns], 0) => Ok((rows, columns)),
        (&[columns, rows], _) => Ok((rows, columns)),
        _ => Err(format!("{a:?} and {b:?}; expected two matrices")),
    };
    let ((rows, inner_a), (inner_b, columns)) = (turned(a, "transA")?, turned(b, "transB")?);
    if inner_a != inner_b {
        return Err(format!("{a:?} and {b:?} do not fit together"));
    }
    Ok(Known::shaped(vec![rows, columns]))
}

pub(super) fn reduce(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<Known, String> {
    let dims = &inputs.need(0)?.dims;
    let mut reduced = vec![false; dims.len()];
    match inputs.integers(1, attributes, "axes")? {
        Some(axes) if !axes.is_empty() => {
            for place in axes {
                reduced[axis(place, dims.len())?] = true;
            }
        }
        _ => reduced.fill(true),
    }
    let keep = attributes.int("keepdims", 1) != 0;
    let dims = dims.iter().zip(reduced).filter_map(|(&dim, reduced)| {
        if reduced {
            keep.then_some(1)
        } else {
            Some(dim)
        }
    });
    Ok(Known::shaped(dims.collect()))
}
