//! `binary-thresh`: 1 where X ≥ t, else 0 (paper, equation 1).

/// See [`TransformKind::apply`](super::TransformKind::apply).
pub(super) fn apply(map: &mut [f32], threshold: f32, amount: f32) {
    super::mix(map, amount, |x| if x >= threshold { 1.0 } else { 0.0 });
}
