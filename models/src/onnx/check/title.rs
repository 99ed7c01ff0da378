//! What a node is called.

use crate::onnx::printed::printed;
use crate::onnx::proto::NodeProto;

/// What a node is called in messages.
pub(in crate::onnx) fn title(node: &NodeProto) -> String {
    let operator = node.op_type.as_deref().unwrap_or("");
    let output = node.output.first().map_or("", String::as_str);
    format!("{} node `{}`", printed(operator), printed(output))
}
