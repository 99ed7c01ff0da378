//! A low-frequency oscillator.

use super::rate::{NoteValue, Rate, Retrigger};

/// Points of a drawn shape.
pub const POINTS: usize = 32;

/// One cycle of an oscillator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shape {
    /// From the middle up, down and back.
    #[default]
    Sine,
    /// From 0 to 1 and back.
    Triangle,
    /// From 0 to 1.
    SawUp,
    /// From 1 to 0.
    SawDown,
    /// 1, then 0.
    Square,
    /// Another draw in each cycle.
    SampleHold,
    /// The points, joined by lines.
    Drawn,
}

impl Shape {
    /// Every shape.
    pub const ALL: [Self; 7] = [
        Self::Sine,
        Self::Triangle,
        Self::SawUp,
        Self::SawDown,
        Self::Square,
        Self::SampleHold,
        Self::Drawn,
    ];

    /// The name presets use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sine => "sine",
            Self::Triangle => "triangle",
            Self::SawUp => "saw-up",
            Self::SawDown => "saw-down",
            Self::Square => "square",
            Self::SampleHold => "sample-hold",
            Self::Drawn => "drawn",
        }
    }

    /// The shape called `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|shape| shape.name() == name)
    }
}

/// A low-frequency oscillator.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lfo {
    /// One cycle.
    pub shape: Shape,
    /// What [`Shape::Drawn`] goes through, 0–1 each, evenly spaced over the cycle.
    pub points: [f32; POINTS],
    /// Length of a cycle.
    pub rate: Rate,
    /// Where in the cycle it begins, 0–1.
    pub phase: f32,
    /// From when its time counts.
    pub retrigger: Retrigger,
    /// Seed of [`Shape::SampleHold`], up to [`MAX_SEED`](super::MAX_SEED).
    pub seed: u32,
}

impl Default for Lfo {
    fn default() -> Self {
        Self {
            shape: Shape::Sine,
            points: [0.0; POINTS],
            rate: Rate::Note(NoteValue::QUARTER),
            phase: 0.0,
            retrigger: Retrigger::Transport,
            seed: 1,
        }
    }
}
