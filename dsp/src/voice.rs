//! From decoded magnitudes to spectra, between the difference and the model voice. Worker thread.
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
mod smoothing;
#[cfg(test)]
mod tests;

pub use band::{Band, BandWeights, EDGE_OCTAVES, HIGHEST_BAND_HZ, LOWEST_BAND_HZ};
pub use limits::{GainLimits, HIGHEST_CEILING_DB, MAX_GAIN_DB, MIN_GAIN_DB, difference_db};

use crate::decibel::{ClampNan, db_to_amplitude};
use crate::{Complex, DspError, StftGeometry};
use smoothing::GainSmoother;

/// The top band, whose mean gain the bins above the highest seen one take, is this many bins wide.
pub const TOP_BAND_BINS: usize = 4;
/// The loudest magnitude of the model's voice, in dB relative to a full-scale sine.
pub const MAX_MODEL_DB: f32 = 6.0;
/// The largest share of the linked magnitude a channel can have. It is reached by a stereo
/// signal in one channel, linked by [`link_magnitudes`].
pub const MAX_CHANNEL_SHARE: f32 = std::f32::consts::SQRT_2;

/// Magnitudes below this have no phase worth keeping and count as silence (−300 dB).
const SILENCE: f32 = 1e-15;

/// The channel-linked magnitude of two spectra, `√((|L|² + |R|²) / 2)`: for equal channels it is
/// either's magnitude, and unlike the magnitude of the sum it never cancels.
pub fn link_magnitudes(left: &[Complex<f32>], right: &[Complex<f32>], mid: &mut [f32]) {
    for ((mid, l), r) in mid.iter_mut().zip(left).zip(right) {
        *mid = (0.5 * (l.norm_sqr() + r.norm_sqr())).sqrt();
    }
}

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
    /// `v·D`, linear, times the band's weight.
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
        let bin_hz = geometry.sample_rate / geometry.fft_size as f32;
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
        for bin in 0..seen {
            let gain = bounded_gain(gain_db[bin]);
            self.difference_gain[bin] = if bin < modelled {
                (1.0 - voice) * gain
            } else {
                gain
            };
        }
        extend_gain(gain_db, &mut self.difference_gain[seen..]);
        for bin in 0..modelled {
            self.model_magnitude[bin] = voice * model_amplitude(model_db[bin]);
        }
        self.model_magnitude[modelled..].fill(0.0);
        self.mid_magnitude.fill(0.0);
        for (own, &mid) in self.mid_magnitude.iter_mut().zip(mid_magnitude) {
            *own = if mid.is_finite() { mid.max(0.0) } else { 0.0 };
        }
        self.band.set(shape.band);
        self.close_band();
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
        for (bin, x) in channel
            .iter_mut()
            .enumerate()
            .take(self.difference_gain.len())
        {
            *x *= self.multiplier(bin, *x);
        }
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
            Some(gain) => {
                gain + model_multiplier(self.model_magnitude[bin], x, self.mid_magnitude[bin])
            }
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
    let mean = band.iter().map(|&db| finite(db)).sum::<f32>() / band.len() as f32;
    let glide = TOP_BAND_BINS.min(above.len());
    for (n, gain) in above[..glide].iter_mut().enumerate() {
        let share = (n + 1) as f32 / TOP_BAND_BINS as f32;
        *gain = bounded_gain(finite(last) + share * (mean - finite(last)));
    }
    above[glide..].fill(bounded_gain(mean));
}

/// What gives `x` the model's magnitude and the share it has of `mid`: `v·D·|X/mid|` over `|X|`.
/// A vanishing mid leaves the channel its largest share; silence has no phase to give.
fn model_multiplier(model: f32, x: Complex<f32>, mid: f32) -> f32 {
    if model == 0.0 {
        return 0.0;
    }
    let own = x.norm();
    if own < SILENCE || !own.is_finite() {
        return 0.0;
    }
    let mid = if mid.is_finite() {
        mid.max(SILENCE)
    } else {
        SILENCE
    };
    model * (own / mid).min(MAX_CHANNEL_SHARE) / own
}

/// A linear gain from dB, inside the widest range; NaN is 0 dB.
fn bounded_gain(db: f32) -> f32 {
    if db.is_nan() {
        1.0
    } else {
        db_to_amplitude(db.clamp(MIN_GAIN_DB, HIGHEST_CEILING_DB))
    }
}

/// A linear magnitude from dB; NaN is silence.
fn model_amplitude(db: f32) -> f32 {
    if db.is_nan() {
        0.0
    } else {
        db_to_amplitude(db.min(MAX_MODEL_DB))
    }
}
