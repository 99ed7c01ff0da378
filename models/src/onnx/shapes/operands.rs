//! What must fit before an operator may run, beyond the shape that it gives.
//!
//! ONNX Runtime looks at most of this itself, but not at all of it, and not in every version: a bias that is too short is read
//! beyond its end, and padding by reflection of more than there is reads beside the tensor.

use netbend_dsp::number::{low_bits, nearest_f64};

use super::attributes::Attributes;
use super::inputs::Inputs;
use super::known::{Known, axis, count};
use super::pieces::pads;
use crate::onnx::refusal::Refusal;
use crate::onnx::types::Element;

/// Largest step of a slice, either way.
const MOST_STEP: f64 = 65_536.0;
/// Largest factor by which `Resize` scales an axis.
const MOST_SCALE: f64 = 65_536.0;

/// # Errors
/// What was found and what was expected.
pub(super) fn check(
    operator: &str,
    inputs: &Inputs<'_>,
    attributes: &Attributes<'_>,
) -> Result<(), Refusal> {
    match operator {
        "Conv" => {
            let weights = inputs.need(1)?;
            let groups = low_bits::<usize>(attributes.int("group", 1).unsigned_abs());
            let out = weights.dims.first().copied().unwrap_or(0);
            if groups == 0 || !out.is_multiple_of(groups) {
                return Err(Refusal(format!("{out} features cannot be made by {groups} groups")));
            }
            kernel(weights, attributes)?;
            is_list(inputs, 2, "bias", out)
        }
        "ConvTranspose" => conv_transpose(inputs, attributes),
        "MaxPool" | "AveragePool" => pool(attributes),
        "BatchNormalization" | "InstanceNormalization" => {
            let features = inputs.need(0)?.dims.get(1).copied();
            let features = features.ok_or("its input has no features")?;
            (1..inputs.0.len()).try_for_each(|place| is_list(inputs, place, "parameter", features))
        }
        "LayerNormalization" => {
            let dims = &inputs.need(0)?.dims;
            let place = axis(attributes.int("axis", -1), dims.len())?;
            (1..inputs.0.len()).try_for_each(|input| match inputs.get(input) {
                Some(known) if known.dims != dims[place..] => Err(Refusal(format!(
                    "a parameter of {:?}; expected {:?}",
                    known.dims,
                    &dims[place..]
                ))),
                _ => Ok(()),
            })
        }
        "GroupNormalization" => group_normalization(inputs, attributes),
        "PRelu" | "RMSNormalization" => repeats(inputs, 1, &inputs.need(0)?.dims),
        "Gemm" => {
            let (a, b) = (&inputs.need(0)?.dims, &inputs.need(1)?.dims);
            let side = |dims: &[usize], turned: i64, place: usize| {
                dims.get(if turned != 0 { 1 - place } else { place })
                    .copied()
            };
            let rows = side(a, attributes.int("transA", 0), 0);
            let columns = side(b, attributes.int("transB", 0), 1);
            match (rows, columns) {
                (Some(rows), Some(columns)) => repeats(inputs, 2, &[rows, columns]),
                _ => Err(Refusal(format!("{a:?} and {b:?}; expected two matrices"))),
            }
        }
        "ConstantOfShape" => is_flat(inputs, 0),
        "Expand" | "Reshape" | "Tile" => is_flat(inputs, 1),
        "Mod" if attributes.int("fmod", 0) == 0 && !inputs.element(0).is_none_or(Element::is_integer) => {
            Err("it takes floats without fmod=1; write it as x − torch.floor(x / y) · y, or torch.fmod(x, y)".into())
        }
        "Unsqueeze" => {
            let data = inputs.need(0)?;
            let axes = inputs.integers(1, attributes, "axes")?.unwrap_or_default();
            once(&axes, data.dims.len() + axes.len())
        }
        "Clip" => (1..3).try_for_each(|place| is_one(inputs, place)),
        "Dropout" => {
            is_one(inputs, 1)?;
            match inputs.get(2) {
                Some(_) if inputs.values(2) != Some(&[0.0]) => {
                    Err("it may be in training; export the model in evaluation mode".into())
                }
                _ => Ok(()),
            }
        }
        "Gather" => gather(inputs, attributes),
        "Pad" => pad(inputs, attributes),
        "Resize" | "Upsample" => resize(inputs),
        "Slice" => {
            let rank = inputs.need(0)?.dims.len();
            let axes = inputs.integers(3, attributes, "axes")?.unwrap_or_default();
            once(&axes, rank)?;
            match inputs.values(4) {
            Some(steps) if steps.iter().any(|step| step.abs() > MOST_STEP) => Err(Refusal(format!(
                "steps of {steps:?}; expected at most {MOST_STEP} either way"
            ))),
            _ => Ok(()),
        }
        }
        "LogSoftmax" | "LpNormalization" | "Softmax" => {
            let rank = inputs.need(0)?.dims.len();
            axis(attributes.int("axis", -1), rank).map(|_| ())
        }
        _ => Ok(()),
    }
}

/// An input that, if it is there, lists `length` numbers.
fn is_list(inputs: &Inputs<'_>, place: usize, what: &str, length: usize) -> Result<(), Refusal> {
    match inputs.get(place) {
        Some(known) if known.dims != [length] => Err(Refusal(format!(
            "a {what} of {:?}; expected [{length}]",
            known.dims
        ))),
        _ => Ok(()),
    }
}

/// An input that says a shape: a list, not a table.
fn is_flat(inputs: &Inputs<'_>, place: usize) -> Result<(), Refusal> {
    match inputs.get(place) {
        Some(known) if known.dims.len() != 1 => Err(Refusal(format!(
            "its shape is written as numbers in the shape {:?}; expected a list",
            known.dims
        ))),
        _ => Ok(()),
    }
}

/// Axes of a tensor of `rank`, each named once.
fn once(axes: &[i64], rank: usize) -> Result<(), Refusal> {
    let mut seen = vec![false; rank];
    for &place in axes {
        if std::mem::replace(&mut seen[axis(place, rank)?], true) {
            return Err(Refusal(format!("axis {place} is there twice")));
        }
    }
    Ok(())
}

/// An input that, if it is there, holds one number.
fn is_one(inputs: &Inputs<'_>, place: usize) -> Result<(), Refusal> {
    match inputs.get(place) {
        Some(known) if count(&known.dims) != Some(1) => Err(Refusal(format!(
            "input {} holds {:?}; expected one number",
            place + 1,
            known.dims
        ))),
        _ => Ok(()),
    }
}

/// An input that, if it is there, can be repeated to become `dims`.
fn repeats(inputs: &Inputs<'_>, place: usize, dims: &[usize]) -> Result<(), Refusal> {
    let Some(known) = inputs.get(place) else {
        return Ok(());
    };
    let own = known.dims.iter().rev();
    let fits = known.dims.len() <= dims.len()
        && own
            .zip(dims.iter().rev())
            .all(|(&own, &dim)| own == 1 || own == dim);
    match fits {
        true => Ok(()),
        false => Err(Refusal(format!(
            "input {} holds {:?}, which cannot be repeated to {dims:?}",
            place + 1,
            known.dims
        ))),
    }
}

/// The attribute `kernel_shape` says again what the weights say; automatic padding leaves none to say.
fn kernel(weights: &Known, attributes: &Attributes<'_>) -> Result<(), Refusal> {
    let sizes = weights.dims.get(2..).unwrap_or_default();
    if let Some(stated) = attributes.ints("kernel_shape")
        && !stated
            .iter()
            .map(|&size| low_bits::<usize>(size))
            .eq(sizes.iter().copied())
    {
        return Err(Refusal(format!(
            "its kernel_shape is {stated:?}, its weights are {sizes:?}"
        )));
    }
    automatic(attributes)
}

fn automatic(attributes: &Attributes<'_>) -> Result<(), Refusal> {
    let dilations = attributes.ints("dilations").unwrap_or_default();
    if attributes.text("auto_pad").starts_with(b"SAME") && dilations.iter().any(|&by| by != 1) {
        return Err(Refusal(format!(
            "its dilations are {dilations:?}, and its auto_pad is SAME, which goes without; write its pads as numbers"
        )));
    }
    let is_automatic = !matches!(attributes.text("auto_pad"), b"" | b"NOTSET");
    let pads = attributes.ints("pads").unwrap_or_default();
    match is_automatic && pads.iter().any(|&pad| pad != 0) {
        true => Err(Refusal(format!(
            "its pads are {pads:?}, and its auto_pad says otherwise"
        ))),
        false => Ok(()),
    }
}

/// Scale and bias are for each group in operator set 18, and for each feature from 21 on.
fn group_normalization(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<(), Refusal> {
    let features = inputs.need(0)?.dims.get(1).copied();
    let features = features.ok_or("its input has no features")?;
    let groups = low_bits::<usize>(attributes.int("num_groups", 0).unsigned_abs());
    if groups == 0 || !features.is_multiple_of(groups) {
        return Err(Refusal(format!("{features} features in {groups} groups")));
    }
    (1..inputs.0.len()).try_for_each(|place| match inputs.get(place) {
        Some(known) if known.dims != [features] && known.dims != [groups] => Err(Refusal(format!(
            "a parameter of {:?}; expected [{features}] or [{groups}]",
            known.dims
        ))),
        _ => Ok(()),
    })
}

fn conv_transpose(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<(), Refusal> {
    let weights = inputs.need(1)?;
    let (&[features, per_group, ref sizes @ ..], groups) = (
        weights.dims.as_slice(),
        low_bits::<usize>(attributes.int("group", 1).unsigned_abs()),
    ) else {
        return Err(Refusal(format!("weights of {:?}", weights.dims)));
    };
    if groups == 0 || !features.is_multiple_of(groups) {
        return Err(Refusal(format!(
            "{features} features cannot be read by {groups} groups"
        )));
    }
    kernel(weights, attributes)?;
    is_list(inputs, 2, "bias", per_group.saturating_mul(groups))?;
    let axes = sizes.len();
    let strides = attributes.sizes("strides", axes, 1)?;
    let dilations = attributes.sizes("dilations", axes, 1)?;
    let more = attributes.sizes("output_padding", axes, 0)?;
    if (0..axes).any(|place| more[place] >= strides[place].max(dilations[place])) {
        return Err(Refusal(format!(
            "output_padding {more:?}; expected less than the stride or the dilation, {strides:?} and {dilations:?}"
        )));
    }
    if attributes.ints("output_shape").is_some() {
        let wanted = attributes.sizes("output_shape", axes, 0)?;
        let rows = inputs.need(0)?.dims.get(2..).unwrap_or_default();
        for (place, &size) in rows.iter().enumerate().take(axes) {
            let reach = dilations[place].saturating_mul(sizes[place].saturating_sub(1));
            let most = strides[place]
                .saturating_mul(size)
                .saturating_add(reach)
                .saturating_add(more[place]);
            if wanted[place] > most {
                return Err(Refusal(format!(
                    "output_shape {wanted:?}, where there are {most} at most"
                )));
            }
        }
    }
    Ok(())
}

fn pool(attributes: &Attributes<'_>) -> Result<(), Refusal> {
    let sizes = attributes.ints("kernel_shape").unwrap_or_default();
    let pads = attributes.ints("pads").unwrap_or_default();
    if sizes.is_empty() {
        return Err("it has no kernel_shape".into());
    }
    if (pads.iter().enumerate()).any(|(place, pad)| *pad >= sizes[place % sizes.len()]) {
        return Err(Refusal(format!(
            "pads {pads:?}; expected less than the kernel, {sizes:?}"
        )));
    }
    automatic(attributes)
}

fn gather(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<(), Refusal> {
    let dims = &inputs.need(0)?.dims;
    let size = nearest_f64(dims[axis(attributes.int("axis", 0), dims.len())?]);
    match inputs
        .values(1)
        .unwrap_or_default()
        .iter()
        .find(|index| !(-size..size).contains(*index))
    {
        Some(index) => Err(Refusal(format!("index {index} of an axis of {size}"))),
        None => Ok(()),
    }
}

fn pad(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<(), Refusal> {
    is_one(inputs, 2)?;
    let dims = &inputs.need(0)?.dims;
    let mut seen = vec![false; dims.len()];
    for (place, ends) in pads(inputs, attributes)? {
        if std::mem::replace(&mut seen[place], true) {
            return Err(Refusal(format!("axis {place} is there twice")));
        }
        let size = i64::try_from(dims[place]).unwrap_or(i64::MAX);
        let mode = attributes.text("mode");
        let most = match mode {
            b"reflect" => size - 1,
            b"wrap" => size,
            _ => i64::MAX,
        };
        let least = if matches!(mode, b"" | b"constant") {
            -size
        } else {
            0
        };
        if ends.iter().any(|end| !(least..=most).contains(end))
            || ends[0].saturating_add(ends[1]).saturating_add(size) <= 0
        {
            return Err(Refusal(format!(
                "pads {ends:?} of an axis of {size}; nothing would be left of it, or there is not as much to repeat"
            )));
        }
    }
    Ok(())
}

fn resize(inputs: &Inputs<'_>) -> Result<(), Refusal> {
    let place = if inputs.0.len() == 2 { 1 } else { 2 };
    let odd = |values: &&[f64]| values.iter().any(|x| !(*x > 0.0 && *x <= MOST_SCALE));
    for place in [place, 3] {
        if let Some(values) = inputs.values(place).filter(odd) {
            return Err(Refusal(format!(
                "scales or sizes {values:?}; expected numbers above 0, {MOST_SCALE} at most"
            )));
        }
    }
    Ok(())
}
