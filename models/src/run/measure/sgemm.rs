//! The fastest that ONNX Runtime multiplies matrices on one thread.

use std::time::Duration;

use ort::inputs;
use ort::value::TensorRef;

use crate::error::ModelError;
use crate::onnx::proto::{
    Dimension, FLOAT, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto,
    ValueInfoProto,
};
use crate::run::runtime::Runtime;
use crate::run::runtime::output;

/// Rows and columns of the matrices: large enough that packing and calling do not count.
const SIZE: usize = 1_024;

/// The best of `rounds` products of two 1024 × 1024 matrices in ONNX Runtime, one thread, the second a constant as weights are:
/// billions of floating-point operations per second, a multiplication and an addition being two.
///
/// The best, not the median: it stands for what the processor can do, and whatever else ran only took from that.
///
/// `clock` says the time: that which passes, or that which the calling thread has worked.
///
/// # Errors
/// [`ModelError::Runtime`] where ONNX Runtime refuses.
pub fn peak_gflops(
    runtime: &Runtime,
    rounds: usize,
    clock: impl Fn() -> Duration,
) -> Result<f64, ModelError> {
    let mut session = runtime.session(&product())?;
    let a = matrix();
    let mut best = f64::INFINITY;
    for _ in 0..rounds.max(1) + 1 {
        let started = clock();
        let outputs =
            session.run(inputs!["a" => TensorRef::from_array_view(([SIZE, SIZE], &*a))?])?;
        output(&outputs, "c")?;
        best = best.min(clock().saturating_sub(started).as_secs_f64());
    }
    Ok(2.0 * (SIZE as f64).powi(3) / best / 1e9)
}

/// Numbers that are neither equal nor denormal.
fn matrix() -> Vec<f32> {
    let value = |n: usize| (n * 37 % 101) as f32 / 101.0 + 0.01;
    (0..SIZE * SIZE).map(value).collect()
}

fn product() -> ModelProto {
    let size = SIZE as i64;
    let square = |name| {
        ValueInfoProto::float_tensor(name, &[Dimension::Fixed(size), Dimension::Fixed(size)])
    };
    let node = NodeProto {
        op_type: Some("MatMul".into()),
        input: vec!["a".into(), "b".into()],
        output: vec!["c".into()],
        ..NodeProto::default()
    };
    let weights = TensorProto {
        name: Some("b".into()),
        dims: vec![size, size],
        data_type: Some(FLOAT),
        raw_data: Some(matrix().iter().flat_map(|x| x.to_le_bytes()).collect()),
        ..TensorProto::default()
    };
    ModelProto {
        ir_version: Some(8),
        opset_import: vec![OperatorSetIdProto {
            domain: None,
            version: Some(17),
        }],
        graph: Some(GraphProto {
            name: Some("sgemm".into()),
            node: vec![node],
            initializer: vec![weights],
            input: vec![square("a")],
            output: vec![square("c")],
            ..GraphProto::default()
        }),
        ..ModelProto::default()
    }
}
