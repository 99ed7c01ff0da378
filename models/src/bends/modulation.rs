//! Modulators, as presets say them: what moves by itself, and which settings it moves.
//!
//! A [`Route`] takes the value of a [`Source`] to a [`Target`]. Values of sources are 0–1; how far they move a target is told in shares of the
//! way of its knob. Everything here is plain data of a fixed size, so that an audio thread can have a copy of its own.

mod follower;
mod lfo;
mod rate;
mod route;
mod sequencer;
mod target;
mod wander;

pub use follower::{
    ATTACK_RANGE_MS, FOLLOWER_GAIN_RANGE_DB, Follower, FollowerMode, Hears, RELEASE_RANGE_MS,
};
pub use lfo::{Lfo, POINTS, Shape};
pub use rate::{Feel, HERTZ_RANGE, NoteValue, Rate, Retrigger};
pub use route::{MOST_ROUTES, Polarity, Route, Routes, SOURCES, Source};
pub use sequencer::{STEPS, Sequencer};
pub use target::{Knob, MOST_PLACES, Target};
pub use wander::Wander;

/// Low-frequency oscillators.
pub const LFOS: usize = 3;
/// Sequencers.
pub const SEQUENCERS: usize = 2;
/// Followers.
pub const FOLLOWERS: usize = 2;
/// Macros.
pub const MACROS: usize = 8;
/// Largest seed of a modulator.
pub const MAX_SEED: u32 = 65_535;

/// Everything that moves by itself. By default nothing moves anything.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Modulation {
    /// Low-frequency oscillators.
    pub lfos: [Lfo; LFOS],
    /// Sequencers of steps.
    pub sequencers: [Sequencer; SEQUENCERS],
    /// Followers of the sound.
    pub followers: [Follower; FOLLOWERS],
    /// Smooth random.
    pub wander: Wander,
    /// What moves what.
    pub routes: Routes,
}
