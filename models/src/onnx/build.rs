//! Making nodes, attributes and tensors.

use netbend_dsp::number::signed;

use super::proto::{
    AttributeProto, Dimension, FLOAT, INT64, NodeProto, TensorProto, ValueInfoProto,
};

/// ONNX attribute type codes.
const ATTRIBUTE_INT: i32 = 2;
const ATTRIBUTE_INTS: i32 = 7;

impl AttributeProto {
    /// An integer.
    pub(crate) fn integer(name: &str, value: i64) -> Self {
        Self {
            name: Some(name.to_owned()),
            i: Some(value),
            r#type: Some(ATTRIBUTE_INT),
            ..Self::default()
        }
    }

    /// A list of integers.
    pub(crate) fn integers(name: &str, values: Vec<i64>) -> Self {
        Self {
            name: Some(name.to_owned()),
            ints: values,
            r#type: Some(ATTRIBUTE_INTS),
            ..Self::default()
        }
    }
}

impl NodeProto {
    /// A node of a standard operator with one output.
    pub(crate) fn standard(
        operator: &str,
        inputs: &[&str],
        output: &str,
        attribute: Vec<AttributeProto>,
    ) -> Self {
        Self {
            input: inputs.iter().map(|&name| name.to_owned()).collect(),
            output: vec![output.to_owned()],
            op_type: Some(operator.to_owned()),
            attribute,
            ..Self::default()
        }
    }

    /// Gives it that attribute in place of what it has under the name.
    pub(crate) fn set(&mut self, attribute: AttributeProto) {
        self.attribute.retain(|old| old.name != attribute.name);
        self.attribute.push(attribute);
    }
}

impl TensorProto {
    /// A list of whole numbers.
    pub(crate) fn integers(name: &str, values: Vec<i64>) -> Self {
        Self {
            name: Some(name.to_owned()),
            dims: vec![signed(values.len())],
            data_type: Some(INT64),
            int64_data: values,
            ..Self::default()
        }
    }

    /// 32-bit floats of that shape.
    pub(crate) fn floats(name: &str, dims: Vec<i64>, values: &[f32]) -> Self {
        Self {
            name: Some(name.to_owned()),
            dims,
            data_type: Some(FLOAT),
            raw_data: Some(values.iter().flat_map(|x| x.to_le_bytes()).collect()),
            ..Self::default()
        }
    }
}

impl ValueInfoProto {
    /// A tensor of 64-bit whole numbers with the given dimensions.
    pub(crate) fn integer_tensor(name: &str, dimensions: &[Dimension<'_>]) -> Self {
        let mut info = Self::float_tensor(name, dimensions);
        if let Some(tensor) = info.r#type.as_mut().and_then(|t| t.tensor_type.as_mut()) {
            tensor.elem_type = Some(INT64);
        }
        info
    }
}
