//! The activation maps a transform acts on.

/// Rows (time) and columns (frequency) of an activation map, whose values lie row by row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MapSize {
    /// Rows: time.
    pub rows: usize,
    /// Columns: frequency.
    pub columns: usize,
}

impl MapSize {
    /// The map's centre as OpenCV's examples have it, `(column, row)`: half-way between the first and the last.
    pub(super) fn centre(self) -> (f64, f64) {
        (
            self.columns.saturating_sub(1) as f64 / 2.0,
            self.rows.saturating_sub(1) as f64 / 2.0,
        )
    }
}

/// Some features' maps out of a layer's activation.
#[derive(Debug)]
pub struct Maps<'a> {
    values: &'a mut [f32],
    size: MapSize,
    features: &'a [f32],
}

impl<'a> Maps<'a> {
    /// The maps of `features`, whole numbers held as `f32`, in `values`, shaped `[feature, time, frequency]`. Features
    /// that `values` does not hold are left out.
    pub fn new(values: &'a mut [f32], size: MapSize, features: &'a [f32]) -> Self {
        Self {
            values,
            size,
            features,
        }
    }

    /// A single map.
    pub fn single(values: &'a mut [f32], size: MapSize) -> Self {
        Self::new(values, size, &[0.0])
    }

    /// The size of each.
    pub(super) fn size(&self) -> MapSize {
        self.size
    }

    /// Whether not even one map is held, or there is nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        let length = self.size.rows.checked_mul(self.size.columns);
        length.is_none_or(|length| length == 0 || length > self.values.len())
    }

    /// Hands over each map in turn. Not to be called where there is none.
    #[inline(always)]
    pub(super) fn each(self, mut f: impl FnMut(&mut [f32])) {
        let length = self.size.rows * self.size.columns;
        for &feature in self.features {
            let start = (feature as usize).saturating_mul(length);
            let end = start.saturating_add(length);
            if let Some(map) = self.values.get_mut(start..end) {
                f(map);
            }
        }
    }
}
