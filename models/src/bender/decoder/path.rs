//! Which session computes an item of a batch, and from which rows on.
//!
//! It depends on the item's own bends and on the frames that are wanted, not on the items beside it: two sessions may differ in an item's last
//! bits.

use super::{Decoder, Tail, Weights};
use crate::program::{Entry, Program};
use crate::stream::row_starts::RowStarts;

/// How much dearer a session made for its rows may be than the one for any before that one is taken, by multiplications: the other has to
/// copy what it cuts off, and to compute a little more.
const WORTH: f64 = 1.5;

/// What computes an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Path {
    /// The session of that number made for its rows.
    Tail(usize),
    /// The one for any rows, from these on.
    Any(RowStarts),
}

impl Decoder {
    /// What computes item `item` of a batch.
    pub(super) fn path(
        &self,
        first_frame: usize,
        weights: Weights<'_>,
        program: &Program,
        item: usize,
    ) -> Path {
        let Some(chain) = &self.chain else {
            return Path::Any(Vec::new());
        };
        // One row at least: no convolution is of none.
        let first_frame = first_frame.min(chain.frames().saturating_sub(1));
        let starts = chain.starts(first_frame, program, item);
        if matches!(weights, Weights::Own) && first_frame > 0 {
            let covers = |tail: &Tail| tail.starts.iter().zip(&starts).all(|(a, b)| a <= b);
            if let Some(place) = self.tails.iter().rposition(covers)
                && chain.cost(&self.tails[place].starts) as f64
                    <= WORTH * chain.cost(&starts) as f64
            {
                return Path::Tail(place);
            }
        }
        Path::Any(starts)
    }

    /// How many rows of the seed and of each stage are computed for the frames from `first_frame` on of item `item`; none where whole windows are.
    pub(in crate::bender) fn rows(
        &self,
        first_frame: usize,
        program: &Program,
        item: usize,
    ) -> Vec<usize> {
        let Some(chain) = &self.chain else {
            return Vec::new();
        };
        match self.path(first_frame, Weights::Own, program, item) {
            Path::Tail(place) => chain.rows(&self.tails[place].starts),
            Path::Any(starts) => chain.rows(&starts),
        }
    }
}

/// Writes the entries of `program` for `items` to `to`, numbered by their places in that list.
pub(super) fn select(program: &Program, items: &[usize], to: &mut Program) {
    to.clear();
    for entry in Program::entries(program.words()) {
        if let Some(item) = items.iter().position(|item| *item == entry.item) {
            to.push(&Entry { item, ..entry });
        }
    }
}
