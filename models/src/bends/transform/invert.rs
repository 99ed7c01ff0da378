//! `invert`: 1 − X.

use multiversion::multiversion;

use super::{Maps, mix};

/// See [`TransformKind::apply`](super::TransformKind::apply).
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn apply<'a>(maps: Maps<'a>, amount: f32) {
    maps.each(|map| mix::map(map, amount, |x| 1.0 - x));
}
