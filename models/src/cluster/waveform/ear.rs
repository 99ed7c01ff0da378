//! Blocks of sound as a spectrogram.

use netbend_dsp::number::{cut, nearest_f32, nearest_f64};
use netbend_dsp::spectrogram::analyze;
use netbend_dsp::{DspError, StftGeometry};

use crate::cluster::describe::Spectrogram;
use crate::error::ModelError;
use crate::package::bands::band_of_bin;
use crate::package::waveform::WaveformManifest;

/// A window lasts so long at least: an attack, a body and a tail.
const SECONDS: f64 = 0.25;

/// Hears windows of whole blocks.
#[derive(Debug)]
pub(super) struct Ear {
    geometry: StftGeometry,
    channels: usize,
    blocks: usize,
    bands: Vec<usize>,
}

/// A window.
pub(super) struct Heard {
    pub(super) spectrogram: Spectrogram,
    /// Its largest magnitude; 0 of silence.
    pub(super) peak: f32,
}

impl Ear {
    /// For what a model plays.
    pub(super) fn new(manifest: &WaveformManifest) -> Result<Self, ModelError> {
        let odd = |error: DspError| ModelError::Clusters(error.to_string());
        let rate = nearest_f32(manifest.sample_rate);
        let geometry = StftGeometry::for_sample_rate(rate).map_err(odd)?;
        let (size, rate) = (geometry.fft_size, manifest.sample_rate);
        let block_seconds = nearest_f64(manifest.block) / f64::from(rate);
        Ok(Self {
            geometry,
            channels: manifest.channels_out,
            blocks: cut::<usize>((SECONDS / block_seconds).ceil()).max(1),
            bands: (0..geometry.bins())
                .map(|bin| band_of_bin(bin, size, rate))
                .collect(),
        })
    }

    /// Blocks of a window.
    pub(super) fn blocks(&self) -> usize {
        self.blocks
    }

    /// The band of each bin.
    pub(super) fn bands(&self) -> &[usize] {
        &self.bands
    }

    /// Hears blocks `[channel × sample]`. Magnitudes are those of all channels together, relative to `peak` or else the window's own; what is no
    /// number is silence.
    pub(super) fn hear(&self, blocks: &[Vec<f32>], peak: Option<f32>) -> Heard {
        let bins = self.geometry.bins();
        let mut powers: Vec<f32> = Vec::new();
        for channel in 0..self.channels {
            let of_block = |block: &Vec<f32>| {
                let length = block.len() / self.channels;
                let own = block[channel * length..(channel + 1) * length].iter();
                own.map(|x| if x.is_finite() { *x } else { 0.0 })
                    .collect::<Vec<_>>()
            };
            let samples: Vec<f32> = blocks.iter().flat_map(of_block).collect();
            // The geometry was made by its own rules, which is all that could be wrong.
            let Ok(spectra) = analyze(&samples, self.geometry) else {
                continue;
            };
            // Frames that reach beyond the window hear its edges.
            let first = self.geometry.overlap() - 1;
            let end = (samples.len() / self.geometry.hop_samples).max(first);
            powers.resize((end - first) * bins, 0.0);
            let frames = spectra.rows().into_iter().take(end).skip(first);
            for (power, x) in powers.iter_mut().zip(frames.flatten()) {
                *power += x.norm_sqr();
            }
        }
        let mut magnitudes: Vec<f32> = powers.iter().map(|power| power.sqrt()).collect();
        let own = magnitudes.iter().copied().fold(0.0, f32::max);
        let peak = peak.unwrap_or(own);
        if peak > 0.0 {
            magnitudes.iter_mut().for_each(|x| *x /= peak);
        }
        Heard {
            spectrogram: Spectrogram::from_magnitudes(bins, magnitudes),
            peak: own,
        }
    }
}
