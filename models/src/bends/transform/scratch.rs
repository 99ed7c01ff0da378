//! Working memory of the transforms.

use super::MapSize;

/// Working memory of the transforms. It grows to the largest map and disc it has served and is kept, so that a kernel
/// soon stops allocating.
#[derive(Debug, Default)]
pub struct Scratch {
    /// A copy of the map with a margin.
    pub(super) padded: Vec<f32>,
    /// Rows being worked on.
    pub(super) lines: Vec<f32>,
    /// Where each column reads from.
    pub(super) places: Vec<u32>,
    /// How far between two columns it reads.
    pub(super) fractions: Vec<f32>,
    /// A whole map of which only the last rows are there.
    pub(super) whole: Vec<f32>,
}

impl Scratch {
    /// Empty memory.
    pub fn new() -> Self {
        Self::default()
    }
}

/// How a copy of a map lies in memory: the margin on each side.
#[derive(Debug, Clone, Copy)]
pub(super) struct Margin {
    /// Rows above, and below.
    pub(super) rows: usize,
    /// Columns before the first.
    pub(super) left: usize,
    /// Columns behind the last.
    pub(super) right: usize,
}

impl Margin {
    /// Values from one row of the copy to the next.
    #[inline(always)]
    pub(super) fn stride(self, size: MapSize) -> usize {
        self.left + size.columns + self.right
    }

    /// Copies `map` into `padded`, each value through `value`, with `outside` in the margin.
    #[inline(always)]
    pub(super) fn copy(
        self,
        map: &[f32],
        size: MapSize,
        outside: f32,
        padded: &mut Vec<f32>,
        value: impl Fn(f32) -> f32,
    ) {
        let stride = self.stride(size);
        padded.resize(stride * (size.rows + 2 * self.rows), outside);
        let (above, rest) = padded.split_at_mut(stride * self.rows);
        let (inside, below) = rest.split_at_mut(stride * size.rows);
        above.fill(outside);
        below.fill(outside);
        for (to, from) in inside
            .chunks_exact_mut(stride)
            .zip(map.chunks_exact(size.columns))
        {
            let (left, to) = to.split_at_mut(self.left);
            let (to, right) = to.split_at_mut(size.columns);
            left.fill(outside);
            right.fill(outside);
            for (to, from) in to.iter_mut().zip(from) {
                *to = value(*from);
            }
        }
    }
}

/// The value at `place` and the next.
#[inline(always)]
pub(super) fn pair(values: &[f32], place: usize) -> [f32; 2] {
    match values.get(place..place + 2) {
        Some(&[a, b]) => [a, b],
        _ => [0.0; 2],
    }
}
