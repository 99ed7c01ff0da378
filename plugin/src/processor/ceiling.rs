//! How loud the output may be: within full scale, or within the input's own peak where that is higher. Audio thread; nothing here allocates or
//! panics.
//!
//! What would be louder is turned down, all channels alike, in time for it and without a step. Sound that is as it came in is never touched.

use netbend_dsp::delay::DelayLine;
use netbend_dsp::limiter::Limiter;
use netbend_dsp::number::nearest_f32;
use netbend_dsp::{DspError, StftGeometry};

use super::output::{OutputControls, guard};
use crate::exchange::MAX_CHANNELS;
use crate::report::meters::Peaks;

/// How fast the input's peak is forgotten, in decibels per second.
const FALL_DB: f32 = 3.0;
/// The highest peak that is remembered, +12 dBFS: one bad sample is not to lift the ceiling for long.
const HIGHEST_PEAK: f32 = 4.0;

/// Plans hop after hop.
#[derive(Debug)]
pub(super) struct Ceiling {
    limiter: Limiter,
    /// The input's peak of late.
    peak: f32,
    /// What is left of it after a hop.
    fall: f32,
    /// The hop's.
    hop_peak: f32,
    /// Of each sample of the hop, the output before any limit.
    loudest: Vec<f32>,
}

impl Ceiling {
    /// For hops of a geometry.
    ///
    /// # Errors
    /// [`DspError`] where the hops are too long.
    pub(super) fn new(geometry: StftGeometry) -> Result<Self, DspError> {
        let (samples, rate) = (geometry.hop_samples, geometry.sample_rate);
        let seconds = nearest_f32(samples) / rate;
        Ok(Self {
            limiter: Limiter::new(samples, rate)?,
            peak: 0.0,
            hop_peak: 0.0,
            fall: 10.0_f32.powf(-FALL_DB * seconds / 20.0),
            loudest: vec![0.0; samples],
        })
    }

    /// Plans the hop that is about to go out, of which `dry` and `wet` hold the samples.
    pub(super) fn begin_hop(
        &mut self,
        output: &mut OutputControls,
        dry: &[DelayLine],
        wet: Option<&[Vec<f32>; MAX_CHANNELS]>,
    ) {
        let heard = dry
            .iter()
            .flat_map(|dry| dry.coming().take(self.loudest.len()));
        self.hop_peak = heard.fold(0.0, |peak, dry| peak.max(dry.abs()));
        self.peak = self.hop_peak.min(HIGHEST_PEAK).max(self.peak * self.fall);
        if !output.has_ceiling() {
            return self.limiter.plan(|_| 1.0);
        }
        let ceiling = self.hop_peak.max(self.peak).max(1.0);
        output.set_ceiling(ceiling);
        let samples = nearest_f32(self.loudest.len());
        self.loudest.fill(0.0);
        for (channel, dry) in dry.iter().enumerate() {
            let wet = wet.and_then(|wet| wet.get(channel));
            let pairs = self.loudest.iter_mut().zip(dry.coming()).enumerate();
            for (n, (loudest, dry)) in pairs {
                let bent = wet.and_then(|wet| wet.get(n)).copied().unwrap_or(dry);
                let share = nearest_f32(n) / samples;
                let sum = output.sum(dry, guard(bent, dry, true), share);
                *loudest = loudest.max(sum.abs());
            }
        }
        let loudest = &self.loudest;
        self.limiter.plan(|n| match loudest.get(n) {
            Some(loudest) if *loudest > ceiling => ceiling / loudest,
            _ => 1.0,
        });
    }

    /// Whether the hop is left alone.
    pub(super) fn is_idle(&self) -> bool {
        self.limiter.is_idle()
    }

    /// The gain of the hop's sample `n`.
    pub(super) fn gain(&self, n: usize) -> f32 {
        self.limiter.gain(n)
    }

    /// What a meter shows of the hop, whose output had that peak.
    pub(super) fn peaks(&self, output: f32) -> Peaks {
        Peaks {
            input: self.hop_peak,
            output,
            reduction_db: match self.limiter.is_idle() {
                true => 0.0,
                false => -self.limiter.reduction_db(),
            },
        }
    }

    /// Forgets what was heard.
    pub(super) fn reset(&mut self) {
        self.limiter.reset();
        self.peak = 0.0;
    }
}
