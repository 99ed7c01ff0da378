//! `scalar-multiply`: k·X.

/// See [`TransformKind::apply_row`](super::TransformKind::apply_row).
pub(super) fn apply(row: &mut [f32], factor: f32, amount: f32) {
    super::mix(row, amount, |x| factor * x);
}
