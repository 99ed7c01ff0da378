//! `flip-h`: columns in reverse order, f(X)[r, c] = X[r, columns − 1 − c].

use multiversion::multiversion;

use super::{Maps, mix};

/// See [`TransformKind::apply`](super::TransformKind::apply).
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn apply<'a>(maps: Maps<'a>, amount: f32) {
    let size = maps.size();
    maps.each(|map| {
        for row in map.chunks_exact_mut(size.columns) {
            if amount >= 1.0 {
                row.reverse();
                continue;
            }
            // The one in the middle of an odd row meets itself and stays.
            let (left, right) = row.split_at_mut(size.columns / 2);
            for (a, b) in left.iter_mut().zip(right.iter_mut().rev()) {
                (*a, *b) = (mix::value(*a, *b, amount), mix::value(*b, *a, amount));
            }
        }
    });
}
