//! Sums, products and means.

use netbend_dsp::number::{cut, nearest_f32, nearest_f64};

use super::attributes::Attributes;
use super::inputs::Inputs;
use super::known::{EXACT, Known, MOST_EVALUATED, axis, count};
use crate::onnx::refusal::Refusal;
use crate::onnx::types::Element;

/// Tensors, each repeated along the axes where it has size 1.
pub(super) fn broadcast(operator: &str, inputs: &Inputs<'_>) -> Result<Known, Refusal> {
    let (a, b) = (inputs.need(0)?, inputs.need(1)?);
    let dims = broadcast_dims(&a.dims, &b.dims)?;
    let whole = a.whole.filter(|_| a.whole == b.whole);
    let values = match (&a.values, &b.values) {
        (Some(a), Some(b)) => {
            let otherwise = match whole {
                Some(_) => Element::Int64,
                None => Element::Float,
            };
            evaluate(operator, inputs.element(0).unwrap_or(otherwise), a, b)
        }
        _ => None,
    };
    let fits = |values: &Vec<f64>| count(&dims) == Some(values.len());
    Ok(Known {
        values: values.filter(fits),
        dims,
        whole: whole.filter(|_| !COMPARISONS.contains(&operator)),
    })
}

/// The value as a tensor of that type holds it; `None` where it is not computed with. Whole numbers are exact or `None`.
pub(super) fn held(element: Element, value: f64) -> Option<f64> {
    match element {
        Element::Int64 => (value.abs() <= EXACT).then_some(value),
        Element::Int32 => (f64::from(i32::MIN)..=f64::from(i32::MAX))
            .contains(&value)
            .then_some(value),
        Element::Float => Some(f64::from(nearest_f32(value))).filter(|value| value.is_finite()),
        Element::Bool => Some(f64::from(u8::from(value != 0.0))),
        Element::Float16 => None,
    }
}

/// As [`broadcast`], of any number of tensors.
pub(super) fn broadcast_all(operator: &str, inputs: &Inputs<'_>) -> Result<Known, Refusal> {
    if let [Some(_), Some(_)] = inputs.0.as_slice() {
        return broadcast(operator, inputs);
    }
    let mut dims = inputs.need(0)?.dims.clone();
    for place in 1..inputs.0.len() {
        dims = broadcast_dims(&dims, &inputs.need(place)?.dims)?;
    }
    Ok(Known::shaped(dims))
}

pub(super) fn broadcast_dims(a: &[usize], b: &[usize]) -> Result<Vec<usize>, Refusal> {
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
            _ => Err(Refusal(format!("{a:?} and {b:?} do not fit together"))),
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

/// Sizes computed from sizes, as the element type computes them: whole numbers exactly or not at all, floats with the rounding
/// of 32 bits; yes is 1 and no is 0.
fn evaluate(operator: &str, element: Element, a: &[f64], b: &[f64]) -> Option<Vec<f64>> {
    let len = a.len().max(b.len());
    let fits = |values: &[f64]| !values.is_empty() && (values.len() == len || values.len() == 1);
    if len > MOST_EVALUATED || !fits(a) || !fits(b) {
        return None;
    }
    let apply = |x: f64, y: f64| {
        let (x, y) = (held(element, x)?, held(element, y)?);
        if COMPARISONS.contains(&operator) {
            return compare(operator, x, y).map(|yes| f64::from(u8::from(yes)));
        }
        let result = match element.is_integer() {
            // Both are exact.
            true => nearest_f64(whole(operator, cut::<i64>(x), cut::<i64>(y))?),
            false => float(operator, x, y)?,
        };
        held(element, result)
    };
    (0..len)
        .map(|n| apply(a[n.min(a.len() - 1)], b[n.min(b.len() - 1)]))
        .collect()
}

fn compare(operator: &str, x: f64, y: f64) -> Option<bool> {
    Some(match operator {
        "And" => x != 0.0 && y != 0.0,
        "Or" => x != 0.0 || y != 0.0,
        "Equal" => x == y,
        "Greater" => x > y,
        "GreaterOrEqual" => x >= y,
        "Less" => x < y,
        "LessOrEqual" => x <= y,
        _ => return None,
    })
}

fn whole(operator: &str, x: i64, y: i64) -> Option<i64> {
    match operator {
        "Add" | "Sum" => x.checked_add(y),
        "Sub" => x.checked_sub(y),
        "Mul" => x.checked_mul(y),
        "Div" => x.checked_div(y),
        // Its sign, where one of them has one, depends on an attribute.
        "Mod" if x >= 0 && y > 0 => x.checked_rem(y),
        "Max" => Some(x.max(y)),
        "Min" => Some(x.min(y)),
        _ => None,
    }
}

fn float(operator: &str, x: f64, y: f64) -> Option<f64> {
    match operator {
        "Add" | "Sum" => Some(x + y),
        "Sub" => Some(x - y),
        "Mul" => Some(x * y),
        "Div" => Some(x / y),
        "Max" => Some(x.max(y)),
        "Min" => Some(x.min(y)),
        _ => None,
    }
}

pub(super) fn mat_mul(inputs: &Inputs<'_>) -> Result<Known, Refusal> {
    let (a, b) = (&inputs.need(0)?.dims, &inputs.need(1)?.dims);
    let ([batch_a @ .., rows, inner_a], [batch_b @ .., inner_b, columns]) =
        (a.as_slice(), b.as_slice())
    else {
        return Err(Refusal(format!("{a:?} and {b:?}; expected two matrices")));
    };
    if inner_a != inner_b {
        return Err(Refusal(format!("{a:?} and {b:?} do not fit together")));
    }
    let mut dims = broadcast_dims(batch_a, batch_b)?;
    dims.extend([*rows, *columns]);
    Ok(Known::shaped(dims))
}

pub(super) fn gemm(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<Known, Refusal> {
    let (a, b) = (&inputs.need(0)?.dims, &inputs.need(1)?.dims);
    let turned = |dims: &[usize], name: &str| match (dims, attributes.int(name, 0)) {
        (&[rows, columns], 0) => Ok((rows, columns)),
        (&[columns, rows], _) => Ok((rows, columns)),
        _ => Err(Refusal(format!("{a:?} and {b:?}; expected two matrices"))),
    };
    let ((rows, inner_a), (inner_b, columns)) = (turned(a, "transA")?, turned(b, "transB")?);
    if inner_a != inner_b {
        return Err(Refusal(format!("{a:?} and {b:?} do not fit together")));
    }
    Ok(Known::shaped(vec![rows, columns]))
}

pub(super) fn reduce(
    operator: &str,
    inputs: &Inputs<'_>,
    attributes: &Attributes<'_>,
) -> Result<Known, Refusal> {
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
    let dims: Vec<usize> = dims.collect();
    // How many numbers a tensor holds.
    let product = match &data.values {
        Some(values) if operator == "ReduceProd" && count(&dims) == Some(1) => {
            let product = |values: &[f64]| -> Option<f64> {
                let element = inputs.element(0)?;
                let mut product = 1.0;
                for &value in values {
                    product = held(element, product * held(element, value)?)?;
                }
                Some(product)
            };
            product(values).map(|product| vec![product])
        }
        _ => None,
    };
    Ok(Known {
        dims,
        values: product,
        whole: data.whole,
    })
}
