//! `scalar-multiply`: k·X.

use multiversion::multiversion;

use super::mix;

/// See [`TransformKind::apply`](super::TransformKind::apply).
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn apply(map: &mut [f32], factor: f32, amount: f32) {
    mix::map(map, amount, |x| factor * x);
}
