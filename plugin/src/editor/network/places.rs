//! Where features lie: a grid in each layer's column. No drawing.

use egui::{Rect, pos2, vec2};
use netbend_dsp::number::{cut, nearest_f32};

/// How much wider than high a feature's picture is.
const ASPECT: f32 = 2.2;
/// Between two features.
const GAP: f32 = 1.0;

/// Divides `rect` into columns for layers of so many features: a layer of more features is wider, but not in proportion.
pub fn columns(rect: Rect, features: &[usize], gap: f32) -> Vec<Rect> {
    let weight = |count: usize| nearest_f32(count.max(1)).powf(0.35);
    let whole: f32 = features.iter().map(|count| weight(*count)).sum();
    let width = rect.width() - gap * nearest_f32(features.len().saturating_sub(1));
    let mut left = rect.left();
    let mut column = |count: usize| {
        let own = width * weight(count) / whole.max(f32::MIN_POSITIVE);
        let column = Rect::from_min_max(pos2(left, rect.top()), pos2(left + own, rect.bottom()));
        left += own + gap;
        column
    };
    features.iter().map(|count| column(*count)).collect()
}

/// A grid of cells in one column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grid {
    rect: Rect,
    across: usize,
    down: usize,
}

impl Grid {
    /// A grid for `count` cells that fills `rect`.
    pub fn new(rect: Rect, count: usize) -> Self {
        let count = count.max(1);
        let shape = rect.width().max(1.0) / rect.height().max(1.0) / ASPECT;
        let across = cut::<usize>((nearest_f32(count) * shape).sqrt().round()).clamp(1, count);
        Self {
            rect,
            across,
            down: count.div_ceil(across),
        }
    }

    /// Cells in a row.
    pub fn across(&self) -> usize {
        self.across
    }

    /// Rows.
    pub fn down(&self) -> usize {
        self.down
    }

    /// The place of a cell.
    pub fn cell(&self, place: usize) -> Rect {
        let size = self.size();
        let (row, column) = (place / self.across, place % self.across);
        let at = vec2(nearest_f32(column) * size.x, nearest_f32(row) * size.y);
        Rect::from_min_size(self.rect.min + at, size - vec2(GAP, GAP))
    }

    /// The cell at a point.
    pub fn at(&self, point: egui::Pos2) -> Option<usize> {
        if !self.rect.contains(point) {
            return None;
        }
        let (size, from) = (self.size(), point - self.rect.min);
        let column = cut::<usize>(from.x / size.x).min(self.across - 1);
        let row = cut::<usize>(from.y / size.y).min(self.down - 1);
        Some(row * self.across + column)
    }

    fn size(&self) -> egui::Vec2 {
        let (across, down) = (nearest_f32(self.across), nearest_f32(self.down));
        vec2(self.rect.width() / across, self.rect.height() / down)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fill_the_view_and_wide_layers_are_wider() {
        let rect = Rect::from_min_size(pos2(10.0, 20.0), vec2(900.0, 300.0));
        let columns = columns(rect, &[256, 128, 16, 1], 8.0);
        assert_eq!(columns[0].left(), 10.0);
        assert!((columns[3].right() - 910.0).abs() < 0.01);
        for pair in columns.windows(2) {
            assert!(pair[0].width() > pair[1].width());
            assert!((pair[1].left() - pair[0].right() - 8.0).abs() < 0.01);
        }
    }

    #[test]
    fn every_cell_is_found_where_it_lies() {
        for (count, size) in [
            (1, vec2(40.0, 300.0)),
            (16, vec2(120.0, 280.0)),
            (256, vec2(260.0, 200.0)),
            (7, vec2(10.0, 10.0)),
        ] {
            let rect = Rect::from_min_size(pos2(5.0, 6.0), size);
            let grid = Grid::new(rect, count);
            assert!(grid.across() * grid.down() >= count);
            for place in 0..count {
                let cell = grid.cell(place);
                assert!(rect.contains_rect(cell), "{place}: {cell}");
                assert_eq!(grid.at(cell.center()), Some(place));
            }
            assert_eq!(grid.at(pos2(0.0, 0.0)), None);
        }
    }
}
