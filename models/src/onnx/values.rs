//! The numbers an initializer holds, as 32-bit floats, and the nodes that turn others into such.

use netbend_dsp::number::low_bits;

use super::precision::from_half;
use super::proto::{FLOAT, FLOAT16, NodeProto, TensorProto};

/// The values of a float or float16 tensor, flattened; `None` for any other and where their number is not
/// that of the shape.
pub(crate) fn floats(tensor: &TensorProto) -> Option<Vec<f32>> {
    let count = tensor.element_count()?;
    let values: Vec<f32> = match (tensor.data_type?, &tensor.raw_data) {
        (FLOAT, Some(raw)) => {
            let chunks = raw.as_chunks::<4>().0.iter();
            chunks.map(|bytes| f32::from_le_bytes(*bytes)).collect()
        }
        (FLOAT, None) => tensor.float_data.clone(),
        (FLOAT16, Some(raw)) => {
            let chunks = raw.as_chunks::<2>().0.iter();
            chunks
                .map(|bytes| from_half(u16::from_le_bytes(*bytes)))
                .collect()
        }
        // The specification keeps the bits of a float16 in the list of integers.
        (FLOAT16, None) => tensor
            .int32_data
            .iter()
            .map(|&bits| from_half(low_bits::<u16>(bits)))
            .collect(),
        _ => return None,
    };
    (values.len() == count).then_some(values)
}

/// Whether [`floats`] gives something, and as many numbers as the shape has.
pub(crate) fn are_floats(tensor: &TensorProto) -> bool {
    let stored = match (tensor.data_type, &tensor.raw_data) {
        (Some(FLOAT), Some(raw)) => raw.len() / 4,
        (Some(FLOAT), None) => tensor.float_data.len(),
        (Some(FLOAT16), Some(raw)) => raw.len() / 2,
        (Some(FLOAT16), None) => tensor.int32_data.len(),
        _ => return false,
    };
    tensor.element_count() == Some(stored)
}

/// Whether [`floats`] gives these values, bit for bit. Allocates nothing.
pub(crate) fn are_these(tensor: &TensorProto, values: &[f32]) -> bool {
    match (tensor.data_type, &tensor.raw_data) {
        _ if !are_floats(tensor) || tensor.element_count() != Some(values.len()) => false,
        (Some(FLOAT), Some(raw)) => same(raw.as_chunks::<4>().0, values, |bytes| {
            f32::from_le_bytes(*bytes)
        }),
        (Some(FLOAT), None) => same(&tensor.float_data, values, |value| *value),
        (_, Some(raw)) => same(raw.as_chunks::<2>().0, values, |bytes| {
            from_half(u16::from_le_bytes(*bytes))
        }),
        (_, None) => same(&tensor.int32_data, values, |bits| {
            from_half(low_bits::<u16>(*bits))
        }),
    }
}

/// Whether two lists hold the same numbers, bit for bit.
pub(crate) fn same_bits(a: &[f32], b: &[f32]) -> bool {
    a.len() == b.len() && same(a, b, |value| *value)
}

/// Compares block by block, so that a difference is found early and the rest quickly.
fn same<T>(stored: &[T], values: &[f32], read: impl Fn(&T) -> f32) -> bool {
    const BLOCK: usize = 4_096;
    let differ = |stored: &[T], values: &[f32]| {
        let pairs = stored.iter().zip(values);
        pairs.fold(0, |bits, (stored, value)| {
            bits | (read(stored).to_bits() ^ value.to_bits())
        }) != 0
    };
    let mut blocks = stored.chunks(BLOCK).zip(values.chunks(BLOCK));
    !blocks.any(|(stored, values)| differ(stored, values))
}

/// Whether the node turns its input into 32-bit floats.
pub(crate) fn is_cast_to_float(node: &NodeProto) -> bool {
    node.op_type.as_deref() == Some("Cast")
        && node
            .attribute
            .iter()
            .any(|a| a.name.as_deref() == Some("to") && a.i == Some(i64::from(FLOAT)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_store_numbers_is_read_and_others_are_refused() {
        let tensor = |data_type| TensorProto {
            dims: vec![2],
            data_type: Some(data_type),
            ..TensorProto::default()
        };
        let raw = TensorProto {
            raw_data: Some(
                [1.5_f32, -2.0]
                    .iter()
                    .flat_map(|x| x.to_le_bytes())
                    .collect(),
            ),
            ..tensor(FLOAT)
        };
        let list = TensorProto {
            float_data: vec![1.5, -2.0],
            ..tensor(FLOAT)
        };
        let half = TensorProto {
            raw_data: Some(vec![0x00, 0x3e, 0x00, 0xc0]),
            ..tensor(FLOAT16)
        };
        let half_list = TensorProto {
            int32_data: vec![0x3e00, 0xc000],
            ..tensor(FLOAT16)
        };
        for tensor in [raw, list, half, half_list] {
            assert_eq!(floats(&tensor), Some(vec![1.5, -2.0]));
            assert!(are_floats(&tensor) && are_these(&tensor, &[1.5, -2.0]));
            for others in [&[1.5, 2.0][..], &[1.5], &[1.5, -2.0, 0.0]] {
                assert!(!are_these(&tensor, others));
            }
            let short = TensorProto {
                dims: vec![3],
                ..tensor
            };
            assert_eq!(floats(&short), None);
            assert!(!are_floats(&short) && !are_these(&short, &[1.5, -2.0, 0.0]));
        }
        let other = tensor(crate::onnx::proto::INT64);
        assert_eq!(floats(&other), None);
        assert!(!are_floats(&other) && !are_these(&other, &[]));
    }
}
