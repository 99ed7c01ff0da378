//! `dilate` and `erode` by MaxPool.
//!
//! A disc is the union of centred rectangles `(2dy + 1) × (2w + 1)`, so the maximum over it is the maximum of MaxPools; each of them a row
//! of `2w + 1` first, then a column of `2dy + 1`. MaxPool never lets its padding win, as the transforms want.

use super::map_shape::MapShape;
use super::nodes::{Nodes, ints};
use crate::bends::transform::MAX_RADIUS;
use crate::bends::transform::disc::Disc;

/// Maximum over a disc of that radius, continuous in it: between two whole radii their results are mixed, radius 0 is the identity.
pub(super) fn dilate(nodes: &mut Nodes, radius: f32, shape: MapShape, x: &str) -> String {
    let radius = radius.min(MAX_RADIUS as f32);
    let lower = radius.floor();
    let smaller = maximum(nodes, lower as usize, shape, x);
    if radius == lower {
        return smaller;
    }
    let larger = maximum(nodes, lower as usize + 1, shape, x);
    nodes.blend(&smaller, &larger, radius - lower)
}

/// Minimum over that disc: `−dilate(−x)`.
pub(super) fn erode(nodes: &mut Nodes, radius: f32, shape: MapShape, x: &str) -> String {
    let negated = nodes.push("Neg", &[x], Vec::new());
    let y = dilate(nodes, radius, shape, &negated);
    nodes.push("Neg", &[&y], Vec::new())
}

fn maximum(nodes: &mut Nodes, radius: usize, shape: MapShape, x: &str) -> String {
    let pooled: Vec<String> = rectangles(radius, shape.rows, shape.columns)
        .into_iter()
        .map(|(half_height, half_width)| {
            let row = pool(nodes, [0, half_width], x);
            pool(nodes, [half_height, 0], &row)
        })
        .collect();
    match pooled.as_slice() {
        [] => x.to_owned(),
        [only] => only.clone(),
        several => {
            let several: Vec<&str> = several.iter().map(String::as_str).collect();
            nodes.push("Max", &several, Vec::new())
        }
    }
}

/// Half heights and half widths of the rectangles that make up the disc, none inside another, none reaching further than a map of that
/// size does from any of its points.
fn rectangles(radius: usize, rows: usize, columns: usize) -> Vec<(usize, usize)> {
    let disc = Disc::new(radius);
    let mut found: Vec<(usize, usize)> = Vec::new();
    for dy in 0..=radius {
        let height = dy.min(rows.saturating_sub(1));
        let width = disc.half_width(dy).min(columns.saturating_sub(1));
        // Widths only shrink and heights only grow on the way.
        while found.last().is_some_and(|&(_, last)| last <= width) {
            found.pop();
        }
        if found.last().is_none_or(|&(last, _)| last < height) {
            found.push((height, width));
        }
    }
    found
}

fn pool(nodes: &mut Nodes, half: [usize; 2], x: &str) -> String {
    if half == [0, 0] {
        return x.to_owned();
    }
    let [rows, columns] = half.map(|half| half as i64);
    let attributes = vec![
        ints("kernel_shape", vec![2 * rows + 1, 2 * columns + 1]),
        ints("pads", vec![rows, columns, rows, columns]),
    ];
    nodes.push("MaxPool", &[x], attributes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rectangles_cover_the_disc_and_nothing_else() {
        for radius in 0..=MAX_RADIUS {
            let disc = Disc::new(radius);
            let rectangles = rectangles(radius, 1_000, 1_000);
            for dy in 0..=radius {
                let covered = rectangles
                    .iter()
                    .filter(|(height, _)| *height >= dy)
                    .map(|(_, width)| *width)
                    .max();
                assert_eq!(covered, Some(disc.half_width(dy)), "{radius} {dy}");
            }
        }
    }

    #[test]
    fn no_rectangle_lies_inside_another_or_reaches_beyond_the_map() {
        for (radius, rows, columns) in [(5, 1, 1), (8, 3, 100), (64, 20, 5), (2, 9, 9)] {
            let rectangles = rectangles(radius, rows, columns);
            assert!(!rectangles.is_empty());
            for (place, &(height, width)) in rectangles.iter().enumerate() {
                assert!(height < rows && width < columns);
                let inside = |&(h, w): &(usize, usize)| height <= h && width <= w;
                let others = rectangles.iter().enumerate();
                assert!(
                    !others
                        .filter(|(n, _)| *n != place)
                        .any(|(_, other)| inside(other))
                );
            }
        }
    }
}
