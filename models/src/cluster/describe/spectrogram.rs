//! A decoded window as decibels and as linear magnitudes.

use crate::package::manifest::Manifest;

/// The frames of a decoded window that reach the latent, `[frame, bin]`. 0 dB is the reference of the manifest's scale.
#[derive(Debug, Clone)]
pub(in crate::cluster) struct Spectrogram {
    pub(in crate::cluster) bins: usize,
    pub(in crate::cluster) decibels: Vec<f32>,
    /// What is at the scale's floor is silent: 0.
    pub(in crate::cluster) magnitudes: Vec<f32>,
}

impl Spectrogram {
    /// From `[frames, bins]` network units. Units beyond the scale are clipped, as when they are played.
    pub(in crate::cluster) fn from_units(units: &[f32], manifest: &Manifest) -> Self {
        let scale = manifest.decibels;
        let range_db = scale.reference_db - scale.floor_db;
        let seen = (manifest.last_seen_frame + 1) * manifest.bins;
        let decibels: Vec<f32> = units[..seen]
            .iter()
            // `max` first, so that not-a-number is silence.
            .map(|unit| (scale.floor_db + unit.max(0.0) * range_db).min(scale.ceiling_db))
            .collect();
        let magnitudes = decibels
            .iter()
            .map(|&db| match db > scale.floor_db {
                true => 10_f32.powf(db / 20.0),
                false => 0.0,
            })
            .collect();
        Self {
            bins: manifest.bins,
            decibels,
            magnitudes,
        }
    }

    /// Linear magnitudes, frame by frame.
    pub(in crate::cluster) fn frames(&self) -> std::slice::ChunksExact<'_, f32> {
        self.magnitudes.chunks_exact(self.bins)
    }

    /// From magnitudes `[frame, bin]` relative to the loudest of a clean window. What is 100 dB below that is silent.
    pub(in crate::cluster) fn from_magnitudes(bins: usize, magnitudes: Vec<f32>) -> Self {
        Self {
            bins,
            decibels: magnitudes
                .iter()
                .map(|magnitude| 20.0 * magnitude.max(1e-5).log10())
                .collect(),
            magnitudes,
        }
    }
}
