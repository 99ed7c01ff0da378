//! From which row on each stage of a decoder is needed.
//!
//! Whatever is computed is a suffix of a stage's rows. A bend that reads other rows than it writes needs them too: the rows of its stage begin as much
//! earlier. What such a bend makes of the rows that were added is wrong, as they lack what they read in turn; but nothing that is kept
//! reads them.

use super::decoder_chain::{Bent, DecoderChain, Direction, Stage};
use crate::node::program::{Entry, Program};

/// The first row of the seed and of each stage.
pub(crate) type RowStarts = Vec<usize>;

impl DecoderChain {
    /// The first rows that frames `first_frame..` of the decoded window need where `program` bends item `item`.
    pub(crate) fn starts(&self, first_frame: usize, program: &Program, item: usize) -> RowStarts {
        let mut starts = vec![0; self.stages.len() + 1];
        let mut first = first_frame;
        for (stage, start) in self.stages.iter().zip(&mut starts[1..]).rev() {
            first = before_bends(&stage.bends, program, item, first);
            *start = first;
            first = stage.first_row_read(first);
        }
        starts[0] = before_bends(&self.seed_bends, program, item, first);
        starts
    }

    /// A measure of what computing the rows from `starts` on costs: multiplications of one window.
    pub(crate) fn cost(&self, starts: &[usize]) -> usize {
        let inputs = std::iter::once(&self.seed).chain(self.stages.iter().map(|s| &s.output));
        let inputs = inputs.zip(starts);
        let stages = self.stages.iter().zip(inputs);
        let cost = stages.map(|(stage, (input, start))| {
            (input.rows.saturating_sub(*start) * input.columns)
                .saturating_mul(input.features * stage.output.features * stage.kernel.length)
        });
        cost.fold(0, usize::saturating_add)
    }
}

impl Stage {
    /// The first row of its input that rows `first..` of its output read.
    pub(super) fn first_row_read(&self, first: usize) -> usize {
        let [above, _] = self.kernel.pads;
        match self.direction {
            Direction::Same => first.saturating_sub(above),
            // Row i is added to the rows i·stride − above + tap.
            Direction::Up => {
                let first = first + above;
                let reaching = first
                    .saturating_sub(self.kernel.length - 1)
                    .div_ceil(self.kernel.stride);
                // Where kernels leave rows out, the row before a gap.
                reaching.min(first / self.kernel.stride)
            }
        }
    }

    /// The row of its output, padding above left out, with which what is computed from row `input` on begins; `first` is that of the
    /// output that is wanted. How many rows are to be cut off.
    pub(super) fn cut(&self, input: usize, first: usize) -> usize {
        match self.direction {
            Direction::Same => first.saturating_sub(input),
            Direction::Up => {
                (first + self.kernel.pads[0]).saturating_sub(input * self.kernel.stride)
            }
        }
    }
}

/// The first row that has to be there before the bends so that rows `first..` are right behind them.
fn before_bends(bends: &[Bent], program: &Program, item: usize, first: usize) -> usize {
    let mut first = first;
    for bent in bends.iter().rev() {
        let acts = |entry: &Entry<'_>| {
            entry.layer == bent.layer && entry.item == item && !entry.features.is_empty()
        };
        let entries: Vec<_> = Program::entries(program.words()).filter(acts).collect();
        for entry in entries.iter().rev() {
            let Entry {
                transform,
                parameters,
                amount,
                ..
            } = *entry;
            let read = |first| transform.first_row_read(first, parameters, amount, bent.size);
            if read(first) < first {
                first = (0..repeats(entry.features)).fold(first, |first, _| read(first));
            }
        }
    }
    first
}

/// How often the feature that is listed most often is: it is bent as often.
fn repeats(features: &[f32]) -> usize {
    let mut sorted: Vec<usize> = features.iter().map(|&feature| feature as usize).collect();
    sorted.sort_unstable();
    let runs = sorted.chunk_by(|a, b| a == b);
    runs.map(<[usize]>::len).max().unwrap_or(0)
}
