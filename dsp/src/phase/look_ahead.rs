//! How far phases look ahead.

/// Frames between a target and its result, for every method.
pub const LOOK_AHEAD_FRAMES: usize = 1;

/// The most frames that Griffin-Lim looks ahead.
pub const MAX_LOOK_AHEAD: usize = 3;
