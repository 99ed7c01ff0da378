//! The parameters of latent play.
//!
//! | id | range | meaning |
//! |---|---|---|
//! | `latent_freeze` | off/on | holds the last 0.7 s heard and plays them round and round |
//! | `latent_source` | random, walk | what is blended in: one drawn latent, or a walk from draw to draw |
//! | `latent_blend` | 0–1 | your sound (or what is held) … the source |
//! | `latent_seed` | 0–65535 | draws the source |
//! | `latent_rate` | 0.02–4 Hz | how many draws the walk passes in a second |

use netbend_dsp::number::low_bits;
use netbend_models::bends::latent_play::{
    DEFAULT_RATE_HZ, LatentPlay, LatentShape, LatentSource, MAX_SEED, RATE_RANGE_HZ,
};
use netbend_models::bends::modulation::Knob;
use nice_plug::prelude::*;

use super::moved::moved;
use super::share::percentage;
use crate::modulation::Offsets;

/// Latent play: what is decoded in place of the encoded sound.
#[derive(Params)]
pub struct LatentParams {
    /// Whether the last sound heard is held.
    #[id = "latent_freeze"]
    pub freeze: BoolParam,
    /// What is blended in.
    #[id = "latent_source"]
    pub source: EnumParam<SourceChoice>,
    /// How much of it.
    #[id = "latent_blend"]
    pub blend: FloatParam,
    /// Seed of the draw.
    #[id = "latent_seed"]
    pub seed: IntParam,
    /// Rate of the walk, in hertz.
    #[id = "latent_rate"]
    pub rate: FloatParam,
}

/// [`LatentSource`] as a parameter. The ids are the YAML names.
#[derive(Debug, Enum, PartialEq, Eq, Clone, Copy)]
pub enum SourceChoice {
    /// One draw.
    #[id = "random"]
    #[name = "Random"]
    Random,
    /// A walk from draw to draw.
    #[id = "walk"]
    #[name = "Walk"]
    Walk,
}

impl SourceChoice {
    /// The source it stands for.
    pub fn source(self) -> LatentSource {
        match self {
            Self::Random => LatentSource::Random,
            Self::Walk => LatentSource::Walk,
        }
    }

    /// The choice that stands for `source`.
    pub fn of(source: LatentSource) -> Self {
        match source {
            LatentSource::Random => Self::Random,
            LatentSource::Walk => Self::Walk,
        }
    }
}

impl Default for LatentParams {
    fn default() -> Self {
        let (slowest, fastest) = RATE_RANGE_HZ;
        Self {
            freeze: BoolParam::new("Freeze", false),
            source: EnumParam::new("Latent Source", SourceChoice::Random),
            blend: percentage("Latent Blend", 0.0),
            seed: IntParam::new(
                "Latent Seed",
                1,
                IntRange::Linear {
                    min: 0,
                    max: low_bits::<i32>(MAX_SEED),
                },
            ),
            rate: FloatParam::new(
                "Latent Rate",
                DEFAULT_RATE_HZ,
                FloatRange::Skewed {
                    min: slowest,
                    max: fastest,
                    factor: FloatRange::skew_factor(-2.0),
                },
            )
            .with_unit(" Hz")
            .with_value_to_string(formatters::v2s_f32_rounded(2)),
        }
    }
}

impl LatentParams {
    /// The values of this moment, but for the [shape](super::latent_shape), which has parameters of its own.
    ///
    /// # Real-time safety
    /// Reads atomics; never allocates, locks or panics.
    pub fn play(&self) -> LatentPlay {
        self.moved(&Offsets::default())
    }

    /// As [`play`](Self::play), where knobs are moved and pads may freeze.
    pub(super) fn moved(&self, offsets: &Offsets) -> LatentPlay {
        LatentPlay {
            freeze: self.freeze.value() || offsets.freezes(),
            source: self.source.value().source(),
            blend: moved(&self.blend, offsets.at(Knob::LatentBlend, 0)),
            seed: low_bits::<u32>(self.seed.value().max(0)),
            rate_hz: moved(&self.rate, offsets.at(Knob::LatentRate, 0)),
            shape: LatentShape::default(),
        }
    }
}
