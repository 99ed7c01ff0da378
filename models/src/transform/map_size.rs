//! The size of an activation map.

/// Rows (time) and columns (frequency) of an activation map, whose values lie row by row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MapSize {
    /// Rows: time.
    pub rows: usize,
    /// Columns: frequency.
    pub columns: usize,
}

impl MapSize {
    /// Number of values; `None` where it does not fit a `usize`.
    pub fn values(self) -> Option<usize> {
        self.rows.checked_mul(self.columns)
    }

    /// The map's centre as OpenCV's examples have it, `(column, row)`: half-way between the first and the last.
    pub(super) fn centre(self) -> (f64, f64) {
        (
            self.columns.saturating_sub(1) as f64 / 2.0,
            self.rows.saturating_sub(1) as f64 / 2.0,
        )
    }
}
