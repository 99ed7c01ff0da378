//! Half and double precision brought to 32-bit floats.
//!
//! Bends, streams and weights are 32-bit floats, and so are a model's ends. A graph that computes in another precision inside (mixed-precision
//! converters, `model.half()`, `model.double()`) is computed in this one: weights and constants are rewritten, and what was cast to the other
//! precision is cast to 32-bit floats, which changes nothing. Widening is exact. A double that no 32-bit float can hold becomes an infinity, which
//! [`check`](super::check) refuses.

use netbend_dsp::number::{low_bits, nearest_f32};

use super::printed::printed;
use super::proto::{
    AttributeProto, BFLOAT16, DOUBLE, FLOAT, FLOAT16, GraphProto, NodeProto, TensorProto,
};
use super::refusal::Refusal;

/// Rewrites every float of `graph` as a 32-bit one.
///
/// # Errors
/// The name of a tensor that holds another number of values than its shape says.
pub(crate) fn to_single(graph: &mut GraphProto) -> Result<(), Refusal> {
    for tensor in &mut graph.initializer {
        widen(tensor)?;
    }
    for node in &mut graph.node {
        let element_type = match node.op_type.as_deref() {
            Some("Cast") => "to",
            Some("RandomNormalLike" | "RandomUniformLike" | "RandomNormal" | "RandomUniform") => {
                "dtype"
            }
            _ => "",
        };
        for attribute in &mut node.attribute {
            if attribute.name.as_deref() == Some(element_type)
                && attribute
                    .i
                    .is_some_and(|kind| is_other_float(low_bits::<i32>(kind)))
            {
                attribute.i = Some(i64::from(FLOAT));
            }
            for tensor in attribute.t.iter_mut().chain(&mut attribute.tensors) {
                widen(tensor)?;
            }
        }
    }
    let infos = graph.input.iter_mut().chain(&mut graph.output);
    for info in infos.chain(&mut graph.value_info) {
        let tensor = info.r#type.as_mut().and_then(|t| t.tensor_type.as_mut());
        if let Some(tensor) = tensor
            && tensor.elem_type.is_some_and(is_other_float)
        {
            tensor.elem_type = Some(FLOAT);
        }
    }
    Ok(())
}

/// Whether the graph computes in another precision anywhere. Weights alone, each cast to 32-bit floats before it is used, are no such thing: that is
/// how smaller files are made.
pub(crate) fn is_needed(graph: &GraphProto) -> bool {
    let casts = |node: &NodeProto, kinds: &dyn Fn(i32) -> bool| {
        node.op_type.as_deref() == Some("Cast")
            && node.attribute.iter().any(|a: &AttributeProto| {
                a.name.as_deref() == Some("to")
                    && a.i.is_some_and(|kind| kinds(low_bits::<i32>(kind)))
            })
    };
    let is_other = |tensor: &TensorProto| tensor.data_type.is_some_and(is_other_float);
    let stored: std::collections::HashSet<&str> = graph
        .initializer
        .iter()
        .filter(|tensor| is_other(tensor))
        .filter_map(|tensor| tensor.name.as_deref())
        .collect();
    let is_stored = |name: &String| stored.contains(name.as_str());
    graph.node.iter().any(|node| {
        let reads = node.input.iter().any(is_stored);
        (reads && !casts(node, &|kind| kind == FLOAT))
            || casts(node, &is_other_float)
            || node.attribute.iter().any(|a| a.t.iter().any(is_other))
    }) || graph.initializer.iter().any(|tensor| {
        // The one that ONNX Runtime and `check` understand as weights.
        is_other(tensor) && tensor.data_type != Some(FLOAT16)
    })
}

/// Whether `kind` is an element type of floats that [`to_single`] rewrites.
pub(crate) fn is_other_float(kind: i32) -> bool {
    matches!(kind, FLOAT16 | DOUBLE | BFLOAT16)
}

fn widen(tensor: &mut TensorProto) -> Result<(), Refusal> {
    let kind = tensor.data_type.unwrap_or(0);
    if !is_other_float(kind) || !tensor.external_data.is_empty() {
        return Ok(());
    }
    let of_sixteen = kind != DOUBLE && tensor.raw_data.is_none();
    let odd = tensor
        .int32_data
        .iter()
        .find(|bits| !(0..=0xffff).contains(*bits));
    if let (true, Some(bits)) = (of_sixteen, odd) {
        return Err(Refusal(format!(
            "weight `{}` holds {bits} among its 16-bit floats; expected 0 to 65535",
            tensor.name.as_deref().unwrap_or("(unnamed)")
        )));
    }
    let from_bfloat = |bits: u16| f32::from_bits(u32::from(bits) << 16);
    let values: Vec<f32> = match (kind, &tensor.raw_data) {
        (DOUBLE, Some(raw)) => (raw.as_chunks::<8>().0.iter())
            .map(|bytes| nearest_f32(f64::from_le_bytes(*bytes)))
            .collect(),
        (DOUBLE, None) => tensor.double_data.iter().map(|&x| nearest_f32(x)).collect(),
        (FLOAT16, Some(raw)) => halves(raw).map(from_half).collect(),
        (_, Some(raw)) => halves(raw).map(from_bfloat).collect(),
        // The specification keeps the bits of 16-bit floats in the list of integers.
        (FLOAT16, None) => {
            let bits = tensor.int32_data.iter();
            bits.map(|&bits| from_half(low_bits::<u16>(bits))).collect()
        }
        (_, None) => {
            let bits = tensor.int32_data.iter();
            bits.map(|&bits| from_bfloat(low_bits::<u16>(bits)))
                .collect()
        }
    };
    let width = if kind == DOUBLE { 8 } else { 2 };
    let whole = (tensor.raw_data.as_ref()).is_none_or(|raw| raw.len() == values.len() * width);
    if !whole || tensor.element_count() != Some(values.len()) {
        return Err(Refusal(format!(
            "weight `{}` holds {} values where its shape is {:?}",
            printed(tensor.name.as_deref().unwrap_or("(unnamed)")),
            values.len(),
            tensor.dims
        )));
    }
    *tensor = TensorProto {
        name: tensor.name.take(),
        dims: std::mem::take(&mut tensor.dims),
        data_type: Some(FLOAT),
        raw_data: Some(values.iter().flat_map(|x| x.to_le_bytes()).collect()),
        data_location: tensor.data_location,
        ..TensorProto::default()
    };
    Ok(())
}

fn halves(raw: &[u8]) -> impl Iterator<Item = u16> {
    let chunks = raw.as_chunks::<2>().0.iter();
    chunks.map(|bytes| u16::from_le_bytes(*bytes))
}

/// The number whose IEEE 754 binary16 bits are given; exact.
pub(crate) fn from_half(bits: u16) -> f32 {
    let (exponent, fraction) = (u32::from(bits >> 10 & 0x1f), u32::from(bits & 0x3ff));
    let value = match exponent {
        // Not by way of a subnormal binary32, which a thread may flush to zero.
        0 => nearest_f32(fraction) * (1.0 / nearest_f32(1 << 24)),
        0x1f => f32::from_bits(0xff << 23 | fraction << 13),
        _ => f32::from_bits((exponent + 127 - 15) << 23 | fraction << 13),
    };
    if bits & 0x8000 == 0 { value } else { -value }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tensor(kind: i32, raw: Vec<u8>) -> TensorProto {
        TensorProto {
            name: Some("w".into()),
            dims: vec![2],
            data_type: Some(kind),
            raw_data: Some(raw),
            ..TensorProto::default()
        }
    }

    fn cast(from: &str, to: i32) -> NodeProto {
        let attribute = AttributeProto::integer("to", i64::from(to));
        NodeProto::standard("Cast", &[from], "y", vec![attribute])
    }

    #[test]
    fn half_precision_numbers_are_read_exactly() {
        for (bits, expected) in [
            (0x0000, 0.0),
            (0x0001, 2.0_f32.powi(-24)),
            (0x03ff, 1_023.0 * 2.0_f32.powi(-24)),
            (0x0400, 2.0_f32.powi(-14)),
            (0x3c00, 1.0),
            (0x3555, 0.333_251_95),
            (0xc000, -2.0),
            (0x7bff, 65_504.0),
            (0xfc00, f32::NEG_INFINITY),
        ] {
            assert_eq!(from_half(bits), expected, "{bits:#06x}");
        }
        assert!(from_half(0x7e00).is_nan());
        assert!(from_half(0x8000).is_sign_negative());
    }

    #[test]
    fn every_kind_of_float_becomes_the_same_32_bit_floats() {
        let double = [1.5_f64, -2.0].iter().flat_map(|x| x.to_le_bytes());
        for tensor in [
            tensor(FLOAT16, vec![0x00, 0x3e, 0x00, 0xc0]),
            tensor(BFLOAT16, vec![0xc0, 0x3f, 0x00, 0xc0]),
            tensor(DOUBLE, double.collect()),
        ] {
            let mut graph = GraphProto {
                initializer: vec![tensor.clone()],
                node: vec![cast("w", tensor.data_type.unwrap())],
                ..GraphProto::default()
            };
            assert!(is_needed(&graph));
            to_single(&mut graph).unwrap();
            let widened = &graph.initializer[0];
            assert_eq!(widened, &TensorProto::floats("w", vec![2], &[1.5, -2.0]));
            assert_eq!(graph.node[0], cast("w", FLOAT));
            assert!(!is_needed(&graph));

            let short = TensorProto {
                dims: vec![3],
                ..tensor
            };
            graph.initializer = vec![short];
            assert!(
                to_single(&mut graph)
                    .unwrap_err()
                    .to_string()
                    .contains("`w`")
            );
        }
    }

    #[test]
    fn weights_that_are_only_stored_in_half_precision_stay_so() {
        let graph = GraphProto {
            initializer: vec![tensor(FLOAT16, vec![0; 4])],
            node: vec![cast("w", FLOAT)],
            ..GraphProto::default()
        };
        assert!(!is_needed(&graph));
    }
}
