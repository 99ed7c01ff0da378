//! `scalar-multiply`: k·X.

/// See [`TransformKind::apply`](super::TransformKind::apply).
pub(super) fn apply(map: &mut [f32], factor: f32, amount: f32) {
    super::mix(map, amount, |x| factor * x);
}
