//! The one table of operators: which may be used, what they read and write, and their attributes with the range of each.
//!
//! # How to add an operator
//! One line in [`OPERATORS`], in alphabetical order, and a rule for its shape in [`shapes`](super::super::shapes):
//! `op("Split", "t l?", "t*", &[AXIS, ints("split", 0, SIZE), int("num_outputs", 1, 64)])`.
//!
//! Inputs and outputs are written as letters, one for each place: what may be there. The same letter means the same type.
//!
//! | letter | element type | | suffix | |
//! |---|---|---|---|---|
//! | `f` | float or float16 | | `?` | may be left out |
//! | `n`, `m` | float, float16, int64 or int32 | | `*` | once or more often, at the end |
//! | `i` | int64 or int32 | | | |
//! | `l` | int64 | | | |
//! | `s` | float | | | |
//! | `b` | bool | | | |
//! | `t` | any of these | | | |
//! | `to`, `value`, `fill` | what that attribute says (outputs only) | | | |
//!
//! An attribute that is not listed is refused: a later operator set may have given it a meaning that Netbend does not know. A
//! range holds what the operator means and ONNX Runtime survives; what it does beyond is said where it is worse than an error.

use std::ops::RangeInclusive;

use netbend_dsp::number::signed;

use crate::onnx::limits;

/// An operator that a model may use.
#[derive(Debug)]
pub(in crate::onnx) struct Operator {
    pub(in crate::onnx) name: &'static str,
    /// What it reads.
    pub(in crate::onnx) inputs: &'static str,
    /// What it writes.
    pub(in crate::onnx) outputs: &'static str,
    pub(super) attributes: &'static [Attribute],
}

/// An attribute that an operator may have.
#[derive(Debug)]
pub(super) struct Attribute {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
}

/// What an attribute holds.
#[derive(Debug)]
pub(super) enum Kind {
    Int(RangeInclusive<i64>),
    /// A list, each number of it within the range.
    Ints(RangeInclusive<i64>),
    /// Finite and within ±1e9.
    Float,
    Floats,
    /// One of these.
    Text(&'static [&'static str]),
    Tensor,
    /// The code of an element type that Netbend runs.
    Element,
}

const fn op(
    name: &'static str,
    inputs: &'static str,
    outputs: &'static str,
    attributes: &'static [Attribute],
) -> Operator {
    Operator {
        name,
        inputs,
        outputs,
        attributes,
    }
}

const fn int(name: &'static str, least: i64, most: i64) -> Attribute {
    let kind = Kind::Int(least..=most);
    Attribute { name, kind }
}

const fn ints(name: &'static str, least: i64, most: i64) -> Attribute {
    let kind = Kind::Ints(least..=most);
    Attribute { name, kind }
}

const fn float(name: &'static str) -> Attribute {
    let kind = Kind::Float;
    Attribute { name, kind }
}

const fn text(name: &'static str, texts: &'static [&'static str]) -> Attribute {
    let kind = Kind::Text(texts);
    Attribute { name, kind }
}

const fn flag(name: &'static str) -> Attribute {
    int(name, 0, 1)
}

/// An axis has at most this size.
const SIZE: i64 = 65_536;
/// Axes count from the end below 0; an axis may be put behind the last.
const FIRST_AXIS: i64 = -LAST_AXIS;
const LAST_AXIS: i64 = signed(limits::AXES);

const AXIS: Attribute = int("axis", FIRST_AXIS, LAST_AXIS);
const AXES: Attribute = ints("axes", FIRST_AXIS, LAST_AXIS);
const ALPHA: Attribute = float("alpha");
const BETA: Attribute = float("beta");
const EPSILON: Attribute = float("epsilon");
const AUTO_PAD: Attribute = text("auto_pad", &["NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"]);
const DILATIONS: Attribute = ints("dilations", 1, SIZE);
/// 0 divides by zero in `ConvTranspose`: SIGFPE.
const GROUP: Attribute = int("group", 1, SIZE);
const KERNEL_SHAPE: Attribute = ints("kernel_shape", 1, SIZE);
/// Of convolutions and pools. Below 0 they read beside the tensor.
const PADS: Attribute = ints("pads", 0, SIZE);
const STRIDES: Attribute = ints("strides", 1, SIZE);
const CEIL_MODE: Attribute = flag("ceil_mode");
const REDUCTION: &[Attribute] = &[AXES, flag("keepdims"), flag("noop_with_empty_axes")];
/// Those that do not depend on a region: `tf_crop_and_resize` gives sizes that are not followed.
const COORDINATES: &[&str] = &[
    "half_pixel",
    "half_pixel_symmetric",
    "pytorch_half_pixel",
    "align_corners",
    "asymmetric",
    "tf_half_pixel_for_nn",
];

/// The standard operators a model may use. None of them runs a nested graph or reads a file.
#[rustfmt::skip] // One operator, one entry: a table to read across.
pub(super) const OPERATORS: &[Operator] = &[
    op("Abs", "n", "n", &[]),
    op("Add", "n n", "n", &[]),
    op("And", "b b", "b", &[]),
    op("AveragePool", "f", "f", &[AUTO_PAD, CEIL_MODE, flag("count_include_pad"), DILATIONS, KERNEL_SHAPE, PADS, STRIDES]),
    // Training would change the model while it plays.
    op("BatchNormalization", "f f f f f", "f", &[EPSILON, float("momentum"), int("spatial", 1, 1), int("training_mode", 0, 0)]),
    op("Cast", "t", "to", &[Attribute { name: "to", kind: Kind::Element }, flag("saturate")]),
    op("Ceil", "f", "f", &[]),
    op("Celu", "f", "f", &[ALPHA]),
    op("Clip", "n n? n?", "n", &[float("max"), float("min")]),
    op("Concat", "t*", "t", &[AXIS]),
    op("Constant", "", "value", &[
        Attribute { name: "value", kind: Kind::Tensor },
        float("value_float"),
        Attribute { name: "value_floats", kind: Kind::Floats },
        int("value_int", i64::MIN, i64::MAX),
        ints("value_ints", i64::MIN, i64::MAX),
    ]),
    op("ConstantOfShape", "l", "fill", &[Attribute { name: "value", kind: Kind::Tensor }]),
    op("Conv", "f f f?", "f", &[AUTO_PAD, DILATIONS, GROUP, KERNEL_SHAPE, PADS, STRIDES]),
    op("ConvTranspose", "f f f?", "f", &[
        AUTO_PAD, DILATIONS, GROUP, KERNEL_SHAPE, ints("output_padding", 0, SIZE), ints("output_shape", 1, SIZE), PADS, STRIDES,
    ]),
    op("Cos", "f", "f", &[]),
    // The square of 2³² is 0 in 64 bits, by which it divides: SIGFPE.
    op("DepthToSpace", "t", "t", &[int("blocksize", 1, 64), text("mode", &["DCR", "CRD"])]),
    // Of whole numbers: only by constants, see `shapes::division`.
    op("Div", "n n", "n", &[]),
    op("Dropout", "f f? b?", "f b?", &[float("ratio"), int("seed", i64::MIN, i64::MAX)]),
    op("Elu", "f", "f", &[ALPHA]),
    op("Equal", "t t", "b", &[]),
    op("Erf", "f", "f", &[]),
    op("Exp", "f", "f", &[]),
    op("Expand", "t l", "t", &[]),
    op("Flatten", "t", "t", &[AXIS]),
    op("Floor", "f", "f", &[]),
    op("Gather", "t i", "t", &[AXIS]),
    op("Gelu", "f", "f", &[text("approximate", &["none", "tanh"])]),
    op("Gemm", "f f f?", "f", &[ALPHA, BETA, flag("transA"), flag("transB")]),
    op("GlobalAveragePool", "f", "f", &[]),
    op("GlobalMaxPool", "f", "f", &[]),
    op("Greater", "n n", "b", &[]),
    op("GreaterOrEqual", "n n", "b", &[]),
    op("GroupNormalization", "f f f", "f", &[EPSILON, int("num_groups", 1, SIZE), int("stash_type", 1, 1)]),
    op("HardSigmoid", "f", "f", &[ALPHA, BETA]),
    op("HardSwish", "f", "f", &[]),
    op("Identity", "t", "t", &[]),
    op("InstanceNormalization", "f f f", "f", &[EPSILON]),
    op("LayerNormalization", "f f f?", "f", &[AXIS, EPSILON, int("stash_type", 1, 1)]),
    op("LeakyRelu", "f", "f", &[ALPHA]),
    op("Less", "n n", "b", &[]),
    op("LessOrEqual", "n n", "b", &[]),
    op("Log", "f", "f", &[]),
    op("LogSoftmax", "f", "f", &[AXIS]),
    op("LpNormalization", "f", "f", &[AXIS, int("p", 1, 2)]),
    op("MatMul", "f f", "f", &[]),
    op("Max", "n*", "n", &[]),
    op("MaxPool", "f", "f l?", &[AUTO_PAD, CEIL_MODE, DILATIONS, KERNEL_SHAPE, PADS, flag("storage_order"), STRIDES]),
    op("Mean", "f*", "f", &[]),
    op("Min", "n*", "n", &[]),
    op("Mish", "f", "f", &[]),
    op("Mod", "n n", "n", &[flag("fmod")]),
    op("Mul", "n n", "n", &[]),
    op("Neg", "n", "n", &[]),
    op("Not", "b", "b", &[]),
    op("Or", "b b", "b", &[]),
    op("PRelu", "f f", "f", &[]),
    op("Pad", "t l? t? i?", "t", &[
        text("mode", &["constant", "reflect", "edge", "wrap"]), ints("pads", -SIZE, SIZE), float("value"),
    ]),
    op("Pow", "n m", "n", &[]),
    op("RMSNormalization", "f f", "f", &[AXIS, EPSILON, int("stash_type", 1, 1)]),
    op("Range", "n n n", "n", &[]),
    op("Reciprocal", "f", "f", &[]),
    op("ReduceL1", "n l?", "n", REDUCTION),
    op("ReduceL2", "n l?", "n", REDUCTION),
    op("ReduceMax", "n l?", "n", REDUCTION),
    op("ReduceMean", "f l?", "f", REDUCTION),
    op("ReduceMin", "n l?", "n", REDUCTION),
    op("ReduceProd", "n l?", "n", REDUCTION),
    op("ReduceSum", "n l?", "n", REDUCTION),
    op("ReduceSumSquare", "n l?", "n", REDUCTION),
    op("Relu", "f", "f", &[]),
    op("Reshape", "t l", "t", &[flag("allowzero")]),
    op("Resize", "f f? s? l?", "f", &[
        flag("antialias"), AXES, text("coordinate_transformation_mode", COORDINATES), float("cubic_coeff_a"), flag("exclude_outside"),
        float("extrapolation_value"), text("keep_aspect_ratio_policy", &["stretch"]), text("mode", &["nearest", "linear", "cubic"]),
        text("nearest_mode", &["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"]),
    ]),
    op("Round", "f", "f", &[]),
    op("Selu", "f", "f", &[ALPHA, float("gamma")]),
    op("Shape", "t", "l", &[int("end", i64::MIN, i64::MAX), int("start", i64::MIN, i64::MAX)]),
    op("Sigmoid", "f", "f", &[]),
    op("Sign", "n", "n", &[]),
    op("Sin", "f", "f", &[]),
    op("Slice", "t i? i? i? i?", "t", &[AXES, ints("ends", i64::MIN, i64::MAX), ints("starts", i64::MIN, i64::MAX)]),
    op("Softmax", "f", "f", &[AXIS]),
    op("Softplus", "f", "f", &[]),
    op("Softsign", "f", "f", &[]),
    op("SpaceToDepth", "t", "t", &[int("blocksize", 1, 64)]),
    op("Split", "t l?", "t*", &[AXIS, int("num_outputs", 1, 64), ints("split", 0, SIZE)]),
    op("Sqrt", "f", "f", &[]),
    op("Squeeze", "t l?", "t", &[AXES]),
    op("Sub", "n n", "n", &[]),
    op("Sum", "f*", "f", &[]),
    op("Tanh", "f", "f", &[]),
    op("ThresholdedRelu", "f", "f", &[ALPHA]),
    op("Tile", "t l", "t", &[]),
    op("Transpose", "t", "t", &[ints("perm", 0, LAST_AXIS - 1)]),
    op("Unsqueeze", "t l?", "t", &[AXES]),
    op("Upsample", "f s?", "f", &[text("mode", &["nearest", "linear"]), Attribute { name: "scales", kind: Kind::Floats }]),
    op("Where", "b t t", "t", &[]),
];

/// The table's entry for an operator of the standard domain.
pub(in crate::onnx) fn operator(name: &str) -> Option<&'static Operator> {
    OPERATORS.iter().find(|operator| operator.name == name)
}
