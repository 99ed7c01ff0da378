//! `translate`, `scale` and `rotate` as OpenCV's `warpAffine` does them: bilinear, 0 outside, about the centre.
//!
//! Where each pixel comes from is known when the graph is written. So a map is read by Gather at its four neighbours and weighted by
//! constants; that is exact where GridSample's 32-bit coordinates are off by some 1e-5 of a pixel, and asks for no newer operator set.

use super::map_shape::MapShape;
use super::nodes::{Nodes, int};

/// The scales that are told apart, as in the operator: scaled further, a map has one value left, or none.
const SCALES: (f64, f64) = (1e-3, 1e3);

/// Where the pixel at `(x, y)` comes from, in pixels.
pub(super) trait Source: Fn(f64, f64) -> (f64, f64) {}

impl<F: Fn(f64, f64) -> (f64, f64)> Source for F {}

/// `(x, y)` shifted by `right` of the columns and `down` of the rows.
pub(super) fn translated(shape: MapShape, right: f32, down: f32) -> impl Source {
    let shift = |share: f32, size: usize| match share {
        share if share.is_nan() => 0.0,
        // Beyond ±1 nothing of the map is left.
        share => f64::from(share.clamp(-1.0, 1.0)) * size as f64,
    };
    let (right, down) = (shift(right, shape.columns), shift(down, shape.rows));
    move |x, y| (x - right, y - down)
}

/// `(x, y)` stretched by `factor` about the centre.
pub(super) fn scaled(shape: MapShape, factor: f32) -> impl Source {
    let (cx, cy) = centre(shape);
    let factor = f64::from(factor).clamp(SCALES.0, SCALES.1);
    move |x, y| ((x - cx) / factor + cx, (y - cy) / factor + cy)
}

/// `(x, y)` turned counter-clockwise about the centre, rows counting downwards.
pub(super) fn rotated(shape: MapShape, degrees: f32) -> impl Source {
    let (cx, cy) = centre(shape);
    let (sin, cos) = (f64::from(degrees) % 360.0).to_radians().sin_cos();
    move |x, y| {
        let (x, y) = (x - cx, y - cy);
        (cos * x - sin * y + cx, sin * x + cos * y + cy)
    }
}

fn centre(shape: MapShape) -> (f64, f64) {
    (
        (shape.columns as f64 - 1.0) / 2.0,
        (shape.rows as f64 - 1.0) / 2.0,
    )
}

/// One of the four neighbours of every pixel's source: its place in the flattened map, and its weight, 0 where it lies outside.
struct Tap {
    places: Vec<i64>,
    weights: Vec<f32>,
}

/// Maps whose pixels come from `source`.
pub(super) fn warp(nodes: &mut Nodes, source: impl Source, shape: MapShape, x: &str) -> String {
    let size = (shape.rows * shape.columns) as i64;
    let form = nodes.integers(vec![-1, size]);
    let flat = nodes.push("Reshape", &[x, &form], Vec::new());
    let mut sum: Option<String> = None;
    for neighbour in [(0, 0), (1, 0), (0, 1), (1, 1)] {
        let tap = tap(&source, shape, neighbour);
        let unused = tap.weights.iter().all(|&weight| weight == 0.0);
        // The first stays, so that there is always something to add up.
        if unused && neighbour != (0, 0) {
            continue;
        }
        let places = nodes.integers(tap.places);
        let weights = nodes.floats(vec![1, size], &tap.weights);
        let read = nodes.push("Gather", &[&flat, &places], vec![int("axis", 1)]);
        let weighted = nodes.push("Mul", &[&read, &weights], Vec::new());
        sum = Some(match sum {
            None => weighted,
            Some(sum) => nodes.push("Add", &[&sum, &weighted], Vec::new()),
        });
    }
    let sum = sum.unwrap_or(flat);
    let [features, rows, columns] =
        [shape.features, shape.rows, shape.columns].map(|size| size as i64);
    let form = nodes.integers(vec![-1, features, rows, columns]);
    nodes.push("Reshape", &[&sum, &form], Vec::new())
}

fn tap(source: &impl Source, shape: MapShape, (right, down): (i64, i64)) -> Tap {
    let (rows, columns) = (shape.rows as i64, shape.columns as i64);
    let mut tap = Tap {
        places: Vec::with_capacity(shape.rows * shape.columns),
        weights: Vec::with_capacity(shape.rows * shape.columns),
    };
    for y in 0..rows {
        for x in 0..columns {
            let (sx, sy) = source(x as f64, y as f64);
            let (left, top) = (sx.floor(), sy.floor());
            let share =
                |fraction: f64, next: i64| if next == 1 { fraction } else { 1.0 - fraction };
            let weight = share(sx - left, right) * share(sy - top, down);
            // Casts saturate, and NaN becomes 0; sums of two such numbers are looked at with care.
            let column = (left as i64).saturating_add(right);
            let row = (top as i64).saturating_add(down);
            let inside =
                (0..columns).contains(&column) && (0..rows).contains(&row) && weight.is_finite();
            tap.places
                .push(if inside { row * columns + column } else { 0 });
            tap.weights.push(if inside { weight as f32 } else { 0.0 });
        }
    }
    tap
}
