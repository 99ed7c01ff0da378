//! Each transform as standard nodes; the formulas are those of [`TransformKind`].

use super::affine::{rotated, scaled, translated, warp};
use super::disc::{dilate, erode};
use super::map_shape::MapShape;
use super::nodes::{Nodes, int};
use crate::bends::transform::MAX_PARAMETERS;
use crate::bends::transform::TransformKind;
use crate::onnx::proto::FLOAT;

/// Axes of time and frequency in `[batch, feature, time, frequency]`.
const ROWS: i64 = 2;
const COLUMNS: i64 = 3;

/// Whether a transform with these parameters changes nothing. A parameter that is no number counts as one that does not.
pub(super) fn is_identity(kind: TransformKind, parameters: [f32; MAX_PARAMETERS]) -> bool {
    let [first, second] = parameters;
    let still = |value: f32| value.is_nan() || value == 0.0;
    match kind {
        TransformKind::Translate => still(first) && still(second),
        TransformKind::Scale => first.is_nan() || first == 1.0,
        TransformKind::Rotate => still(first % 360.0),
        TransformKind::Erode | TransformKind::Dilate => first.is_nan() || first <= 0.0,
        _ => false,
    }
}

/// `f(x)`; gives the name of the result. Not for what [`is_identity`] finds.
pub(super) fn transform(
    nodes: &mut Nodes,
    kind: TransformKind,
    parameters: [f32; MAX_PARAMETERS],
    shape: MapShape,
    x: &str,
) -> String {
    let [first, second] = parameters;
    match kind {
        TransformKind::Ablate => scaled_by(nodes, 0.0, x),
        TransformKind::Invert => {
            let one = nodes.scalar(1.0);
            nodes.push("Sub", &[&one, x], Vec::new())
        }
        TransformKind::ScalarMultiply => scaled_by(nodes, first, x),
        TransformKind::BinaryThresh => threshold(nodes, first, x),
        TransformKind::FlipHorizontal => reversed(nodes, COLUMNS, shape.columns, x),
        TransformKind::FlipVertical => reversed(nodes, ROWS, shape.rows, x),
        TransformKind::Translate => warp(nodes, translated(shape, first, second), shape, x),
        TransformKind::Scale => warp(nodes, scaled(shape, first), shape, x),
        TransformKind::Rotate => warp(nodes, rotated(shape, first), shape, x),
        TransformKind::Erode => erode(nodes, first, shape, x),
        TransformKind::Dilate => dilate(nodes, first, shape, x),
    }
}

fn scaled_by(nodes: &mut Nodes, factor: f32, x: &str) -> String {
    let factor = nodes.scalar(factor);
    nodes.push("Mul", &[x, &factor], Vec::new())
}

/// 1 where `x ≥ t`, else 0. Written as `not x < t`, because GreaterOrEqual is younger than the oldest operator set a model may have.
fn threshold(nodes: &mut Nodes, t: f32, x: &str) -> String {
    let t = nodes.scalar(t);
    let below = nodes.push("Less", &[x, &t], Vec::new());
    let reached = nodes.push("Not", &[&below], Vec::new());
    nodes.push("Cast", &[&reached], vec![int("to", i64::from(FLOAT))])
}

fn reversed(nodes: &mut Nodes, axis: i64, size: usize, x: &str) -> String {
    let order = nodes.integers((0..size as i64).rev().collect());
    nodes.push("Gather", &[x, &order], vec![int("axis", axis)])
}
