//! Sums, products and means.

use super::attributes::Attributes;
use super::{Inputs, Known, MOST_EVALUATED, axis, count};

/// Two tensors, each repeated along the axes where it has size 1.
pub(super) fn broadcast(operator: &str, inputs: &Inputs<'_>) -> Result<Known, String> {
    let (a, b) = (inputs.need(0)?, inputs.need(1)?);
    let dims = broadcast_dims(&a.dims, &b.dims)?;
    let whole = a.whole.filter(|_| a.whole == b.whole);
    let values = match (&a.values, &b.values) {
        (Some(a), Some(b)) => evaluate(operator, a, b, whole.is_some()),
        _ => None,
    };
    let fits = |values: &Vec<f64>| count(&dims) == Some(values.len());
    Ok(Known {
        values: values.filter(fits),
        dims,
        whole: whole.filter(|_| !COMPARISONS.contains(&operator)),
    })
}

/// As [`broadcast`], of any number of tensors.
pub(super) fn broadcast_all(operator: &str, inputs: &Inputs<'_>) -> Result<Known, String> {
    if let [Some(_), Some(_)] = inputs.0.as_slice() {
        return broadcast(operator, inputs);
    }
    let mut dims = inputs.need(0)?.dims.clone();
    for place in 1..inputs.0.len() {
        dims = broadcast_dims(&dims, &inputs.need(place)?.dims)?;
    }
    Ok(Known::shaped(dims))
}

pub(super) fn broadcast_dims(a: &[usize], b: &[usize]) -> Result<Vec<usize>, String> {
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

/// Operators whose answer is yes or no.
const COMPARISONS: &[&str] = &[
    "And",
    "Equal",
    "Greater",
    "GreaterOrEqual",
    "Less",
    "LessOrEqual",
    "Or",
];

/// Sizes computed from sizes. A quotient of `whole` numbers is cut off; yes is 1 and no is 0.
fn evaluate(operator: &str, a: &[f64], b: &[f64], whole: bool) -> Option<Vec<f64>> {
    let apply: fn(f64, f64) -> f64 = match operator {
        "Add" => |x, y| x + y,
        "Sub" => |x, y| x - y,
        "Mul" => |x, y| x * y,
        "Div" if b.contains(&0.0) => return None,
        "Div" if whole => |x, y| (x / y).trunc(),
        "Div" => |x, y| x / y,
        "Mod" if !b.contains(&0.0) => f64::rem_euclid,
        "Max" => f64::max,
        "Min" => f64::min,
        "And" => |x, y| f64::from(x != 0.0 && y != 0.0),
        "Or" => |x, y| f64::from(x != 0.0 || y != 0.0),
        "Equal" => |x, y| f64::from(x == y),
        "Greater" => |x, y| f64::from(x > y),
        "GreaterOrEqual" => |x, y| f64::from(x >= y),
        "Less" => |x, y| f64::from(x < y),
        "LessOrEqual" => |x, y| f64::from(x <= y),
        _ => return None,
    };
    let len = a.len().max(b.len());
    let fits = |values: &[f64]| values.len() == len || values.len() == 1;
    (len <= MOST_EVALUATED && !a.is_empty() && !b.is_empty() && fits(a) && fits(b)).then(|| {
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

pub(super) fn reduce(
    operator: &str,
    inputs: &Inputs<'_>,
    attributes: &Attributes<'_>,
) -> Result<Known, String> {
    let data = inputs.need(0)?;
    let dims = &data.dims;
    let mut reduced = vec![false; dims.len()];
    let axes = inputs.integers(1, attributes, "axes")?;
    match axes.filter(|axes| !axes.is_empty()) {
        None if attributes.int("noop_with_empty_axes", 0) != 0 => return Ok(data.clone()),
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
    let dims: Vec<usize> = dims.collect();
    // How many numbers a tensor holds.
    let product = match &data.values {
        Some(values) if operator == "ReduceProd" && count(&dims) == Some(1) => {
            Some(vec![values.iter().product()])
        }
        _ => None,
    };
    Ok(Known {
        dims,
        values: product,
        whole: data.whole,
    })
}
