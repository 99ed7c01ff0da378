//! What the cells of the strip stand for.

use crate::stream::controls::{SLOTS, WEIGHT_SLOTS};

/// What the panel shows in full; numbers are 0-based.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// A slot.
    Slot(usize),
    /// A weight slot.
    Weights(usize),
    /// How bends become sound.
    Sound,
}

impl Page {
    /// Every page, as they stand in the strip.
    pub fn all() -> impl Iterator<Item = Self> {
        let slots = (0..SLOTS).map(Self::Slot);
        let weights = (0..WEIGHT_SLOTS).map(Self::Weights);
        slots.chain(weights).chain([Self::Sound])
    }

    /// How many wider gaps are before its cell.
    pub(super) fn gaps_apart(self) -> usize {
        match self {
            Self::Slot(_) => 0,
            Self::Weights(_) => 1,
            Self::Sound => 2,
        }
    }

    /// Whether settings of one can be put on the other.
    pub(super) fn is_like(self, other: Self) -> bool {
        self != Self::Sound && self.gaps_apart() == other.gaps_apart()
    }

    /// `slot 3`, `weights 1`.
    pub(super) fn name(self) -> String {
        match self {
            Self::Slot(index) => format!("slot {}", index + 1),
            Self::Weights(index) => format!("weights {}", index + 1),
            Self::Sound => "sound".to_owned(),
        }
    }
}
