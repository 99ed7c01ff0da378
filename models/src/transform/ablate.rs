//! `ablate`: X·0.

/// See [`TransformKind::apply`](super::TransformKind::apply).
pub(super) fn apply(map: &mut [f32], amount: f32) {
    super::mix(map, amount, |_| 0.0);
}
