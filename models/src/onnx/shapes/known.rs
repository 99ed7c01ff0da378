//! What is known of a tensor, and the arithmetic of sizes.

use netbend_dsp::number::{nearest_f64, signed};

use crate::onnx::proto::{BOOL, FLOAT, INT32, INT64, TensorProto};
use crate::onnx::refusal::Refusal;

/// Tensors of at most this many elements are evaluated where they can be.
pub(super) const MOST_EVALUATED: usize = 64;
/// Whole numbers up to this size are the same as 64-bit floats. Larger ones are not computed with.
pub(super) const EXACT: f64 = 9_007_199_254_740_992.0; // 2⁵³

/// What is known of a tensor.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Known {
    /// Its shape.
    pub dims: Vec<usize>,
    /// Its values, where they are few and follow from constants and shapes. Whole numbers are exact; those beyond
    /// ±2⁵³ stand for "to the end" in a slice, and nothing is computed from them.
    pub(super) values: Option<Vec<f64>>,
    /// The element type where they are whole numbers: a quotient of such is cut off.
    pub(super) whole: Option<i32>,
}

impl Known {
    pub(super) fn shaped(dims: Vec<usize>) -> Self {
        Self {
            dims,
            values: None,
            whole: None,
        }
    }

    /// A list of sizes.
    pub(super) fn sizes(values: Vec<f64>) -> Self {
        Self {
            dims: vec![values.len()],
            values: Some(values),
            whole: Some(INT64),
        }
    }

    /// The same values in another shape.
    pub(super) fn arranged(&self, dims: Vec<usize>) -> Self {
        Self {
            dims,
            values: self.values.clone(),
            whole: self.whole,
        }
    }
}

/// Whether an element type is one of whole numbers that sizes are computed in.
pub(super) fn is_whole(kind: i32) -> bool {
    matches!(kind, INT32 | INT64)
}

/// The number of elements, if it does not overflow.
pub(super) fn count(dims: &[usize]) -> Option<usize> {
    dims.iter()
        .try_fold(1_usize, |product, &dim| product.checked_mul(dim))
}

/// An axis counted from the end where it is negative, within `0..rank`.
pub(super) fn axis(axis: i64, rank: usize) -> Result<usize, Refusal> {
    let place = if axis < 0 { axis + signed(rank) } else { axis };
    usize::try_from(place)
        .ok()
        .filter(|&axis| axis < rank)
        .ok_or_else(|| Refusal(format!("axis {axis} of a tensor of rank {rank}")))
}

/// What a constant tensor, which passed [`check`](crate::onnx::check::check), holds.
pub(super) fn constant(tensor: &TensorProto) -> Known {
    let dims: Vec<usize> = tensor
        .dims
        .iter()
        .map(|&dim| usize::try_from(dim).unwrap_or(0))
        .collect();
    let few = count(&dims).is_some_and(|count| count <= MOST_EVALUATED);
    let values = || -> Option<Vec<f64>> {
        Some(match (&tensor.raw_data, tensor.data_type?) {
            (Some(raw), INT64) => (raw.as_chunks::<8>().0.iter())
                .map(|bytes| nearest_f64(i64::from_le_bytes(*bytes)))
                .collect(),
            (Some(raw), INT32) => (raw.as_chunks::<4>().0.iter())
                .map(|bytes| f64::from(i32::from_le_bytes(*bytes)))
                .collect(),
            (Some(raw), BOOL) => raw.iter().copied().map(f64::from).collect(),
            (Some(raw), FLOAT) => (raw.as_chunks::<4>().0.iter())
                .map(|bytes| f64::from(f32::from_le_bytes(*bytes)))
                .collect(),
            (None, INT64) => tensor.int64_data.iter().map(|&x| nearest_f64(x)).collect(),
            (None, INT32 | BOOL) => tensor.int32_data.iter().copied().map(f64::from).collect(),
            (None, FLOAT) => tensor.float_data.iter().copied().map(f64::from).collect(),
            _ => return None,
        })
    };
    let values = if few { values() } else { None };
    Known {
        dims,
        values,
        whole: tensor.data_type.filter(|kind| is_whole(*kind)),
    }
}
