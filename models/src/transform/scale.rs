//! `scale`: the map grows by `s` about its centre, f(X)[r, c] = X(cr + (r − cr)/s, cc + (c − cc)/s) with
//! (cr, cc) = ((rows − 1)/2, (columns − 1)/2), read bilinearly with zeros outside (paper §4; OpenCV's `warpAffine` with
//! `getRotationMatrix2D(centre, 0, s)`).
//!
//! Rows and columns are independent of each other: two rows are combined as they lie, then each column reads two
//! neighbours at a place that is the same in all rows.

use multiversion::multiversion;

use super::scratch::Margin;
use super::{MapSize, Scratch, mix};

/// Two, so that a place outside has two zeros to read.
const MARGIN: Margin = Margin {
    rows: 2,
    columns: 2,
};

/// The scales that are told apart; a map scaled further has no two values left, or one.
const LIMITS: [f64; 2] = [1e-3, 1e3];

/// See [`TransformKind::apply`](super::TransformKind::apply).
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn apply(
    map: &mut [f32],
    size: MapSize,
    scale: f32,
    amount: f32,
    scratch: &mut Scratch,
) {
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
    } = scratch;
    MARGIN.copy(map, size, 0.0, padded, |x| x);
    places.clear();
    fractions.clear();
    for c in 0..size.columns {
        let (place, fraction) = read(c, centre_column, step, size.columns);
        places.push(place as u32);
        fractions.push(fraction);
    }
    let stride = MARGIN.stride(size);
    lines.resize(stride, 0.0);
    // Places only grow: what lies before the first and behind the last is not read.
    let first = places[0] as usize;
    let end = places[size.columns - 1] as usize + 2;
    for (r, row) in map.chunks_exact_mut(size.columns).enumerate() {
        let (place, fraction) = read(r, centre_row, step, size.rows);
        if place == 0 || place == size.rows + 2 {
            mix::zeros(row, amount);
            continue;
        }
        let upper = &padded[place * stride..][first..end];
        let lower = &padded[(place + 1) * stride..][first..end];
        for ((line, a), b) in lines[first..end].iter_mut().zip(upper).zip(lower) {
            *line = (1.0 - fraction) * a + fraction * b;
        }
        for ((x, &place), fraction) in row.iter_mut().zip(places.iter()).zip(fractions.iter()) {
            let [a, b] = pair(lines, place as usize);
            *x = mix::value(*x, (1.0 - fraction) * a + fraction * b, amount);
        }
    }
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

/// Two neighbours.
#[inline(always)]
fn pair(values: &[f32], place: usize) -> [f32; 2] {
    match values.get(place..place + 2) {
        Some(&[a, b]) => [a, b],
        _ => [0.0; 2],
    }
}
