//! The parameters of a waveform model's latent, dimension by dimension, and of its noise.
//!
//! | id | range | meaning |
//! |---|---|---|
//! | `latent_offset_N` | −4…4 | added to dimension N = 1…8 of the latent |
//! | `latent_scale_N` | 0–4 | multiplies it before |
//! | `latent_encoder_noise` | 0–1 | how much of the noise that the encoder draws |
//! | `latent_padding_noise` | 0–1 | how much of the noise in the dimensions that the latent leaves out |
//!
//! Models of spectrograms take no notice of them.

use netbend_models::bends::latent_play::{DIMENSIONS, LatentShape, OFFSET_RANGE, SCALE_RANGE};
use nice_plug::prelude::*;

use super::share::percentage;

/// One dimension.
#[derive(Params)]
pub struct LatentDimensionParams {
    /// What is added.
    #[id = "latent_offset"]
    pub offset: FloatParam,
    /// What it is multiplied by.
    #[id = "latent_scale"]
    pub scale: FloatParam,
}

impl LatentDimensionParams {
    /// Dimension `number`, counted from 1.
    pub fn new(number: usize) -> Self {
        let float = |what: &str, default: f32, (min, max): (f32, f32)| {
            let name = format!("Latent {number} {what}");
            FloatParam::new(name, default, FloatRange::Linear { min, max })
                .with_value_to_string(formatters::v2s_f32_rounded(2))
        };
        Self {
            offset: float("Offset", 0.0, OFFSET_RANGE),
            scale: float("Scale", 1.0, SCALE_RANGE),
        }
    }
}

/// The noise.
#[derive(Params)]
pub struct LatentNoiseParams {
    /// The encoder's.
    #[id = "latent_encoder_noise"]
    pub encoder: FloatParam,
    /// That in place of what is left out.
    #[id = "latent_padding_noise"]
    pub padding: FloatParam,
}

impl Default for LatentNoiseParams {
    fn default() -> Self {
        Self {
            encoder: percentage("Encoder Noise", 1.0),
            padding: percentage("Padding Noise", 1.0),
        }
    }
}

/// The values of this moment.
///
/// # Real-time safety
/// Reads atomics; never allocates, locks or panics.
pub(super) fn shape(
    dimensions: &[LatentDimensionParams; DIMENSIONS],
    noise: &LatentNoiseParams,
) -> LatentShape {
    LatentShape {
        offsets: std::array::from_fn(|index| dimensions[index].offset.value()),
        scales: std::array::from_fn(|index| dimensions[index].scale.value()),
        encoder_noise: noise.encoder.value(),
        padding_noise: noise.padding.value(),
    }
}
