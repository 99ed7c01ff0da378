//! `scale`: the map grows by `s` about its centre, f(X)[r, c] = X(cr + (r − cr)/s, cc + (c − cc)/s) with
//! (cr, cc) = ((rows − 1)/2, (columns − 1)/2), read bilinearly with zeros outside (paper §4; OpenCV's `warpAffine` with
//! `getRotationMatrix2D(centre, 0, s)`).
//!
//! Rows and columns are independent of each other: a row of the source is stretched once, then two neighbours are combined for each
//! row of the result. Places only grow, so the two are those of the row before, or one of them is, or none.

use multiversion::multiversion;

use super::scratch::{Margin, pair};
use super::{Maps, Scratch, mix};

/// Two, so that a place outside has two zeros to read.
const MARGIN: Margin = Margin {
    rows: 2,
    left: 2,
    right: 2,
};

/// The scales that are told apart: beyond them hardly more than one value of the map is left, or seen.
pub(super) const LIMITS: [f64; 2] = [1e-3, 1e3];

/// See [`TransformKind::apply`](super::TransformKind::apply).
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn apply<'a>(maps: Maps<'a>, scale: f32, amount: f32, scratch: &mut Scratch) {
    let size = maps.size();
    if scale.is_nan() || scale == 1.0 {
        return;
    }
    let step = 1.0 / f64::from(scale).clamp(LIMITS[0], LIMITS[1]);
    let (centre_column, centre_row) = size.centre();
    let Scratch {
        padded,
        lines,
        places,
        fractions,
        ..
    } = scratch;
    places.clear();
    places.resize(size.columns, 0);
    fractions.resize(size.columns, 0.0);
    for (c, (place, fraction)) in places.iter_mut().zip(fractions.iter_mut()).enumerate() {
        let (first, rest) = read(c, centre_column, step, size.columns);
        (*place, *fraction) = (first as u32, rest);
    }
    let stride = MARGIN.stride(size);
    lines.resize(2 * size.columns, 0.0);
    let (mut upper, mut lower) = lines.split_at_mut(size.columns);
    maps.each(|map| {
        MARGIN.copy(map, size, 0.0, padded, |x| x);
        let stretch = |row: usize, to: &mut [f32]| {
            let row = &padded[row * stride..][..stride];
            for ((to, &place), &fraction) in to.iter_mut().zip(places.iter()).zip(fractions.iter())
            {
                let [a, b] = pair(row, place as usize);
                *to = (1.0 - fraction) * a + fraction * b;
            }
        };
        let mut held = usize::MAX - 1; // the row of the source in `upper`; the next one is in `lower`
        for (r, row) in map.chunks_exact_mut(size.columns).enumerate() {
            let (place, fraction) = read(r, centre_row, step, size.rows);
            if place == 0 || place == size.rows + 2 {
                mix::zeros(row, amount);
                continue;
            }
            if place == held + 1 {
                std::mem::swap(&mut upper, &mut lower);
                stretch(place + 1, lower);
            } else if place != held {
                stretch(place, upper);
                stretch(place + 1, lower);
            }
            held = place;
            for ((x, a), b) in row.iter_mut().zip(upper.iter()).zip(lower.iter()) {
                *x = mix::value(*x, (1.0 - fraction) * a + fraction * b, amount);
            }
        }
    });
}

/// Where row or column `place` reads: the first of two neighbours, counted from the margin's edge, and how far towards
/// the second.
#[inline(always)]
fn read(place: usize, centre: f64, step: f64, count: usize) -> (usize, f32) {
    let source = centre + (place as f64 - centre) * step;
    let whole = source.floor();
    let first = whole.clamp(-2.0, count as f64) + 2.0;
    (first as usize, (source - whole) as f32)
}
