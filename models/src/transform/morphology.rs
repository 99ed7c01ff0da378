//! The maximum over a disc, for [`erode`](super::erode) and [`dilate`](super::dilate).
//!
//! A disc is a union of rectangles, half-widths w₀ > w₁ > … with half-heights k₀ < k₁ < …. With M_k the maximum over
//! the rows up to k away and H_d the one over the columns up to d away, the disc's maximum is that of all H_wᵢ(M_kᵢ).
//! Maxima nest, H_a(H_b) = H_(a+b), so
//!
//! ```text
//! H_wₙ(max(M_kₙ, … H_(w₁−w₂)(max(M_k₁, H_(w₀−w₁)(M_k₀)))))
//! ```
//!
//! and every row outwards costs two maxima, every column two more. All are taken over whole rows, eight columns at a time.

use multiversion::multiversion;

use super::disc::{Disc, MAX_RADIUS};
use super::scratch::Margin;
use super::{MapSize, Scratch, mix};

/// The widest reach of one pass of [`spread`].
const REACH: usize = 2;
/// Columns worked on at a time.
const LANES: usize = 8;

/// `sign` times the maximum of `sign·X` over the disc, whose radius is held to 0 – [`MAX_RADIUS`]; between two whole radii
/// the mean of both, weighted. A NaN counts as 0.
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn maximum(
    map: &mut [f32],
    size: MapSize,
    radius: f32,
    sign: f32,
    amount: f32,
    scratch: &mut Scratch,
) {
    if radius.is_nan() || radius <= 0.0 {
        return;
    }
    let radius = radius.min(MAX_RADIUS as f32);
    let (whole, fraction) = (radius.floor(), radius.fract());
    let discs = [Disc::new(whole as usize), Disc::new(whole as usize + 1)];
    // The second one has a say only between two whole radii.
    let discs = &discs[..if fraction > 0.0 { 2 } else { 1 }];
    let outermost = whole as usize + discs.len() - 1;

    // Whole lanes: what lies outside the map never wins.
    let width = size.columns.next_multiple_of(LANES);
    let margin = Margin {
        rows: 0,
        left: 0,
        right: width - size.columns,
    };
    let Scratch { padded, lines, .. } = scratch;
    margin.copy(map, size, f32::NEG_INFINITY, padded, |x| {
        if x.is_nan() { 0.0 } else { sign * x }
    });
    let stride = width + 2 * REACH;
    lines.clear();
    lines.resize(4 * stride, f32::NEG_INFINITY);
    let (rows_maximum, rest) = lines.split_at_mut(width);
    let (first, rest) = rest.split_at_mut(stride);
    let (second, rest) = rest.split_at_mut(stride);
    let mut spare = &mut rest[..stride];
    let mut maxima = [first, second];

    let source = |row: usize| &padded[row * width..][..width];
    for (r, row) in map.chunks_exact_mut(size.columns).enumerate() {
        rows_maximum.copy_from_slice(source(r));
        for reach in 0..=outermost {
            let above = r.checked_sub(reach).filter(|_| reach > 0).map(source);
            let below = (reach > 0 && r + reach < size.rows).then(|| source(r + reach));
            widen(rows_maximum, above, below);
            for (disc, maximum) in discs.iter().zip(&mut maxima) {
                if !disc.ends_a_rectangle(reach) {
                    continue;
                }
                let inside = &mut maximum[REACH..][..width];
                if disc.half_width(reach) == disc.half_width(0) {
                    inside.copy_from_slice(rows_maximum);
                } else {
                    widen(inside, Some(rows_maximum), None);
                }
                let mut narrower = disc.half_width(reach) - disc.half_width(reach + 1);
                while narrower > 0 {
                    let step = narrower.min(REACH);
                    spread(maximum, spare, step);
                    std::mem::swap(maximum, &mut spare);
                    narrower -= step;
                }
            }
        }
        let inside = REACH..REACH + size.columns;
        let pairs = maxima[0][inside.clone()].iter().zip(&maxima[1][inside]);
        if fraction > 0.0 {
            for (x, (small, large)) in row.iter_mut().zip(pairs) {
                *x = mix::value(*x, sign * (small + fraction * (large - small)), amount);
            }
        } else {
            for (x, (small, _)) in row.iter_mut().zip(pairs) {
                *x = mix::value(*x, sign * small, amount);
            }
        }
    }
}

/// The larger one. Both are numbers: NaNs do not come this far.
#[inline(always)]
fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

/// The maximum of `line` and of the rows there are.
#[inline(always)]
fn widen(line: &mut [f32], above: Option<&[f32]>, below: Option<&[f32]>) {
    let line = whole_lanes_mut(line).iter_mut();
    match (above, below) {
        (Some(above), Some(below)) => {
            let others = whole_lanes(above).iter().zip(whole_lanes(below));
            for (x, (above, below)) in line.zip(others) {
                *x = larger(*x, larger(*above, *below));
            }
        }
        (Some(other), None) | (None, Some(other)) => {
            for (x, other) in line.zip(whole_lanes(other)) {
                *x = larger(*x, *other);
            }
        }
        (None, None) => {}
    }
}

/// The maximum over the columns up to `reach` (1 or [`REACH`]) away, written to the inside of `to`.
#[inline(always)]
fn spread(from: &[f32], to: &mut [f32], reach: usize) {
    let width = to.len() - 2 * REACH;
    let at = |offset: usize| whole_lanes(&from[offset..][..width]);
    let near = at(1).iter().zip(at(2)).zip(at(3));
    let to = whole_lanes_mut(&mut to[REACH..][..width]).iter_mut();
    if reach == 1 {
        for (to, ((a, b), c)) in to.zip(near) {
            *to = larger(larger(*a, *b), *c);
        }
    } else {
        let far = at(0).iter().zip(at(4));
        for ((to, ((a, b), c)), (d, e)) in to.zip(near).zip(far) {
            *to = larger(larger(larger(*a, *b), *c), larger(*d, *e));
        }
    }
}

/// All of them, and the compiler knows that no odd ones are left over.
#[inline(always)]
fn whole_lanes(values: &[f32]) -> &[f32] {
    &values[..values.len() / LANES * LANES]
}

/// As [`whole_lanes`].
#[inline(always)]
fn whole_lanes_mut(values: &mut [f32]) -> &mut [f32] {
    let whole = values.len() / LANES * LANES;
    &mut values[..whole]
}
