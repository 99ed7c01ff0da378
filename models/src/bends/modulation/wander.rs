//! Smooth random.

use super::rate::{NoteValue, Rate, Retrigger};

/// Smooth random: gradient noise over time, which comes to the middle once in each cycle and strays from it between.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wander {
    /// Length of a cycle.
    pub rate: Rate,
    /// From when its time counts.
    pub retrigger: Retrigger,
    /// Draws the way, up to [`MAX_SEED`](super::MAX_SEED).
    pub seed: u32,
}

impl Default for Wander {
    fn default() -> Self {
        Self {
            rate: Rate::Note(NoteValue::WHOLE),
            retrigger: Retrigger::Transport,
            seed: 1,
        }
    }
}
