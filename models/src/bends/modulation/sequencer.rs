//! A sequencer of steps.

use super::rate::{NoteValue, Rate, Retrigger};

/// The most steps.
pub const STEPS: usize = 16;

/// A sequencer of up to [`STEPS`] steps, round and round.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sequencer {
    /// 0–1 each.
    pub values: [f32; STEPS],
    /// Steps that are played, 1–[`STEPS`].
    pub length: usize,
    /// Length of a step.
    pub step: Rate,
    /// The share of a step over which its value is reached from the last one's, 0–1.
    pub glide: f32,
    /// How late every second step is, 0–1 of half a step.
    pub swing: f32,
    /// From when its time counts.
    pub retrigger: Retrigger,
}

impl Default for Sequencer {
    fn default() -> Self {
        Self {
            values: [0.0; STEPS],
            length: STEPS,
            step: Rate::Note(NoteValue::SIXTEENTH),
            glide: 0.0,
            swing: 0.0,
            retrigger: Retrigger::Transport,
        }
    }
}
