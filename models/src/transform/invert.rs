//! `invert`: 1 − X.

/// See [`TransformKind::apply`](super::TransformKind::apply).
pub(super) fn apply(map: &mut [f32], amount: f32) {
    super::mix(map, amount, |x| 1.0 - x);
}
