//! `binary-thresh`: 1 where X ≥ t, else 0 (paper, equation 1).

use multiversion::multiversion;

use super::mix;

/// See [`TransformKind::apply`](super::TransformKind::apply).
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn apply(map: &mut [f32], threshold: f32, amount: f32) {
    mix::map(map, amount, |x| if x >= threshold { 1.0 } else { 0.0 });
}
