//! From decoded magnitudes to spectra, between the difference and the model voice. Worker thread.
//!
//! * The **difference voice** applies what the bend changed, `g = bent / clean`, to the channel's
//!   own spectrum: an idle bend is the input, bit for bit.
//! * The **model voice** takes the decoded magnitude itself, `D = bent`, with the channel's phase
//!   and its share of the linked magnitude, `X / mid`.
//! * `Y = (1 − v)·g·X + v·D·X/mid` for a voice `v` between them.
//!
//! Both parts only scale `X`, so a channel's frame is one real multiplier per bin.

use crate::decibel::{ClampNan, db_to_amplitude};
use crate::error::check_size;
use crate::{Complex, DspError};

/// The top band, whose mean gain the bins above the highest seen one take, is this many bins wide.
pub const TOP_BAND_BINS: usize = 4;
/// The quietest gain of the difference voice, in dB.
pub const MIN_GAIN_DB: f32 = -60.0;
/// The loudest gain of the difference voice unless set, in dB: strong bends of the last layers would otherwise
/// raise a loop by 20 dB and more.
pub const MAX_GAIN_DB: f32 = 12.0;
/// The highest ceiling, in dB.
pub const HIGHEST_CEILING_DB: f32 = 24.0;
/// The loudest magnitude of the model's voice, in dB relative to a full-scale sine.
pub const MAX_MODEL_DB: f32 = 6.0;
/// The largest share of the linked magnitude a channel can have. It is reached by a stereo
/// signal in one channel, linked by [`link_magnitudes`].
pub const MAX_CHANNEL_SHARE: f32 = std::f32::consts::SQRT_2;

/// Magnitudes below this have no phase worth keeping and count as silence (−300 dB).
const SILENCE: f32 = 1e-15;

/// The gain of the difference voice in dB, `bent − clean`, clamped to the limits and exactly
/// 0 dB where both are equal or either is not finite.
pub fn difference_db(clean_db: &[f32], bent_db: &[f32], limits: GainLimits, gain_db: &mut [f32]) {
    let floor = limits.floor_db.clamp_nan(MIN_GAIN_DB, 0.0);
    let ceiling = limits.ceiling_db.clamp_nan(0.0, HIGHEST_CEILING_DB);
    for ((gain, clean), bent) in gain_db.iter_mut().zip(clean_db).zip(bent_db) {
        let difference = bent - clean;
        *gain = if difference.is_finite() {
            difference.clamp(floor, ceiling)
        } else {
            0.0
        };
    }
}

/// The channel-linked magnitude of two spectra, `√((|L|² + |R|²) / 2)`: for equal channels it is
/// either's magnitude, and unlike the magnitude of the sum it never cancels.
pub fn link_magnitudes(left: &[Complex<f32>], right: &[Complex<f32>], mid: &mut [f32]) {
    for ((mid, l), r) in mid.iter_mut().zip(left).zip(right) {
        *mid = (0.5 * (l.norm_sqr() + r.norm_sqr())).sqrt();
    }
}

/// How the voice is shaped.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VoiceShape {
    /// The difference's quietest and loudest gain.
    pub limits: GainLimits,
    /// 0 takes the difference's gain as it is, 1 smooths it most, over time and frequency.
    pub smoothing: f32,
    /// Where bends are heard.
    pub band: Band,
}

impl Default for VoiceShape {
    fn default() -> Self {
        Self {
            limits: GainLimits::default(),
            smoothing: 0.0,
            band: Band::default(),
        }
    }
}

/// The quietest and the loudest gain of the difference, in dB.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GainLimits {
    /// −60…0 dB.
    pub floor_db: f32,
    /// 0…24 dB.
    pub ceiling_db: f32,
}

impl Default for GainLimits {
    fn default() -> Self {
        Self {
            floor_db: MIN_GAIN_DB,
            ceiling_db: MAX_GAIN_DB,
        }
    }
}

/// A range of frequencies with soft edges.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// At [`LOWEST_BAND_HZ`] or below: open to 0 Hz.
    pub low_hz: f32,
    /// At [`HIGHEST_BAND_HZ`] or above: open to the top.
    pub high_hz: f32,
}

/// A band this low is open below.
pub const LOWEST_BAND_HZ: f32 = 20.0;
/// A band this high is open above.
pub const HIGHEST_BAND_HZ: f32 = 20_000.0;

impl Default for Band {
    fn default() -> Self {
        Self {
            low_hz: LOWEST_BAND_HZ,
            high_hz: HIGHEST_BAND_HZ,
        }
    }
}

/// One frame's multipliers, set once per frame and applied to each channel.
pub struct Voice {
    /// `(1 − v)·g`, or `g` alone where only the gain is known, linear.
    difference_gain: Vec<f32>,
    /// `v·D`, linear.
    model_magnitude: Vec<f32>,
    mid_magnitude: Vec<f32>,
    /// The highest bin the encoder sees.
    top_seen_bin: usize,
    /// Bins from 0 on that the model knows in this frame, and how much of it is heard.
    modelled: usize,
    voice: f32,
}

impl Voice {
    /// A voice for spectra of `bins` bins (more or fewer than the network's), passing them unchanged
    /// until the first [`set_frame`](Self::set_frame). `top_seen_bin` is the highest bin the encoder
    /// sees: 508 of the shipped model's 513, whose unpadded strided convolutions never reach 509…512.
    ///
    /// # Errors
    /// [`DspError::Size`] if `bins` is 0 or above 8193.
    pub fn new(bins: usize, top_seen_bin: usize) -> Result<Self, DspError> {
        check_size("bins", bins, 1, crate::geometry::MAX_FFT_SIZE / 2 + 1)?;
        Ok(Self {
            difference_gain: vec![1.0; bins],
            model_magnitude: vec![0.0; bins],
            mid_magnitude: vec![0.0; bins],
            top_seen_bin,
            modelled: 0,
            voice: 0.0,
        })
    }

    /// Sets the frame.
    ///
    /// * `gain_db`: the difference voice's gain ([`difference_db`], seams joined), per network bin
    /// * `model_db`: the bent decoder's output in absolute dB, seams joined, per network bin
    /// * `mid_magnitude`: the linked analysis magnitude, linear, per bin of the spectra
    /// * `voice`: 0 is the difference, 1 the model
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
        for bin in 0..seen {
            let gain = bounded_gain(gain_db[bin]);
            self.difference_gain[bin] = if bin < modelled {
                (1.0 - voice) * gain
            } else {
                gain
            };
        }
        for bin in 0..modelled {
            self.model_magnitude[bin] = voice * model_amplitude(model_db[bin]);
        }
        self.model_magnitude[modelled..].fill(0.0);
        self.mid_magnitude.fill(0.0);
        for (own, &mid) in self.mid_magnitude.iter_mut().zip(mid_magnitude) {
            *own = if mid.is_finite() { mid.max(0.0) } else { 0.0 };
        }
        self.extend_gain(gain_db, seen);
    }

    /// Gives the bins from `seen` on the top band's gain.
    fn extend_gain(&mut self, gain_db: &[f32], seen: usize) {
        let above = &mut self.difference_gain[seen..];
        let band = &gain_db[seen.saturating_sub(TOP_BAND_BINS)..seen];
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

    /// Multiplies one channel's spectrum by the frame. At `v = 0` with an idle bend every bin is
    /// passed bit for bit.
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
        let carriers = carrier.iter().zip(carrier_mid);
        let bins = channel.iter_mut().zip(parts).zip(carriers).enumerate();
        for (bin, ((x, (&gain, &model)), (&carrier, &mid))) in bins {
            *x = if bin < self.modelled {
                *x * gain + carrier * model_multiplier(model, carrier, mid)
            } else {
                *x * ((1.0 - self.voice) * gain) + carrier * self.voice
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

#[cfg(test)]
mod tests {
    use super::*;

    const NETWORK_BINS: usize = 513;
    const TOP_SEEN_BIN: usize = 508;
    const CLEAN: [f32; NETWORK_BINS] = [-20.0; NETWORK_BINS];

    fn spectrum(bins: usize) -> Vec<Complex<f32>> {
        (0..bins)
            .map(|b| Complex::from_polar(0.3, b as f32 * 1.7))
            .collect()
    }

    fn magnitudes(spectrum: &[Complex<f32>]) -> Vec<f32> {
        spectrum.iter().map(|x| x.norm()).collect()
    }

    fn set(voice: &mut Voice, clean: &[f32], bent: &[f32], mid: &[f32], amount: f32) {
        let mut gain_db = [0.0; NETWORK_BINS];
        difference_db(clean, bent, GainLimits::default(), &mut gain_db);
        voice.set_frame(&gain_db, bent, mid, amount);
    }

    #[test]
    fn an_idle_bend_passes_the_difference_voice_bit_for_bit() {
        for bins in [129, 257, 513, 1_025, 2_049] {
            let mut voice = Voice::new(bins, TOP_SEEN_BIN).unwrap();
            let mut channel = spectrum(bins);
            channel[0] = Complex::new(-0.0, 0.0);
            channel[1] = Complex::new(1e-40, -1e30);
            let before = channel.clone();
            let noisy: Vec<f32> = (0..NETWORK_BINS).map(|b| (b as f32).sin() * 90.0).collect();
            set(&mut voice, &noisy, &noisy, &magnitudes(&before), 0.0);
            voice.apply(&mut channel);
            for (after, before) in channel.iter().zip(&before) {
                assert_eq!(after.re.to_bits(), before.re.to_bits());
                assert_eq!(after.im.to_bits(), before.im.to_bits());
            }
        }
    }

    #[test]
    fn the_difference_voice_applies_the_change_within_its_range() {
        let mut voice = Voice::new(NETWORK_BINS, TOP_SEEN_BIN).unwrap();
        let mut bent = CLEAN;
        bent[10] += 6.0;
        bent[11] -= 90.0;
        bent[12] += 90.0;
        bent[13] = f32::NAN;
        set(&mut voice, &CLEAN, &bent, &[0.3; NETWORK_BINS], 0.0);
        let x = Complex::new(0.3, 0.0);
        assert!((voice.multiplier(10, x) - 1.995_262).abs() < 1e-5);
        assert!((voice.multiplier(11, x) - 1e-3).abs() < 1e-8);
        assert!((voice.multiplier(12, x) - 3.981_072).abs() < 1e-5);
        assert_eq!(voice.multiplier(13, x), 1.0);
    }

    #[test]
    fn the_model_voice_has_the_decoded_magnitude_and_the_input_phase() {
        let mut voice = Voice::new(NETWORK_BINS, TOP_SEEN_BIN).unwrap();
        let mut channel = spectrum(NETWORK_BINS);
        let before = channel.clone();
        set(
            &mut voice,
            &[-50.0; NETWORK_BINS],
            &CLEAN,
            &magnitudes(&before),
            1.0,
        );
        voice.apply(&mut channel);
        for bin in 0..=TOP_SEEN_BIN {
            assert!((channel[bin].norm() - 0.1).abs() < 1e-6);
            assert!((channel[bin].arg() - before[bin].arg()).abs() < 1e-5);
        }
    }

    #[test]
    fn a_carrier_gives_the_model_its_phase_and_the_difference_stays() {
        let mut voice = Voice::new(NETWORK_BINS, TOP_SEEN_BIN).unwrap();
        let mut bent = CLEAN;
        bent.iter_mut().for_each(|db| *db += 6.0);
        let carrier: Vec<_> = spectrum(NETWORK_BINS).iter().map(|x| x.conj()).collect();
        let mid = magnitudes(&carrier);
        for amount in [0.0, 0.5, 1.0] {
            set(&mut voice, &CLEAN, &bent, &mid, amount);
            let before = spectrum(NETWORK_BINS);
            let mut channel = before.clone();
            voice.apply_on(&mut channel, &carrier, &mid);
            for bin in 0..=TOP_SEEN_BIN {
                let difference = before[bin] * ((1.0 - amount) * db_to_amplitude(6.0));
                let model = carrier[bin] / 0.3 * (amount * db_to_amplitude(-14.0));
                assert!((channel[bin] - difference - model).norm() < 1e-5);
            }
            for bin in TOP_SEEN_BIN + 1..NETWORK_BINS {
                let difference = before[bin] * ((1.0 - amount) * db_to_amplitude(6.0));
                assert!((channel[bin] - difference - carrier[bin] * amount).norm() < 1e-5);
            }
        }
        let mut channel = spectrum(NETWORK_BINS);
        voice.apply_on(&mut channel, &[Complex::default(); NETWORK_BINS], &mid);
        assert!(channel[..=TOP_SEEN_BIN].iter().all(|x| x.norm() == 0.0));
    }

    #[test]
    fn voices_between_the_two_add_up() {
        let mut voice = Voice::new(NETWORK_BINS, TOP_SEEN_BIN).unwrap();
        let x = Complex::new(0.0, 0.2);
        let bent = [-14.0; NETWORK_BINS];
        let mut multiplier = |amount| {
            set(&mut voice, &CLEAN, &bent, &[0.4; NETWORK_BINS], amount);
            voice.multiplier(100, x)
        };
        let (difference, model) = (multiplier(0.0), multiplier(1.0));
        assert!((multiplier(0.25) - (0.75 * difference + 0.25 * model)).abs() < 1e-6);
    }

    #[test]
    fn a_vanishing_mid_never_blows_up() {
        let mut voice = Voice::new(NETWORK_BINS, TOP_SEEN_BIN).unwrap();
        for mid in [0.0, 1e-30, f32::NAN, f32::INFINITY, -1.0] {
            set(
                &mut voice,
                &CLEAN,
                &[0.0; NETWORK_BINS],
                &[mid; NETWORK_BINS],
                1.0,
            );
            let mut channel = spectrum(NETWORK_BINS);
            channel[3] = Complex::default();
            channel[4] = Complex::new(1e-20, 0.0);
            voice.apply(&mut channel);
            assert_eq!(channel[3].norm(), 0.0);
            assert!(channel[4].norm() <= 1e-20);
            for x in &channel[..=TOP_SEEN_BIN] {
                assert!(x.norm() <= MAX_CHANNEL_SHARE + 1e-5);
            }
        }
    }

    #[test]
    fn unseen_bins_take_the_top_bands_gain() {
        let mut voice = Voice::new(1_025, TOP_SEEN_BIN).unwrap();
        let mut bent = CLEAN;
        for (n, bin) in (505..=508).enumerate() {
            bent[bin] += n as f32 * 2.0;
        }
        bent[509..].fill(40.0);
        for amount in [0.0, 1.0] {
            set(&mut voice, &CLEAN, &bent, &[0.1; 1_025], amount);
            let x = Complex::new(0.1, 0.0);
            let gain_db = |bin| 20.0 * voice.multiplier(bin, x).log10();
            assert!((gain_db(509) - 5.25).abs() < 1e-4);
            for bin in 512..1_025 {
                assert!(
                    (gain_db(bin) - 3.0).abs() < 1e-4,
                    "{} dB at bin {bin}",
                    gain_db(bin)
                );
            }
        }
    }

    #[test]
    fn every_bin_of_a_network_that_sees_them_all_has_its_own_gain() {
        let mut voice = Voice::new(2_049, 1_024).unwrap();
        let clean = vec![-20.0; 1_025];
        let mut bent = clean.clone();
        bent[1_024] += 8.0;
        let mut gain_db = vec![0.0; 1_025];
        difference_db(&clean, &bent, GainLimits::default(), &mut gain_db);
        voice.set_frame(&gain_db, &bent, &vec![0.1; 2_049], 0.0);
        let x = Complex::new(0.1, 0.0);
        let gain_db = |bin| 20.0 * voice.multiplier(bin, x).log10();
        assert!(gain_db(1_023).abs() < 1e-4 && (gain_db(1_024) - 8.0).abs() < 1e-4);
        assert!((gain_db(2_048) - 2.0).abs() < 1e-4);
    }

    #[test]
    fn short_and_empty_frames_pass_the_rest() {
        let mut voice = Voice::new(NETWORK_BINS, TOP_SEEN_BIN).unwrap();
        voice.set_frame(&[], &[], &[], 0.5);
        let mut channel = spectrum(600);
        let before = channel.clone();
        voice.apply(&mut channel);
        assert_eq!(channel, before);
        assert!(Voice::new(0, TOP_SEEN_BIN).is_err());
    }

    #[test]
    fn linked_magnitudes_never_cancel() {
        let left = spectrum(8);
        let right: Vec<_> = left.iter().map(|x| -x).collect();
        let mut mid = [0.0; 8];
        link_magnitudes(&left, &right, &mut mid);
        assert!(mid.iter().all(|m| (m - 0.3).abs() < 1e-6));
    }
}
