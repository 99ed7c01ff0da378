//! Maps with what came before them, for shifts in time.

use netbend_dsp::number::{cut, low_bits, nearest_f32, nearest_f64};

use crate::bends::transform::TransformKind;
use crate::node::program::Entry;

/// What the unbent maps were before a block, for shifts in time.
#[derive(Debug, Clone, Copy, Default)]
pub struct Before<'b> {
    /// Whole blocks `[block, row, feature, step]`, the oldest first.
    pub blocks: &'b [f32],
    /// By how many steps a shift of 1 is late: at most as many as there are before, and 0 where there are none.
    pub whole: usize,
}

/// By how much of a step a shift may miss a whole number of them and be that: knobs say no more, and what is whole is not blurred.
const NEARLY: f64 = 0.01;

/// By how many steps an entry makes maps late, where a shift of 1 is `whole`; below 0 it asks for what has not come yet.
pub(crate) fn delay(entry: &Entry<'_>, whole: usize) -> f64 {
    let [_, y] = entry.parameters;
    if entry.transform != TransformKind::Translate || !y.is_finite() {
        return 0.0;
    }
    let steps = f64::from(y.clamp(-1.0, 1.0)) * nearest_f64(whole);
    let nearest = steps.round();
    if (steps - nearest).abs() < NEARLY {
        nearest
    } else {
        steps
    }
}

/// Maps with what came before them, `[row, feature, step]`.
pub(super) struct Window {
    pub(super) values: Vec<f32>,
    pub(super) steps: usize,
}

impl Window {
    pub(super) fn new(before: Before<'_>, maps: &[f32], block: usize) -> Self {
        let blocks = before.blocks.chunks_exact(maps.len());
        let steps = (blocks.len() + 1) * block;
        let mut values = vec![0.0; maps.len() / block * steps];
        for (place, maps) in blocks.chain([maps]).enumerate() {
            let lines = values.chunks_exact_mut(steps);
            for (line, map) in lines.zip(maps.chunks_exact(block)) {
                line[place * block..][..block].copy_from_slice(map);
            }
        }
        Self { values, steps }
    }

    /// Gives the last block.
    pub(super) fn end(&self, maps: &mut [f32], block: usize) {
        let lines = self.values.chunks_exact(self.steps);
        for (map, line) in maps.chunks_exact_mut(block).zip(lines) {
            map.copy_from_slice(&line[self.steps - block..]);
        }
    }
}

/// A map that many steps later, read linearly between two, with zeros outside.
pub(super) fn late(map: &[f32], delay: f64) -> Vec<f32> {
    let whole = delay.floor();
    let (first, share) = (cut::<isize>(whole), nearest_f32(delay - whole));
    let read = |place: isize| {
        let place = usize::try_from(place).ok();
        place
            .and_then(|place| map.get(place))
            .copied()
            .unwrap_or(0.0)
    };
    (0..map.len())
        .map(|step| {
            let place = low_bits::<isize>(step) - first;
            let (now, earlier) = (read(place), read(place - 1));
            now + share * (earlier - now)
        })
        .collect()
}
