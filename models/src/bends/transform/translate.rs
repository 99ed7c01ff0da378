//! `translate`: the map moves by `x·columns` towards higher frequencies and by `y·rows` towards later times,
//! f(X)[r, c] = X(r − y·rows, c − x·columns), read bilinearly with zeros outside (paper §4; OpenCV's `warpAffine`
//! with the matrix [1 0 x·columns; 0 1 y·rows]).
//!
//! Every value has the same four weights, so rows are combined as they lie.

use multiversion::multiversion;

use super::scratch::Margin;
use super::{Maps, Scratch, mix};

const MARGIN: Margin = Margin {
    rows: 1,
    left: 1,
    right: 1,
};

/// See [`TransformKind::apply`](super::TransformKind::apply).
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn apply<'a>(maps: Maps<'a>, [x, y]: [f32; 2], amount: f32, scratch: &mut Scratch) {
    let size = maps.size();
    let (shift_x, shift_y) = (shift(x, size.columns), shift(y, size.rows));
    if shift_x == 0.0 && shift_y == 0.0 {
        return;
    }
    let (first_column, along) = split(-shift_x);
    let (first_row, down) = split(-shift_y);
    let weights = [
        (1.0 - down) * (1.0 - along),
        (1.0 - down) * along,
        down * (1.0 - along),
        down * along,
    ];
    let stride = MARGIN.stride(size);
    let columns = size.columns as isize;
    // The columns for which at least one of `first_column + c` and the next is on the map.
    let from = (-1 - first_column).clamp(0, columns) as usize;
    let to = (columns - first_column).clamp(from as isize, columns) as usize;
    maps.each(|map| {
        MARGIN.copy(map, size, 0.0, &mut scratch.padded, |x| x);
        for (r, row) in map.chunks_exact_mut(size.columns).enumerate() {
            let source = first_row + r as isize;
            if from == to || source < -1 || source >= size.rows as isize {
                mix::zeros(row, amount);
                continue;
            }
            let start =
                (source + 1) as usize * stride + (from as isize + first_column + 1) as usize;
            let tap = |offset: usize| &scratch.padded[start + offset..][..to - from];
            let (upper, lower) = (
                tap(0).iter().zip(tap(1)),
                tap(stride).iter().zip(tap(stride + 1)),
            );
            mix::zeros(&mut row[..from], amount);
            mix::zeros(&mut row[to..], amount);
            for ((x, (a, b)), (c, d)) in row[from..to].iter_mut().zip(upper).zip(lower) {
                let moved = weights[0] * a + weights[1] * b + weights[2] * c + weights[3] * d;
                *x = mix::value(*x, moved, amount);
            }
        }
    });
}

/// The shift in rows or columns. Beyond ±1 nothing of the map is left, so there is no need to go further.
fn shift(share: f32, size: usize) -> f64 {
    if share.is_nan() {
        return 0.0;
    }
    f64::from(share.clamp(-1.0, 1.0)) * size as f64
}

/// Whole and fractional part of a place, the latter in `[0, 1)`.
fn split(place: f64) -> (isize, f32) {
    let whole = place.floor();
    (whole as isize, (place - whole) as f32)
}
