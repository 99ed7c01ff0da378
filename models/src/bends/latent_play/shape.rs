//! A waveform model's latent, dimension by dimension, and how much of the model's own noise there is.

/// Dimensions that have an offset and a scale: the first, which carry the most.
pub const DIMENSIONS: usize = 8;
/// The range of an offset, in the latent's own units: a trained model's have a deviation of about 1.
pub const OFFSET_RANGE: (f32, f32) = (-4.0, 4.0);
/// The range of a scale.
pub const SCALE_RANGE: (f32, f32) = (0.0, 4.0);

/// What is done to a latent before it is decoded: `scale·z + offset` in each of the first dimensions. By default nothing.
///
/// Models of spectrograms have no such dimensions: nothing of it is of meaning to them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LatentShape {
    /// Within [`OFFSET_RANGE`].
    pub offsets: [f32; DIMENSIONS],
    /// Within [`SCALE_RANGE`].
    pub scales: [f32; DIMENSIONS],
    /// How much of the noise that the encoder draws, 0–1; 1 is as the model was trained.
    pub encoder_noise: f32,
    /// How much of the noise in the dimensions that the latent leaves out, 0–1; 1 is as the model was trained.
    pub padding_noise: f32,
}

impl Default for LatentShape {
    fn default() -> Self {
        Self {
            offsets: [0.0; DIMENSIONS],
            scales: [1.0; DIMENSIONS],
            encoder_noise: 1.0,
            padding_noise: 1.0,
        }
    }
}

impl LatentShape {
    /// Whether any dimension is another than it was encoded.
    pub fn moves(&self) -> bool {
        let Self {
            offsets, scales, ..
        } = Self::default();
        self.offsets != offsets || self.scales != scales
    }

    /// This, `share` of the way to `other`, 0–1.
    pub fn towards(&self, other: &Self, share: f32) -> Self {
        let between = |from: f32, to: f32| match share {
            1.0 => to,
            share => from + share * (to - from),
        };
        Self {
            offsets: std::array::from_fn(|n| between(self.offsets[n], other.offsets[n])),
            scales: std::array::from_fn(|n| between(self.scales[n], other.scales[n])),
            encoder_noise: between(self.encoder_noise, other.encoder_noise),
            padding_noise: between(self.padding_noise, other.padding_noise),
        }
    }
}
