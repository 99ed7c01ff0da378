//! The items of a stride in rows of the decoder's window: what encoding, decoding and every economy go by. Pool threads.

use std::ops::Range;

use super::frames::StrideFrames;
use super::window::Window;
use crate::worker::moment::Moment;

/// Which items of a stride are decoded in every stride, and at which place among those; held loops are not.
#[derive(Debug, Default)]
pub(super) struct Places(Vec<Option<usize>>);

impl Places {
    /// Gives the clean item and those of `states` their places. `is_loop`: whether a state plays a held loop.
    pub(super) fn assign(&mut self, states: &[Moment], is_loop: impl Fn(&Moment) -> bool) {
        self.0.clear();
        self.0.push(Some(0));
        let mut next = 1;
        for state in states {
            let place = (!is_loop(state)).then_some(next);
            next += usize::from(place.is_some());
            self.0.push(place);
        }
    }

    /// The place of item `item`; none for a held loop.
    pub(super) fn of(&self, item: usize) -> Option<usize> {
        self.0.get(item).copied().flatten()
    }

    /// The places of all items, the clean one's first.
    pub(super) fn all(&self) -> impl Iterator<Item = Option<usize>> + '_ {
        self.0.iter().copied()
    }

    /// How many items there are, held loops included.
    pub(super) fn items(&self) -> usize {
        self.0.len()
    }

    /// How many items there are beside held loops.
    pub(super) fn live(&self) -> usize {
        self.0.iter().flatten().count()
    }
}

/// A stride, in rows of the decoder's window.
pub(super) struct StrideRows<'a> {
    /// The window that came in, `[frame][bin]`.
    pub(super) input: &'a [f32],
    /// The first of its frames that is read.
    pub(super) tail: usize,
    /// The stride's frames.
    pub(super) frames: Range<usize>,
    stride: &'a StrideFrames,
    places: &'a Places,
}

impl<'a> StrideRows<'a> {
    /// The rows of `stride` in `window`, of which frames are read from `tail` on.
    pub(super) fn new(
        window: &'a Window,
        stride: &'a StrideFrames,
        places: &'a Places,
        tail: usize,
    ) -> Self {
        Self {
            input: window.encoded().units,
            tail,
            frames: stride.in_window(window.last_seen_frame()),
            stride,
            places,
        }
    }

    /// The place of the stride's last bent item, and its state.
    pub(super) fn last(&self) -> Option<(usize, &Moment)> {
        let (item, ..) = self.stride.items_at(self.stride.newest());
        let state = self.stride.state(item)?;
        Some((self.places.of(item)?, state))
    }

    /// How many items there are beside held loops.
    pub(super) fn items(&self) -> usize {
        self.places.live()
    }
}
