//! Which rule says the shapes that an operator gives.

use super::attributes::Attributes;
use super::inputs::Inputs;
use super::known::Known;
use super::{arithmetic, convolution, divide, elementwise, fill, pieces, rearrange};
use crate::onnx::printed::printed;
use crate::onnx::refusal::Refusal;

/// What a node with `outputs` outputs gives, as far as it is known: the first output at least.
pub(super) fn outputs_of(
    operator: &str,
    outputs: usize,
    inputs: &Inputs<'_>,
    attributes: &Attributes<'_>,
) -> Result<Vec<Known>, Refusal> {
    match operator {
        "Split" => divide::split(outputs, inputs, attributes),
        // A mask, and the places of the largest, of the same shape.
        "Dropout" | "MaxPool" => {
            let first = of_operator(operator, inputs, attributes)?;
            let second = Known::shaped(first.dims.clone());
            Ok(vec![first, second])
        }
        _ => Ok(vec![of_operator(operator, inputs, attributes)?]),
    }
}

fn of_operator(
    operator: &str,
    inputs: &Inputs<'_>,
    attributes: &Attributes<'_>,
) -> Result<Known, Refusal> {
    match operator {
        "Identity" | "Dropout" => inputs.need(0).cloned(),
        "Cast" => elementwise::cast(inputs, attributes),
        "Abs" | "Ceil" | "Floor" | "Neg" | "Not" | "Round" | "Sign" => {
            elementwise::unary(operator, inputs)
        }
        "BatchNormalization"
        | "Celu"
        | "Clip"
        | "Cos"
        | "Elu"
        | "Erf"
        | "Exp"
        | "Gelu"
        | "GroupNormalization"
        | "HardSigmoid"
        | "HardSwish"
        | "InstanceNormalization"
        | "LayerNormalization"
        | "LeakyRelu"
        | "Log"
        | "LogSoftmax"
        | "LpNormalization"
        | "Mish"
        | "RMSNormalization"
        // No model may sample; but a graph that does is looked through for what it samples around.
        | "RandomNormalLike"
        | "RandomUniformLike"
        | "Reciprocal"
        | "Relu"
        | "Selu"
        | "Sigmoid"
        | "Sin"
        | "Softmax"
        | "Softplus"
        | "Softsign"
        | "Sqrt"
        | "Tanh"
        | "ThresholdedRelu" => inputs.need(0).map(|x| Known::shaped(x.dims.clone())),
        "Add" | "Sub" | "Mul" | "Div" | "Mod" | "Pow" | "PRelu" | "Equal" | "Greater"
        | "GreaterOrEqual" | "Less" | "LessOrEqual" | "And" | "Or" => {
            arithmetic::broadcast(operator, inputs)
        }
        "Max" | "Mean" | "Min" | "Sum" => arithmetic::broadcast_all(operator, inputs),
        "Where" => elementwise::choose(inputs),
        "MatMul" => arithmetic::mat_mul(inputs),
        "Gemm" => arithmetic::gemm(inputs, attributes),
        "ReduceL1" | "ReduceL2" | "ReduceMax" | "ReduceMean" | "ReduceMin" | "ReduceProd"
        | "ReduceSum" | "ReduceSumSquare" => arithmetic::reduce(operator, inputs, attributes),
        "Conv" => convolution::conv(inputs, attributes),
        "ConvTranspose" => convolution::conv_transpose(inputs, attributes),
        "MaxPool" | "AveragePool" => convolution::pool(inputs, attributes),
        "GlobalAveragePool" | "GlobalMaxPool" => convolution::global_pool(inputs),
        "Resize" => convolution::resize(inputs, attributes),
        "Upsample" => convolution::upsample(inputs, attributes),
        "ConstantOfShape" => fill::constant_of_shape(inputs, attributes),
        "Expand" => fill::expand(inputs),
        "RandomNormal" | "RandomUniform" => fill::random(attributes),
        "Range" => fill::range(inputs),
        "Tile" => fill::tile(inputs),
        "Constant" => attributes.constant(),
        "Shape" => rearrange::shape(inputs, attributes),
        "Gather" => pieces::gather(inputs, attributes),
        "Concat" => pieces::concat(inputs, attributes),
        "Slice" => pieces::slice(inputs, attributes),
        "Pad" => pieces::pad(inputs, attributes),
        "Reshape" => rearrange::reshape(inputs, attributes),
        "Flatten" => rearrange::flatten(inputs, attributes),
        "Transpose" => rearrange::transpose(inputs, attributes),
        "Squeeze" => rearrange::squeeze(inputs, attributes),
        "Unsqueeze" => rearrange::unsqueeze(inputs, attributes),
        "DepthToSpace" => rearrange::depth_to_space(inputs, attributes),
        "SpaceToDepth" => rearrange::space_to_depth(inputs, attributes),
        other => Err(Refusal(format!("Netbend does not know the shape `{}` gives", printed(other)))),
    }
}
