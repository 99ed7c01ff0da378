//! A tensor that a file holds: inside the file, of a type that is run, as many numbers as its shape needs, and all of them finite.

use netbend_dsp::number::low_bits;

use super::super::limits;
use super::super::proto::{BFLOAT16, DOUBLE, FLOAT, FLOAT16, TensorProto};
use super::super::types::{Element, of_tensor};
use crate::error::ModelError;

/// `what` is what the tensor is called in messages.
///
/// # Errors
/// [`ModelError::Structure`] naming the tensor and what is wrong with it.
pub(super) fn check(tensor: &TensorProto, what: &str) -> Result<(), ModelError> {
    let fail = |message: String| Err(ModelError::Structure(message));
    if !tensor.external_data.is_empty() || tensor.data_location.unwrap_or(0) != 0 {
        return fail(format!(
            "{what} lies outside the file; export the model with its weights inside: torch.onnx.export(…, external_data=False), or \
             onnx.save(onnx.load(FILE), FILE)"
        ));
    }
    if tensor.dims.len() > limits::AXES {
        return fail(format!(
            "{what} has {} axes; at most {} are accepted",
            tensor.dims.len(),
            limits::AXES
        ));
    }
    let count = match tensor.element_count() {
        Some(count) if count <= limits::TENSOR_ELEMENTS => count,
        _ => {
            return fail(format!("{what} has an impossible shape {:?}", tensor.dims));
        }
    };
    if !is_finite(tensor) {
        return fail(format!("{what} holds infinities or not-a-number"));
    }
    let Some(element) = of_tensor(tensor) else {
        return fail(format!(
            "{what} has {}; expected {}",
            Element::describe(i64::from(tensor.data_type.unwrap_or(0))),
            Element::ACCEPTED
        ));
    };
    let lists = [
        tensor.float_data.len(),
        tensor.int32_data.len(),
        tensor.int64_data.len(),
        tensor.double_data.len(),
    ];
    if let Some(raw) = &tensor.raw_data {
        let width = low_bits::<usize>(element.bytes());
        if raw.len() != count * width || lists != [0; 4] {
            return fail(format!(
                "{what} has {} bytes where its shape {:?} needs {}",
                raw.len(),
                tensor.dims,
                count * width
            ));
        }
        if element == Element::Bool && raw.iter().any(|&byte| byte > 1) {
            return fail(format!("{what} holds bools other than 0 and 1"));
        }
        return Ok(());
    }
    // Where the specification puts a type's numbers.
    let held = match element {
        Element::Float => lists[0],
        Element::Float16 | Element::Int32 | Element::Bool => lists[1],
        Element::Int64 => lists[2],
    };
    if held != count || lists.iter().sum::<usize>() != count {
        return fail(format!(
            "{what} holds {held} values of its type where its shape {:?} needs {count}",
            tensor.dims
        ));
    }
    let narrow = match element {
        Element::Float16 => 0..=i32::from(u16::MAX),
        Element::Bool => 0..=1,
        _ => return Ok(()),
    };
    if let Some(odd) = tensor
        .int32_data
        .iter()
        .find(|value| !narrow.contains(value))
    {
        return fail(format!(
            "{what} holds {odd} where its type has {} to {}",
            narrow.start(),
            narrow.end()
        ));
    }
    Ok(())
}

/// Whether all floats are finite, however they are written: raw or in any of the lists, of any width.
fn is_finite(tensor: &TensorProto) -> bool {
    // An all-ones exponent is infinity or not-a-number.
    let half = |bits: u16| bits & 0x7c00 != 0x7c00;
    let brain = |bits: u16| bits & 0x7f80 != 0x7f80;
    let data_type = tensor.data_type.unwrap_or(0);
    let raw = tensor.raw_data.as_deref().unwrap_or_default();
    let shorts = || {
        raw.as_chunks::<2>()
            .0
            .iter()
            .map(|b| u16::from_le_bytes(*b))
    };
    let raw_is_finite = match data_type {
        FLOAT => raw
            .as_chunks::<4>()
            .0
            .iter()
            .all(|bytes| f32::from_le_bytes(*bytes).is_finite()),
        DOUBLE => raw
            .as_chunks::<8>()
            .0
            .iter()
            .all(|bytes| f64::from_le_bytes(*bytes).is_finite()),
        FLOAT16 => shorts().all(half),
        BFLOAT16 => shorts().all(brain),
        _ => true,
    };
    let integers = || {
        tensor
            .int32_data
            .iter()
            .map(|&value| low_bits::<u16>(value))
    };
    let listed_is_finite = match data_type {
        FLOAT16 => integers().all(half),
        BFLOAT16 => integers().all(brain),
        _ => true,
    };
    raw_is_finite
        && listed_is_finite
        && tensor.float_data.iter().all(|value| value.is_finite())
        && tensor.double_data.iter().all(|value| value.is_finite())
}
