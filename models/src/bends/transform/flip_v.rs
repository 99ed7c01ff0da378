//! `flip-v`: rows in reverse order, f(X)[r, c] = X[rows − 1 − r, c].

use multiversion::multiversion;

use super::{Maps, mix};

/// See [`TransformKind::apply`](super::TransformKind::apply).
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn apply<'a>(maps: Maps<'a>, amount: f32) {
    let size = maps.size();
    maps.each(|map| {
        // The one in the middle of an odd number meets itself and stays.
        let (above, below) = map.split_at_mut(size.rows / 2 * size.columns);
        let above = above.chunks_exact_mut(size.columns);
        for (above, below) in above.zip(below.chunks_exact_mut(size.columns).rev()) {
            for (a, b) in above.iter_mut().zip(below) {
                (*a, *b) = (mix::value(*a, *b, amount), mix::value(*b, *a, amount));
            }
        }
    });
}
