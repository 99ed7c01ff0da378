//! `invert`: 1 − X.

/// See [`TransformKind::apply_row`](super::TransformKind::apply_row).
pub(super) fn apply(row: &mut [f32], amount: f32) {
    super::mix(row, amount, |x| 1.0 - x);
}
