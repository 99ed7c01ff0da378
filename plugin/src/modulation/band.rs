//! The band a follower hears: a second-order high-pass and low-pass of Butterworth's, as state-variable filters (Zavalishin 2012).

use std::f64::consts::{PI, SQRT_2};

use netbend_models::bends::sound::BAND_RANGE_HZ;

/// The highest edge, as a share of the sample rate.
const HIGHEST: f64 = 0.45;
/// What has decayed so far is silence.
const SILENCE: f64 = 1e-20;

/// One edge.
#[derive(Debug, Clone, Copy, Default)]
struct Edge {
    a1: f64,
    a2: f64,
    a3: f64,
}

impl Edge {
    fn new(hertz: f64, sample_rate: f64) -> Self {
        let g = (PI * hertz.min(HIGHEST * sample_rate) / sample_rate).tan();
        let a1 = 1.0 / (1.0 + g * (g + SQRT_2));
        Self {
            a1,
            a2: g * a1,
            a3: g * g * a1,
        }
    }

    /// What passes below and above.
    fn split(self, state: &mut [f64; 2], x: f64) -> (f64, f64) {
        let [one, two] = *state;
        let rest = x - two;
        let band = self.a1 * one + self.a2 * rest;
        let low = two + self.a2 * one + self.a3 * rest;
        *state = [2.0 * band - one, 2.0 * low - two];
        (low, x - SQRT_2 * band - low)
    }
}

/// A band, the same for all channels.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Band {
    low: Option<Edge>,
    high: Option<Edge>,
}

/// What the filters of one channel remember.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Memory([[f64; 2]; 2]);

impl Band {
    /// From one edge to the other, whichever is the lower; at the ends of their range they are open.
    pub(super) fn new(one_hz: f32, other_hz: f32, sample_rate: f32) -> Self {
        let (lowest, highest) = BAND_RANGE_HZ;
        let (low, high) = (one_hz.min(other_hz), one_hz.max(other_hz));
        let edge = |hertz: f32| Edge::new(f64::from(hertz), f64::from(sample_rate));
        Self {
            low: (low > lowest).then(|| edge(low)),
            high: (high < highest).then(|| edge(high)),
        }
    }

    /// What of a sample lies in the band.
    pub(super) fn pass(&self, memory: &mut Memory, x: f64) -> f64 {
        let [low, high] = &mut memory.0;
        let x = self.low.map_or(x, |edge| edge.split(low, x).1);
        self.high.map_or(x, |edge| edge.split(high, x).0)
    }
}

impl Memory {
    /// Forgets what nobody hears.
    pub(super) fn settle(&mut self) {
        for value in self.0.iter_mut().flatten() {
            if value.abs() < SILENCE {
                *value = 0.0;
            }
        }
    }
}
