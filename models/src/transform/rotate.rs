//! `rotate`: the map turns counter-clockwise about its centre (columns to the right, rows downwards, one row as long as one
//! column), f(X)[r, c] = X(cr + sin·(c − cc) + cos·(r − cr), cc + cos·(c − cc) − sin·(r − cr)) with
//! (cr, cc) = ((rows − 1)/2, (columns − 1)/2), read bilinearly with zeros outside (paper §4; OpenCV's `warpAffine` with
//! `getRotationMatrix2D(centre, degrees, 1)`).
//!
//! Places are fixed-point numbers of 32 + 32 bits, so that stepping along a row adds up no error.

use multiversion::multiversion;

use super::scratch::Margin;
use super::{MapSize, Scratch, mix};

/// Two, so that a place outside has four zeros to read.
const MARGIN: Margin = Margin {
    rows: 2,
    columns: 2,
};

/// Columns worked on at a time.
const BLOCK: usize = 64;

/// One in fixed point.
const ONE: f64 = (1_u64 << 32) as f64;

/// See [`TransformKind::apply`](super::TransformKind::apply).
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn apply(
    map: &mut [f32],
    size: MapSize,
    degrees: f32,
    amount: f32,
    scratch: &mut Scratch,
) {
    let degrees = f64::from(degrees) % 360.0;
    if degrees == 0.0 || degrees.is_nan() {
        return;
    }
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (centre_column, centre_row) = size.centre();
    MARGIN.copy(map, size, 0.0, &mut scratch.padded, |x| x);
    let stride = MARGIN.stride(size);
    for (r, row) in map.chunks_exact_mut(size.columns).enumerate() {
        let below = r as f64 - centre_row;
        let along = Line {
            start: centre_column - cos * centre_column - sin * below,
            step: cos,
        };
        let down = Line {
            start: centre_row - sin * centre_column + cos * below,
            step: sin,
        };
        let (from, to) = along.inside(size.columns, 0, size.columns);
        let (from, to) = down.inside(size.rows, from, to);
        mix::zeros(&mut row[..from], amount);
        mix::zeros(&mut row[to..], amount);
        let (mut x, step_x) = along.fixed(from);
        let (mut y, step_y) = down.fixed(from);
        for block in row[from..to].chunks_mut(BLOCK) {
            let mut places = [0_u32; BLOCK];
            let mut fractions = [[0.0_f32; BLOCK]; 2];
            for n in 0..BLOCK {
                let (x, y) = (x + n as i64 * step_x, y + n as i64 * step_y);
                let column = ((x >> 32) as i32).clamp(-2, size.columns as i32) + 2;
                let line = ((y >> 32) as i32).clamp(-2, size.rows as i32) + 2;
                places[n] = (line * stride as i32 + column) as u32;
                fractions[0][n] = fraction(x);
                fractions[1][n] = fraction(y);
            }
            for (n, value) in block.iter_mut().enumerate() {
                let place = places[n] as usize;
                let [a, b] = pair(&scratch.padded, place);
                let [c, d] = pair(&scratch.padded, place + stride);
                let (across, along) = (fractions[1][n], fractions[0][n]);
                let upper = (1.0 - along) * a + along * b;
                let lower = (1.0 - along) * c + along * d;
                *value = mix::value(*value, (1.0 - across) * upper + across * lower, amount);
            }
            x += BLOCK as i64 * step_x;
            y += BLOCK as i64 * step_y;
        }
    }
}

/// A coordinate of the source along a row of the result.
struct Line {
    /// At column 0.
    start: f64,
    /// From one column to the next.
    step: f64,
}

impl Line {
    /// The part of `from..to` for which the coordinate may read something of `count` values: an open interval from −1 to
    /// `count`, a column more on either side.
    fn inside(&self, count: usize, from: usize, to: usize) -> (usize, usize) {
        let ends = [
            (-1.0 - self.start) / self.step,
            (count as f64 - self.start) / self.step,
        ];
        // Where the step is zero they are infinite, or NaN, which `min` and `max` leave out.
        let low = ends[0].min(ends[1]) - 1.0;
        let high = ends[0].max(ends[1]) + 2.0;
        let from = (low.max(from as f64) as usize).min(to);
        let to = (high.max(from as f64) as usize).min(to);
        (from, to)
    }

    /// The coordinate at `column` and its step, in fixed point.
    fn fixed(&self, column: usize) -> (i64, i64) {
        let fixed = |value: f64| (value * ONE).round() as i64;
        let step = fixed(self.step);
        (fixed(self.start) + column as i64 * step, step)
    }
}

/// The part of a fixed-point number behind the point, in steps of 2⁻²⁴.
#[inline(always)]
fn fraction(value: i64) -> f32 {
    (value as u32 >> 8) as i32 as f32 * (1.0 / (1 << 24) as f32)
}

/// Two neighbours.
#[inline(always)]
fn pair(values: &[f32], place: usize) -> [f32; 2] {
    match values.get(place..place + 2) {
        Some(&[a, b]) => [a, b],
        _ => [0.0; 2],
    }
}
