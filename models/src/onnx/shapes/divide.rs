//! One tensor divided into several.

use netbend_dsp::number::signed;

use super::attributes::Attributes;
use super::inputs::Inputs;
use super::known::{Known, axis};
use crate::onnx::refusal::Refusal;

/// `Split`: the lengths are an attribute in older operator sets and an input in newer ones. Without them the parts are equally long, the last one
/// shorter where they do not fit (since operator set 18, which says how many there are).
pub(super) fn split(
    outputs: usize,
    inputs: &Inputs<'_>,
    attributes: &Attributes<'_>,
) -> Result<Vec<Known>, Refusal> {
    let data = inputs.need(0)?;
    let place = axis(attributes.int("axis", 0), data.dims.len())?;
    let size = data.dims[place];
    let lengths = match inputs.integers(1, attributes, "split")? {
        Some(lengths) => lengths
            .iter()
            .map(|&length| usize::try_from(length).map_err(|_| format!("parts of {lengths:?}")))
            .collect::<Result<Vec<_>, _>>()?,
        None => equal_parts(size, outputs, attributes)?,
    };
    let sum = lengths
        .iter()
        .try_fold(0_usize, |sum, &length| sum.checked_add(length));
    if lengths.len() != outputs || sum != Some(size) {
        return Err(Refusal(format!(
            "{outputs} parts of {lengths:?} from an axis of {size}"
        )));
    }
    let mut first = 0;
    Ok(lengths
        .into_iter()
        .map(|length| {
            let mut dims = data.dims.clone();
            dims[place] = length;
            let range = first..first + length;
            first += length;
            let values = data.values.as_ref().filter(|_| dims.len() == 1);
            Known {
                dims,
                values: values
                    .and_then(|values| values.get(range))
                    .map(<[f64]>::to_vec),
                whole: data.whole,
            }
        })
        .collect())
}

fn equal_parts(
    size: usize,
    outputs: usize,
    attributes: &Attributes<'_>,
) -> Result<Vec<usize>, Refusal> {
    let stated = attributes.int("num_outputs", signed(outputs));
    if outputs == 0 || stated != signed(outputs) {
        return Err(Refusal(format!("{stated} parts for {outputs} outputs")));
    }
    let length = size.div_ceil(outputs);
    let last = size.checked_sub(length.saturating_mul(outputs - 1));
    let last = last.ok_or_else(|| format!("{outputs} parts of an axis of {size}"))?;
    let mut lengths = vec![length; outputs];
    lengths[outputs - 1] = last;
    Ok(lengths)
}
