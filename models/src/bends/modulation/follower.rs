//! A follower of the sound.

use crate::bends::sound::BAND_RANGE_HZ;

/// Shortest and longest way up, in milliseconds.
pub const ATTACK_RANGE_MS: (f32, f32) = (0.0, 1_000.0);
/// Shortest and longest way down, in milliseconds.
pub const RELEASE_RANGE_MS: (f32, f32) = (1.0, 5_000.0);
/// How much quieter or louder the sound may be taken for, in dB.
pub const FOLLOWER_GAIN_RANGE_DB: (f32, f32) = (-24.0, 24.0);

/// What a follower hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Hears {
    /// The input.
    #[default]
    Input,
    /// The sidechain.
    Sidechain,
}

impl Hears {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Input, Self::Sidechain];

    /// The name presets use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Sidechain => "sidechain",
        }
    }

    /// The one called `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// What a follower follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FollowerMode {
    /// How loud the sound is.
    #[default]
    Level,
    /// Its attacks: up at each of them, however loud.
    Attacks,
}

impl FollowerMode {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Level, Self::Attacks];

    /// The name presets use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Level => "level",
            Self::Attacks => "attacks",
        }
    }

    /// The one called `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// A follower of the sound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Follower {
    /// What it hears.
    pub hears: Hears,
    /// What it follows.
    pub mode: FollowerMode,
    /// Lower edge of what it hears, in hertz; at the range's end open.
    pub band_low_hz: f32,
    /// Upper edge; at the range's end open.
    pub band_high_hz: f32,
    /// How much louder the sound is taken for, in dB.
    pub gain_db: f32,
    /// Time up, in milliseconds.
    pub attack_ms: f32,
    /// Time down, in milliseconds.
    pub release_ms: f32,
}

impl Default for Follower {
    fn default() -> Self {
        let (band_low_hz, band_high_hz) = BAND_RANGE_HZ;
        Self {
            hears: Hears::Input,
            mode: FollowerMode::Level,
            band_low_hz,
            band_high_hz,
            gain_db: 0.0,
            attack_ms: 10.0,
            release_ms: 150.0,
        }
    }
}
