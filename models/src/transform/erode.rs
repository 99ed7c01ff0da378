//! `erode`: the minimum over a disc of radius `r` about each value (paper §4; OpenCV's `erode` with a
//! [`MORPH_ELLIPSE`](super::disc) element).

use super::{MapSize, Scratch, morphology};

/// See [`TransformKind::apply`](super::TransformKind::apply).
pub(super) fn apply(
    map: &mut [f32],
    size: MapSize,
    radius: f32,
    amount: f32,
    scratch: &mut Scratch,
) {
    // min X = −max −X.
    morphology::maximum(map, size, radius, -1.0, amount, scratch);
}
