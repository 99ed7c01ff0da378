//! Nodes, appended one after the other.
//!
//! Constant floats are nodes as well, not initializers: those are a model's weights, listed and bent by their numbers, which must stay.
//! Whole numbers are initializers: as nodes they are younger than the oldest operator set.

use netbend_dsp::number::signed;

use crate::onnx::proto::{AttributeProto, FLOAT, INT64, NodeProto, TensorProto};

/// ONNX attribute type codes.
const ATTRIBUTE_INT: i32 = 2;
const ATTRIBUTE_TENSOR: i32 = 4;
const ATTRIBUTE_INTS: i32 = 7;

/// What is going to be put into a graph. Each node has one output, named after its place.
#[derive(Debug)]
pub(super) struct Nodes {
    prefix: String,
    pub(super) nodes: Vec<NodeProto>,
    pub(super) integers: Vec<TensorProto>,
}

impl Nodes {
    /// None yet; every name will begin with `prefix`.
    pub(super) fn new(prefix: String) -> Self {
        Self {
            prefix,
            nodes: Vec::new(),
            integers: Vec::new(),
        }
    }

    /// Appends a node and gives the name of its output.
    pub(super) fn push(
        &mut self,
        operator: &str,
        inputs: &[&str],
        attribute: Vec<AttributeProto>,
    ) -> String {
        let output = format!("{}.{}", self.prefix, self.nodes.len() + 1);
        self.nodes.push(NodeProto {
            input: inputs.iter().map(|&input| input.to_owned()).collect(),
            output: vec![output.clone()],
            name: Some(output.clone()),
            op_type: Some(operator.to_owned()),
            domain: None,
            attribute,
        });
        output
    }

    /// A constant without dimensions.
    pub(super) fn scalar(&mut self, value: f32) -> String {
        self.floats(Vec::new(), &[value])
    }

    /// A constant of floats.
    pub(super) fn floats(&mut self, dims: Vec<i64>, values: &[f32]) -> String {
        let bytes = values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        let value = AttributeProto {
            name: Some("value".to_owned()),
            t: Some(TensorProto {
                dims,
                data_type: Some(FLOAT),
                raw_data: Some(bytes),
                ..TensorProto::default()
            }),
            r#type: Some(ATTRIBUTE_TENSOR),
            ..AttributeProto::default()
        };
        self.push("Constant", &[], vec![value])
    }

    /// A constant list of whole numbers.
    pub(super) fn integers(&mut self, values: Vec<i64>) -> String {
        let name = format!("{}.integers.{}", self.prefix, self.integers.len() + 1);
        self.integers.push(TensorProto {
            name: Some(name.clone()),
            dims: vec![signed(values.len())],
            data_type: Some(INT64),
            // Not as raw data: small numbers take two to four bytes so, not eight.
            int64_data: values,
            ..TensorProto::default()
        });
        name
    }

    /// What lies at those places of an axis, in that order.
    pub(super) fn gather(&mut self, of: &str, places: Vec<i64>, axis: i64) -> String {
        let places = self.integers(places);
        self.push("Gather", &[of, &places], vec![int("axis", axis)])
    }

    /// `x + amount·(y − x)`.
    pub(super) fn blend(&mut self, x: &str, y: &str, amount: f32) -> String {
        let amount = self.scalar(amount);
        let change = self.push("Sub", &[y, x], Vec::new());
        let part = self.push("Mul", &[&change, &amount], Vec::new());
        self.push("Add", &[x, &part], Vec::new())
    }
}

/// An integer attribute.
pub(super) fn int(name: &str, value: i64) -> AttributeProto {
    AttributeProto {
        name: Some(name.to_owned()),
        i: Some(value),
        r#type: Some(ATTRIBUTE_INT),
        ..AttributeProto::default()
    }
}

/// An attribute of several integers.
pub(super) fn ints(name: &str, values: Vec<i64>) -> AttributeProto {
    AttributeProto {
        name: Some(name.to_owned()),
        ints: values,
        r#type: Some(ATTRIBUTE_INTS),
        ..AttributeProto::default()
    }
}
