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
//! and every row outwards costs two maxima, every column two more. All are taken over blocks of whole rows.

use multiversion::multiversion;

use super::disc::{Disc, MAX_RADIUS};
use super::scratch::Margin;
use super::{Maps, Scratch, mix};

/// The widest reach of one pass of [`spread`].
const REACH: usize = 2;
/// Lines are whole multiples of this, which leaves no odd values to vectorised loops.
const LANES: usize = 8;
/// Values worked on at a time: four lines of them stay in the nearest cache.
const BLOCK: usize = 1536;

/// `sign` times the maximum of `sign·X` over the disc, whose radius is held to 0 – [`MAX_RADIUS`]; between two whole radii
/// the mean of both, weighted. A NaN counts as 0.
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn maximum<'a>(
    maps: Maps<'a>,
    radius: f32,
    sign: f32,
    amount: f32,
    scratch: &mut Scratch,
) {
    let size = maps.size();
    if radius.is_nan() || radius <= 0.0 {
        return;
    }
    let radius = radius.min(MAX_RADIUS as f32);
    let (whole, fraction) = (radius.floor(), radius.fract());
    let discs = [Disc::new(whole as usize), Disc::new(whole as usize + 1)];
    // The second one has a say only between two whole radii.
    let discs = &discs[..if fraction > 0.0 { 2 } else { 1 }];
    let outermost = whole as usize + discs.len() - 1;

    // Rows lie behind one another, so far apart that what spreads from one does not reach the next.
    let stride = size.columns + outermost;
    let margin = Margin {
        rows: outermost.min(size.rows),
        left: 0,
        right: outermost,
    };
    let block_rows = (BLOCK / stride).clamp(1, size.rows.max(1));
    let longest = BLOCK.max(stride).next_multiple_of(LANES); // the same for most radii
    let Scratch { padded, lines, .. } = scratch;
    lines.clear();
    lines.resize(4 * (longest + 2 * REACH), f32::NEG_INFINITY);
    let (rows_maximum, rest) = lines.split_at_mut(longest + 2 * REACH);
    let (first, rest) = rest.split_at_mut(longest + 2 * REACH);
    let (second, mut spare) = rest.split_at_mut(longest + 2 * REACH);
    let mut maxima = [first, second];

    maps.each(|map| {
        margin.copy(map, size, f32::NEG_INFINITY, padded, |x| {
            if x.is_nan() { 0.0 } else { sign * x }
        });
        padded.resize(padded.len() + LANES, f32::NEG_INFINITY); // the last block's odd columns
        let blocks = map.chunks_mut(block_rows * size.columns);
        for (block, top) in blocks.zip((margin.rows..).step_by(block_rows)) {
            let length = (block.len() / size.columns * stride).next_multiple_of(LANES);
            let source = |row: usize| &padded[row * stride..][..length];
            let with_margins = length + 2 * REACH;
            rows_maximum[REACH..][..length].copy_from_slice(source(top));
            for reach in 0..=outermost {
                if (1..=margin.rows).contains(&reach) {
                    let inside = &mut rows_maximum[REACH..][..length];
                    widen(inside, source(top - reach), source(top + reach));
                }
                for (disc, maximum) in discs.iter().zip(&mut maxima) {
                    if !disc.ends_a_rectangle(reach) {
                        continue;
                    }
                    let mut narrower = disc.half_width(reach) - disc.half_width(reach + 1);
                    let first = disc.half_width(reach) == disc.half_width(0);
                    if !first {
                        let inside = &mut maximum[REACH..][..length];
                        join(inside, &rows_maximum[REACH..][..length]);
                    } else if narrower == 0 {
                        maximum[..with_margins].copy_from_slice(&rows_maximum[..with_margins]);
                    } else {
                        let step = narrower.min(REACH);
                        spread(
                            &rows_maximum[..with_margins],
                            &mut maximum[..with_margins],
                            step,
                        );
                        narrower -= step;
                    }
                    while narrower > 0 {
                        let step = narrower.min(REACH);
                        spread(&maximum[..with_margins], &mut spare[..with_margins], step);
                        std::mem::swap(maximum, &mut spare);
                        narrower -= step;
                    }
                }
            }
            let rows = block.chunks_exact_mut(size.columns);
            for (row, start) in rows.zip((REACH..).step_by(stride)) {
                let small = &maxima[0][start..][..size.columns];
                let large = &maxima[1][start..][..size.columns];
                if fraction > 0.0 {
                    for ((x, small), large) in row.iter_mut().zip(small).zip(large) {
                        let f = sign * (small + fraction * (large - small));
                        *x = mix::value(*x, f, amount);
                    }
                } else {
                    for (x, small) in row.iter_mut().zip(small) {
                        *x = mix::value(*x, sign * small, amount);
                    }
                }
            }
        }
    });
}

/// The larger one. Both are numbers: NaNs do not come this far.
#[inline(always)]
fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

/// The maximum of `line` and of two others, written to `line`.
#[inline(always)]
fn widen(line: &mut [f32], above: &[f32], below: &[f32]) {
    let others = whole_lanes(above).iter().zip(whole_lanes(below));
    for (x, (above, below)) in whole_lanes_mut(line).iter_mut().zip(others) {
        *x = larger(*x, larger(*above, *below));
    }
}

/// The maximum of `line` and of another, written to `line`.
#[inline(always)]
fn join(line: &mut [f32], other: &[f32]) {
    for (x, other) in whole_lanes_mut(line).iter_mut().zip(whole_lanes(other)) {
        *x = larger(*x, *other);
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
