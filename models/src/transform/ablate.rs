//! `ablate`: X·0.

/// See [`TransformKind::apply_row`](super::TransformKind::apply_row).
pub(super) fn apply(row: &mut [f32], amount: f32) {
    super::mix(row, amount, |_| 0.0);
}
