//! Sums, products and means.

use super::attributes::Attributes;
use super::{Inputs, Known, MOST_EVALUATED, axis};

/// Two tensors, each repeated along the axes where it has size 1.
pub(super) fn broadcast(operator: &str, inputs: &Inputs<'_>) -> Result<Known, String> {
    let (a, b) = (inputs.need(0)?, inputs.need(1)?);
    let dims = broadcast_dims(&a.dims, &b.dims)?;
    let values = match (&a.values, &b.values) {
        (Some(a), Some(b)) => evaluate(operator, a, b),
        _ => None,
    };
    Ok(Known { dims, values })
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

/// Sizes computed from sizes. A quotient may be of whole numbers or not, which is not known here.
fn evaluate(operator: &str, a: &[f64], b: &[f64]) -> Option<Vec<f64>> {
    let apply: fn(f64, f64) -> f64 = match operator {
        "Add" => |x, y| x + y,
        "Sub" => |x, y| x - y,
        "Mul" => |x, y| x * y,
        "Mod" if !b.contains(&0.0) => f64::rem_euclid,
        _ => return None,
    };
    let len = a.len().max(b.len());
    let fits = |values: &[f64]| values.len() == len || values.len() == 1;
    (len <= MOST_EVALUATED && fits(a) && fits(b)).then(|| {
        (0..len)
            .map(|n| apply(a[n.min(a.len() - 1)], b[n.min(b.len() - 1)]))
            .collect()
    })
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
        Some(axes) => {
            for place in axes {
                reduced[axis(place, dims.len())?] = true;
            }
        }
        None => reduced.fill(true),
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
