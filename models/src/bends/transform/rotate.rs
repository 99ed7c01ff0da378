//! `rotate`: the map turns counter-clockwise about its centre (columns to the right, rows downwards, one row as long as one
//! column), f(X)[r, c] = X(cr + sin·(c − cc) + cos·(r − cr), cc + cos·(c − cc) − sin·(r − cr)) with
//! (cr, cc) = ((rows − 1)/2, (columns − 1)/2), read bilinearly with zeros outside (paper §4; OpenCV's `warpAffine` with
//! `getRotationMatrix2D(centre, degrees, 1)`).
//!
//! Places are fixed-point numbers of 32 + 32 bits, so that stepping along a row adds up no error; within a block of
//! columns 8 + 24 bits will do, and eight of them fit a register.

use multiversion::multiversion;

use super::scratch::{Margin, pair};
use super::{Maps, Scratch, mix};

/// Two, so that a place outside has four zeros to read.
const MARGIN: Margin = Margin {
    rows: 2,
    left: 2,
    right: 2,
};

/// Columns worked on at a time: as many as keep within 8 bits of the block's start.
const BLOCK: usize = 64;
/// Vectorised loops run over whole multiples of this, which leaves them no odd values.
const LANES: usize = 8;
/// Bits behind the point within a block.
const BITS: u32 = 24;

/// One in fixed point.
const ONE: f64 = (1_u64 << 32) as f64;

/// See [`TransformKind::apply`](super::TransformKind::apply).
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn apply<'a>(maps: Maps<'a>, degrees: f32, amount: f32, scratch: &mut Scratch) {
    let size = maps.size();
    let degrees = f64::from(degrees) % 360.0;
    if degrees == 0.0 || degrees.is_nan() {
        return;
    }
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (centre_column, centre_row) = size.centre();
    let stride = MARGIN.stride(size);
    let limits = [size.columns as i32, size.rows as i32];
    let ramps = [ramp(cos), ramp(sin)];
    let mut places = [0_u32; BLOCK];
    let mut fractions = [[0.0_f32; BLOCK]; 2];
    let (mut upper, mut lower) = ([[0.0_f32; 2]; BLOCK], [[0.0_f32; 2]; BLOCK]);
    let mut turned = [0.0_f32; BLOCK];
    maps.each(|map| {
        MARGIN.copy(map, size, 0.0, &mut scratch.padded, |x| x);
        for (r, row) in map.chunks_exact_mut(size.columns).enumerate() {
            let below = r as f64 - centre_row;
            let along = Line {
                start: centre_column - cos * centre_column - sin * below,
                step: cos,
                per_step: 1.0 / cos,
            };
            let down = Line {
                start: centre_row - sin * centre_column + cos * below,
                step: sin,
                per_step: 1.0 / sin,
            };
            let (from, to) = along.inside(size.columns, 0, size.columns);
            let (from, to) = down.inside(size.rows, from, to);
            mix::zeros(&mut row[..from], amount);
            mix::zeros(&mut row[to..], amount);
            for (block, first) in row[from..to].chunks_mut(BLOCK).zip((from..).step_by(BLOCK)) {
                let (column, x) = along.at(first);
                let (line, y) = down.at(first);
                let lanes = block.len().next_multiple_of(LANES);
                for n in 0..lanes {
                    let (x, y) = (x + ramps[0][n], y + ramps[1][n]);
                    let column = (column + (x >> BITS)).clamp(-2, limits[0]) + 2;
                    let line = (line + (y >> BITS)).clamp(-2, limits[1]) + 2;
                    places[n] = (line * stride as i32 + column) as u32;
                    fractions[0][n] = fraction(x);
                    fractions[1][n] = fraction(y);
                }
                for (n, place) in places[..block.len()].iter().enumerate() {
                    let place = *place as usize;
                    upper[n] = pair(&scratch.padded, place);
                    lower[n] = pair(&scratch.padded, place + stride);
                }
                for n in 0..lanes {
                    let (along, across) = (fractions[0][n], fractions[1][n]);
                    let upper = (1.0 - along) * upper[n][0] + along * upper[n][1];
                    let lower = (1.0 - along) * lower[n][0] + along * lower[n][1];
                    turned[n] = (1.0 - across) * upper + across * lower;
                }
                for (x, turned) in block.iter_mut().zip(&turned) {
                    *x = mix::value(*x, *turned, amount);
                }
            }
        }
    });
}

/// A coordinate of the source along a row of the result.
struct Line {
    /// At column 0.
    start: f64,
    /// From one column to the next.
    step: f64,
    /// The other way round: columns from one to the next of the source.
    per_step: f64,
}

impl Line {
    /// The part of `from..to` for which the coordinate may read something of `count` values: an open interval from −1 to
    /// `count`, a column more on either side.
    fn inside(&self, count: usize, from: usize, to: usize) -> (usize, usize) {
        let ends = [
            (-1.0 - self.start) * self.per_step,
            (count as f64 - self.start) * self.per_step,
        ];
        // Where the step is zero they are infinite, or NaN, which `min` and `max` leave out.
        let low = ends[0].min(ends[1]) - 1.0;
        let high = ends[0].max(ends[1]) + 2.0;
        let from = (low.max(from as f64) as usize).min(to);
        let to = (high.max(from as f64) as usize).min(to);
        (from, to)
    }

    /// The coordinate at `column`: its whole part and, in steps of 2⁻²⁴, the rest.
    fn at(&self, column: usize) -> (i32, i32) {
        let fixed = |value: f64| (value * ONE).round() as i64;
        let place = fixed(self.start) + column as i64 * fixed(self.step);
        ((place >> 32) as i32, (place as u32 >> (32 - BITS)) as i32)
    }
}

/// `n·step` for the columns of a block, in steps of 2⁻²⁴.
#[inline(always)]
fn ramp(step: f64) -> [i32; BLOCK] {
    let step = step * f64::from(1 << BITS);
    std::array::from_fn(|n| (n as f64 * step).round_ties_even() as i32)
}

/// The part of a number behind the point.
#[inline(always)]
fn fraction(value: i32) -> f32 {
    const MASK: i32 = (1 << BITS) - 1;
    (value & MASK) as f32 * (1.0 / (1 << BITS) as f32)
}
