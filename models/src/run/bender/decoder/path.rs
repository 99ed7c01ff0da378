//! Which session computes an item of a batch, and from which rows on.
//!
//! It depends on the item's own bends and on the frames that are wanted, not on the items beside it: two sessions may differ in an item's last
//! bits.

use netbend_dsp::number::nearest_f64;

use super::tail::Tail;
use super::weights::Weights;
use crate::incremental::decoder_chain::DecoderChain;
use crate::incremental::row_starts::RowStarts;
use crate::node::activity::Watch;
use crate::node::program::{Entry, Program};

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

impl Path {
    /// What computes item `item` of a batch: one of the `tails`, or the session for any rows.
    pub(super) fn choose(
        chain: Option<&DecoderChain>,
        tails: &[Tail],
        first_frame: usize,
        weights: Weights<'_>,
        program: &Program,
        item: usize,
    ) -> Self {
        let Some(chain) = chain else {
            return Self::Any(Vec::new());
        };
        // One row at least: no convolution is of none.
        let first_frame = first_frame.min(chain.frames().saturating_sub(1));
        let starts = chain.starts(first_frame, program, item);
        if matches!(weights, Weights::Own) && first_frame > 0 {
            let covers = |tail: &Tail| tail.starts.iter().zip(&starts).all(|(a, b)| a <= b);
            if let Some(place) = tails.iter().rposition(covers)
                && nearest_f64(chain.cost(&tails[place].starts))
                    <= WORTH * nearest_f64(chain.cost(&starts))
            {
                return Self::Tail(place);
            }
        }
        Self::Any(starts)
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
    for watch in Program::watches(program.words()) {
        if let Some(item) = items.iter().position(|item| *item == watch.item) {
            to.watch(Watch { item, ..watch });
        }
    }
}
