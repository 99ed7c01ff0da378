//! `binary-thresh`: 1 where X ≥ t, else 0 (paper, equation 1).

/// See [`TransformKind::apply_row`](super::TransformKind::apply_row).
pub(super) fn apply(row: &mut [f32], threshold: f32, amount: f32) {
    super::mix(row, amount, |x| if x >= threshold { 1.0 } else { 0.0 });
}
