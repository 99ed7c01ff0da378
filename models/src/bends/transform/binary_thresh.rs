//! `binary-thresh`: 1 where X ≥ t, else 0 (paper, equation 1).

use multiversion::multiversion;

use super::{Maps, mix};

/// See [`TransformKind::apply`](super::TransformKind::apply).
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn apply<'a>(maps: Maps<'a>, threshold: f32, amount: f32) {
    maps.each(|map| mix::map(map, amount, |x| if x >= threshold { 1.0 } else { 0.0 }));
}
