//! `scalar-multiply`: k·X.

use multiversion::multiversion;

use super::{Maps, mix};

/// See [`TransformKind::apply`](super::TransformKind::apply).
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn apply<'a>(maps: Maps<'a>, factor: f32, amount: f32) {
    maps.each(|map| mix::map(map, amount, |x| factor * x));
}
