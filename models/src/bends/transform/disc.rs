//! The disc of erosion and dilation: OpenCV's `getStructuringElement(MORPH_ELLIPSE, (2r + 1, 2r + 1))`.

/// Largest radius.
pub const MAX_RADIUS: usize = 64;

/// A disc of whole radius. Row `dy` from its centre reaches `round(r·√(1 − dy²/r²))` columns to either side, halves
/// rounded to even.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Disc {
    radius: usize,
    half_widths: [u8; MAX_RADIUS + 1],
}

impl Disc {
    /// The disc of that radius, at most [`MAX_RADIUS`].
    pub(crate) fn new(radius: usize) -> Self {
        let radius = radius.min(MAX_RADIUS);
        let square = (radius * radius) as f64;
        let mut half_widths = [0; MAX_RADIUS + 1];
        for (row, half_width) in half_widths[..=radius].iter_mut().enumerate() {
            let rest = square - (row * row) as f64;
            // Of radius 0 there is a single point.
            let share = (rest / square.max(1.0)).sqrt();
            *half_width = (radius as f64 * share).round_ties_even() as u8;
        }
        Self {
            radius,
            half_widths,
        }
    }

    /// Columns to either side of the centre in row `row` from it; 0 beyond the radius.
    pub(crate) fn half_width(&self, row: usize) -> usize {
        self.half_widths.get(row).copied().map_or(0, usize::from)
    }

    /// Whether `row` is the outermost of its width: the disc is the union of the rectangles that end there.
    pub(crate) fn ends_a_rectangle(&self, row: usize) -> bool {
        row == self.radius
            || (row < self.radius && self.half_widths[row + 1] < self.half_widths[row])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_discs_are_opencvs() {
        for (radius, expected) in [
            (0, &[0][..]),
            (1, &[1, 0]),
            (2, &[2, 2, 0]),
            (3, &[3, 3, 2, 0]),
            (4, &[4, 4, 3, 3, 0]),
        ] {
            let disc = Disc::new(radius);
            let found: Vec<_> = (0..=radius).map(|row| disc.half_width(row)).collect();
            assert_eq!(found, expected, "radius {radius}");
        }
    }
}
