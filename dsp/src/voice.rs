//! From decoded magnitudes to spectra, between the difference and the model voice. Pool thread.
//!
//! * The **difference voice** applies what the bend changed, `g = bent / clean`, to the channel's
//!   own spectrum: an idle bend is the input, bit for bit.
//! * The **model voice** takes the decoded magnitude itself, `D = bent`, with the channel's phase
//!   and its share of the linked magnitude, `X / mid`.
//! * `Y = (1 − v)·g·X + v·D·X/mid` for a voice `v` between them.
//! * Of that the **band** lets through `X + w·(Y − X)`: outside it the spectrum stays, bit for bit.
//!
//! Both parts only scale `X`, so a channel's frame is one real multiplier per bin.

mod band;
mod limits;
mod magnitudes;
mod multipliers;
mod smoothing;
#[cfg(test)]
mod tests;

pub use band::{Band, BandWeights, EDGE_OCTAVES, HIGHEST_BAND_HZ, LOWEST_BAND_HZ};
pub use limits::{
    GainLimits, HIGHEST_CEILING_DB, MAX_CHANNEL_SHARE, MAX_GAIN_DB, MAX_MODEL_DB, MIN_GAIN_DB,
    difference_db,
};
pub use magnitudes::{link_magnitudes, magnitudes};

use crate::clamp::ClampNan;
use crate::number::nearest_f32;
use crate::{Complex, DspError, StftGeometry};
use multipliers::{
    SILENCE, apply_both, apply_gains, bounded_gain, model_multiplier, set_gains, set_mid, set_model,
};
use smoothing::GainSmoother;

/// The top band, whose mean gain the bins above the highest seen one take, is this many bins wide.
pub const TOP_BAND_BINS: usize = 4;

/// How the voice is shaped.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct VoiceShape {
    /// The difference's quietest and loudest gain.
    pub limits: GainLimits,
    /// 0 takes the difference's gain as it is; 1 smooths it most: a time constant of 60 ms and a mean over a third
    /// of an octave. Gains of 0 dB that stay are kept exactly, and are exactly 0 dB again within a second of a bend's end.
    pub smoothing: f32,
    /// Where bends are heard.
    pub band: Band,
}

/// One frame's multipliers, set once per frame and applied to each channel.
pub struct Voice {
    /// `(1 − v)·g`, or `g` alone where only the gain is known, linear, as far as the band lets it through.
    difference_gain: Vec<f32>,
    /// `v·D`, linear, times the band's weight, and what it is a share of; as far as the model is heard.
    model_magnitude: Vec<f32>,
    mid_magnitude: Vec<f32>,
    smoother: GainSmoother,
    band: BandWeights,
    /// The highest bin the encoder sees.
    top_seen_bin: usize,
    /// Bins from 0 on that the model knows in this frame, and how much of it is heard.
    modelled: usize,
    voice: f32,
}

impl Voice {
    /// A voice for the spectra of `geometry` (more or fewer bins than the network's), passing them unchanged
    /// until the first [`set_frame`](Self::set_frame). `top_seen_bin` is the highest bin the encoder
    /// sees: 508 of the shipped model's 513, whose unpadded strided convolutions never reach 509…512.
    ///
    /// # Errors
    /// See [`StftGeometry::check`].
    pub fn new(geometry: StftGeometry, top_seen_bin: usize) -> Result<Self, DspError> {
        geometry.check()?;
        let bins = geometry.bins();
        let bin_hz = geometry.sample_rate / nearest_f32(geometry.fft_size);
        Ok(Self {
            difference_gain: vec![1.0; bins],
            model_magnitude: vec![0.0; bins],
            mid_magnitude: vec![0.0; bins],
            smoother: GainSmoother::new(bins, geometry.frame_rate()),
            band: BandWeights::new(bins, bin_hz),
            top_seen_bin,
            modelled: 0,
            voice: 0.0,
        })
    }

    /// The next frame begins anew: no gain came before it.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn reset(&mut self) {
        self.smoother.reset();
    }

    /// Sets the frame.
    ///
    /// * `gain_db`: the difference voice's gain ([`difference_db`], seams joined), per network bin
    /// * `model_db`: the bent decoder's output in absolute dB, seams joined, per network bin
    /// * `mid_magnitude`: the linked analysis magnitude, linear, per bin of the spectra
    /// * `voice`: 0 is the difference, 1 the model
    /// * `shape`: smoothing and band; the limits are [`difference_db`]'s
    ///
    /// Bins above the highest seen one glide to the mean gain of the four up to it and follow it at any
    /// voice. Missing values count as 0 dB gain, and NaN does too.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn set_frame(
        &mut self,
        gain_db: &[f32],
        model_db: &[f32],
        mid_magnitude: &[f32],
        voice: f32,
        shape: &VoiceShape,
    ) {
        let voice = voice.clamp_nan(0.0, 1.0);
        let bins = self.difference_gain.len();
        let seen = bins
            .min(self.top_seen_bin.saturating_add(1))
            .min(gain_db.len());
        let modelled = if voice > 0.0 {
            seen.min(model_db.len())
        } else {
            0
        };
        (self.voice, self.modelled) = (voice, modelled);
        let gain_db = self.smoother.smooth(&gain_db[..seen], shape.smoothing);
        let (known, above) = self.difference_gain.split_at_mut(seen);
        let (both, alone) = known.split_at_mut(modelled);
        set_gains(both, &gain_db[..modelled], 1.0 - voice);
        set_gains(alone, &gain_db[modelled..], 1.0);
        extend_gain(gain_db, above);
        if modelled > 0 {
            set_model(&mut self.model_magnitude[..modelled], model_db, voice);
            let heard = mid_magnitude.len().min(modelled);
            set_mid(&mut self.mid_magnitude[..heard], mid_magnitude);
            self.mid_magnitude[heard..].fill(SILENCE);
        }
        self.band.set(shape.band);
        if !self.band.is_open() {
            self.close_band();
        }
    }

    /// Takes the frame back where the band is closed.
    fn close_band(&mut self) {
        let parts = self.difference_gain.iter_mut();
        let parts = parts.zip(&mut self.model_magnitude);
        for ((gain, model), &weight) in parts.zip(self.band.weights()) {
            if weight <= 0.0 {
                (*gain, *model) = (1.0, 0.0);
            } else if weight < 1.0 {
                *gain = 1.0 + weight * (*gain - 1.0);
                *model *= weight;
            }
        }
    }

    /// Multiplies one channel's spectrum by the frame. At `v = 0` with an idle bend every bin is
    /// passed bit for bit, and outside the band always.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn apply(&self, channel: &mut [Complex<f32>]) {
        let modelled = self.modelled.min(channel.len());
        let (both, alone) = channel.split_at_mut(modelled);
        let gains = &self.difference_gain[..];
        apply_both(both, gains, &self.model_magnitude, &self.mid_magnitude);
        apply_gains(alone, &gains[modelled..]);
    }

    /// As [`apply`](Self::apply), but the model's magnitude takes phase and share from `carrier`, the
    /// same channel of another sound with as many bins, whose linked magnitude is `carrier_mid`, linear.
    /// The difference stays on `channel`. Where the model knows nothing, the carrier itself takes its place.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn apply_on(
        &self,
        channel: &mut [Complex<f32>],
        carrier: &[Complex<f32>],
        carrier_mid: &[f32],
    ) {
        let parts = self.difference_gain.iter().zip(&self.model_magnitude);
        let parts = parts.zip(self.band.weights());
        let carriers = carrier.iter().zip(carrier_mid);
        let bins = channel.iter_mut().zip(parts).zip(carriers).enumerate();
        for (bin, ((x, ((&gain, &model), &weight)), (&carrier, &mid))) in bins {
            if weight <= 0.0 {
                continue;
            }
            *x = if bin < self.modelled {
                *x * gain + carrier * model_multiplier(model, carrier, mid)
            } else {
                let gain = gain - self.voice * (gain - (1.0 - weight));
                *x * gain + carrier * (self.voice * weight)
            };
        }
    }

    /// The real multiplier of one bin of a channel whose spectrum there is `x`; 1 beyond the end.
    pub fn multiplier(&self, bin: usize, x: Complex<f32>) -> f32 {
        match self.difference_gain.get(bin) {
            Some(gain) if bin < self.modelled => {
                gain + model_multiplier(self.model_magnitude[bin], x, self.mid_magnitude[bin])
            }
            Some(gain) => *gain,
            None => 1.0,
        }
    }
}

/// Gives the bins above those of `gain_db` the top band's gain.
fn extend_gain(gain_db: &[f32], above: &mut [f32]) {
    let band = &gain_db[gain_db.len().saturating_sub(TOP_BAND_BINS)..];
    let Some(&last) = band.last() else {
        above.fill(1.0);
        return;
    };
    let finite = |db: f32| if db.is_finite() { db } else { 0.0 };
    let mean = band.iter().map(|&db| finite(db)).sum::<f32>() / nearest_f32(band.len());
    let glide = TOP_BAND_BINS.min(above.len());
    for (n, gain) in above[..glide].iter_mut().enumerate() {
        let share = nearest_f32(n + 1) / nearest_f32(TOP_BAND_BINS);
        *gain = bounded_gain(finite(last) + share * (mean - finite(last)));
    }
    above[glide..].fill(bounded_gain(mean));
}
