//! `dilate`: the maximum over a disc of radius `r` about each value (paper §4; OpenCV's `dilate` with a
//! [`MORPH_ELLIPSE`](super::disc) element).

use super::{Maps, Scratch, morphology};

/// See [`TransformKind::apply`](super::TransformKind::apply).
pub(super) fn apply(maps: Maps<'_>, radius: f32, amount: f32, scratch: &mut Scratch) {
    morphology::maximum(maps, radius, 1.0, amount, scratch);
}
