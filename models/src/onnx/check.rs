//! What a model file must satisfy before ONNX Runtime is handed a single byte of it.
//!
//! The rules are allow-lists: known operators of the standard domain only, no nested graphs, no
//! functions, no data outside the file, finite weights, and sizes within [`limits`].

use super::proto::{
    BOOL, FLOAT, FLOAT16, GraphProto, INT32, INT64, ModelProto, NodeProto, TensorProto,
};
use super::remedy::{FUNCTIONS, remedy};
use crate::error::ModelError;

/// Upper bounds on what a model file may ask for.
pub mod limits {
    /// Bytes of the whole file.
    pub const FILE_BYTES: u64 = 512 << 20;
    /// Nodes in the graph.
    pub const NODES: usize = 2_000;
    /// Initializers in the graph.
    pub const INITIALIZERS: usize = 2_000;
    /// Elements of one tensor.
    pub const TENSOR_ELEMENTS: usize = 1 << 27;
    /// Bytes of one name.
    pub const NAME_BYTES: usize = 256;
    /// Bytes of the manifest.
    pub const MANIFEST_BYTES: usize = 1 << 20;
    /// Newest standard operator set understood.
    pub const OPSET: i64 = 25;
    /// Oldest standard operator set understood.
    pub const OLDEST_OPSET: i64 = 7;
}

/// The standard operators a model may use. None of them runs a nested graph or reads a file.
pub(crate) const OPERATORS: &[&str] = &[
    "Abs",
    "Add",
    "And",
    "AveragePool",
    "BatchNormalization",
    "Cast",
    "Ceil",
    "Celu",
    "Clip",
    "Concat",
    "Constant",
    "ConstantOfShape",
    "Conv",
    "ConvTranspose",
    "Cos",
    "DepthToSpace",
    "Div",
    "Dropout",
    "Elu",
    "Equal",
    "Erf",
    "Exp",
    "Expand",
    "Flatten",
    "Floor",
    "Gather",
    "Gelu",
    "Gemm",
    "GlobalAveragePool",
    "GlobalMaxPool",
    "Greater",
    "GreaterOrEqual",
    "GroupNormalization",
    "HardSigmoid",
    "HardSwish",
    "Identity",
    "InstanceNormalization",
    "LayerNormalization",
    "LeakyRelu",
    "Less",
    "LessOrEqual",
    "Log",
    "LogSoftmax",
    "LpNormalization",
    "MatMul",
    "Max",
    "MaxPool",
    "Mean",
    "Min",
    "Mish",
    "Mod",
    "Mul",
    "Neg",
    "Not",
    "Or",
    "PRelu",
    "Pad",
    "Pow",
    "RMSNormalization",
    "Range",
    "Reciprocal",
    "ReduceL1",
    "ReduceL2",
    "ReduceMax",
    "ReduceMean",
    "ReduceMin",
    "ReduceProd",
    "ReduceSum",
    "ReduceSumSquare",
    "Relu",
    "Reshape",
    "Resize",
    "Round",
    "Selu",
    "Shape",
    "Sigmoid",
    "Sign",
    "Sin",
    "Slice",
    "Softmax",
    "Softplus",
    "Softsign",
    "SpaceToDepth",
    "Split",
    "Sqrt",
    "Squeeze",
    "Sub",
    "Sum",
    "Tanh",
    "ThresholdedRelu",
    "Tile",
    "Transpose",
    "Unsqueeze",
    "Upsample",
    "Where",
];

/// Checks a decoded model against the rules of this module.
///
/// # Errors
/// [`ModelError::Structure`] naming the first rule that is broken and by what.
pub fn check(model: &ModelProto) -> Result<(), ModelError> {
    let fail = |message: String| Err(ModelError::Structure(message));
    if !model.functions.is_empty() {
        return fail(FUNCTIONS.into());
    }
    for import in &model.opset_import {
        let domain = import.domain.as_deref().unwrap_or("");
        if !matches!(domain, "" | "ai.onnx") {
            return fail(format!(
                "it uses the operator domain `{domain}`; {}",
                remedy(domain, "")
            ));
        }
        let version = import.version.unwrap_or(0);
        if !(limits::OLDEST_OPSET..=limits::OPSET).contains(&version) {
            return fail(format!(
                "its operator set is {version}; expected {} to {}: export with opset_version=18",
                limits::OLDEST_OPSET,
                limits::OPSET
            ));
        }
    }
    let Some(graph) = &model.graph else {
        return fail("the file holds no graph".into());
    };
    check_graph(graph)
}

fn check_graph(graph: &GraphProto) -> Result<(), ModelError> {
    let fail = |message: String| Err(ModelError::Structure(message));
    if graph.node.is_empty() || graph.node.len() > limits::NODES {
        return fail(format!(
            "it has {} nodes; expected 1 to {}",
            graph.node.len(),
            limits::NODES
        ));
    }
    if graph.initializer.len() > limits::INITIALIZERS {
        return fail(format!(
            "it has {} weight tensors; at most {} are allowed",
            graph.initializer.len(),
            limits::INITIALIZERS
        ));
    }
    if !graph.sparse_initializer.is_empty() {
        return fail("it has sparse weights, which are not supported".into());
    }
    for node in &graph.node {
        let operator = node.op_type.as_deref().unwrap_or("");
        if let Some(refusal) = refusal(node) {
            return fail(refusal);
        }
        for name in node.input.iter().chain(&node.output).chain(&node.name) {
            check_name(name)?;
        }
        for attribute in &node.attribute {
            if attribute.g.is_some()
                || !attribute.graphs.is_empty()
                || attribute.ref_attr_name.is_some()
            {
                return fail(format!("node of `{operator}` holds a nested graph"));
            }
            for tensor in attribute.t.iter().chain(&attribute.tensors) {
                check_tensor(tensor)?;
            }
        }
    }
    for tensor in &graph.initializer {
        check_name(tensor.name.as_deref().unwrap_or(""))?;
        check_tensor(tensor)?;
    }
    Ok(())
}

/// Why the node's operator does not run, if it does not, and what to do.
pub(crate) fn refusal(node: &NodeProto) -> Option<String> {
    let operator = node.op_type.as_deref().unwrap_or("");
    let domain = node.domain.as_deref().unwrap_or("");
    if matches!(domain, "" | "ai.onnx") && OPERATORS.contains(&operator) {
        return None;
    }
    let separator = if domain.is_empty() { "" } else { ":" };
    Some(format!(
        "operator `{domain}{separator}{operator}` is not one Netbend runs: {}",
        remedy(domain, operator)
    ))
}

fn check_name(name: &str) -> Result<(), ModelError> {
    if name.len() > limits::NAME_BYTES {
        return Err(ModelError::Structure(format!(
            "a tensor's name has {} bytes; at most {} are allowed",
            name.len(),
            limits::NAME_BYTES
        )));
    }
    Ok(())
}

fn check_tensor(tensor: &TensorProto) -> Result<(), ModelError> {
    let name = tensor.name.as_deref().unwrap_or("(unnamed)");
    let fail = |message: String| Err(ModelError::Structure(message));
    if !tensor.external_data.is_empty() || tensor.data_location.unwrap_or(0) != 0 {
        return fail(format!(
            "weight `{name}` lies outside the file; save the model with its weights inside"
        ));
    }
    let count = match tensor.element_count() {
        Some(count) if count <= limits::TENSOR_ELEMENTS => count,
        _ => {
            return fail(format!(
                "weight `{name}` has an impossible shape {:?}",
                tensor.dims
            ));
        }
    };
    let data_type = tensor.data_type.unwrap_or(0);
    if let Some(raw) = &tensor.raw_data {
        let width = match data_type {
            FLOAT => 4,
            FLOAT16 => 2,
            INT64 => 8,
            INT32 => 4,
            BOOL => 1,
            other => {
                return fail(format!(
                    "weight `{name}` has element type {other}; expected float, float16, int64, int32 or bool"
                ));
            }
        };
        if raw.len() != count * width {
            return fail(format!(
                "weight `{name}` has {} bytes where its shape {:?} needs {}",
                raw.len(),
                tensor.dims,
                count * width
            ));
        }
        let finite = match data_type {
            FLOAT => raw
                .as_chunks::<4>()
                .0
                .iter()
                .all(|bytes| f32::from_le_bytes(*bytes).is_finite()),
            // An all-ones exponent is infinity or not-a-number.
            FLOAT16 => raw
                .as_chunks::<2>()
                .0
                .iter()
                .all(|bytes| u16::from_le_bytes(*bytes) & 0x7c00 != 0x7c00),
            _ => true,
        };
        if !finite {
            return fail(format!("weight `{name}` holds infinities or not-a-number"));
        }
    } else {
        let held = tensor.float_data.len()
            + tensor.int32_data.len()
            + tensor.int64_data.len()
            + tensor.double_data.len();
        if held != count {
            return fail(format!(
                "weight `{name}` holds {held} values where its shape needs {count}"
            ));
        }
        if !tensor.float_data.iter().all(|value| value.is_finite()) {
            return fail(format!("weight `{name}` holds infinities or not-a-number"));
        }
    }
    Ok(())
}
