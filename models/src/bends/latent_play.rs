//! Latent play, as presets say it: what is decoded in place of the encoded sound.

mod shape;

pub use shape::{DIMENSIONS, LatentShape, OFFSET_RANGE, SCALE_RANGE};

/// Where a latent that takes part in the sound comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum LatentSource {
    /// One draw from the prior.
    #[default]
    Random,
    /// A slow walk from draw to draw.
    Walk,
}

impl LatentSource {
    /// Every source.
    pub const ALL: [Self; 2] = [Self::Random, Self::Walk];

    /// The name presets use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::Walk => "walk",
        }
    }

    /// The source called `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }
}

/// Largest seed of a drawn latent.
pub const MAX_SEED: u32 = 65_535;
/// Slowest and fastest walk, in waypoints per second.
pub const RATE_RANGE_HZ: (f32, f32) = (0.02, 4.0);
/// Rate of the walk unless told otherwise, in waypoints per second.
pub const DEFAULT_RATE_HZ: f32 = 0.1;

/// Latent play: what is decoded in place of the encoded sound. By default nothing is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LatentPlay {
    /// Whether the last sound heard is held.
    pub freeze: bool,
    /// What is blended with it, or with the encoded sound where nothing is held.
    pub source: LatentSource,
    /// How much of it, 0–1.
    pub blend: f32,
    /// Seed of the draw, 0–[`MAX_SEED`].
    pub seed: u32,
    /// Rate of the walk in waypoints per second, within [`RATE_RANGE_HZ`].
    pub rate_hz: f32,
    /// What is done to the latent of a waveform model, dimension by dimension.
    pub shape: LatentShape,
}

impl Default for LatentPlay {
    fn default() -> Self {
        Self {
            freeze: false,
            source: LatentSource::Random,
            blend: 0.0,
            seed: 1,
            rate_hz: DEFAULT_RATE_HZ,
            shape: LatentShape::default(),
        }
    }
}

impl LatentPlay {
    /// Whether anything but the encoded sound plays.
    pub fn is_active(&self) -> bool {
        self.freeze || self.blend > 0.0
    }
}
