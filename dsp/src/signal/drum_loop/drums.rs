//! The kit: each function adds one stroke to the start of a buffer. Offline only.

use std::f64::consts::{PI, TAU};

use crate::number::{cut, nearest_f64};
use crate::random::Random;

/// Strokes are over when they have fallen this far (−80 dB), in time constants.
const SOUNDING: f64 = 9.2;

/// A sine swept from 270 to 50 Hz, a click of noise and of 1.8 kHz, gently driven.
pub(super) fn render_kick(out: &mut [f64], rate: f64, velocity: f64, random: &mut Random) {
    const LOW_HZ: f64 = 50.0;
    const SWEEP_HZ: f64 = 220.0;
    const SWEEP_SECONDS: f64 = 0.021;
    const DECAY_SECONDS: f64 = 0.13;
    let mut click_filter = HighPass::new(2_500.0, rate);
    let level = 0.95 * velocity;
    for n in 0..count(out, DECAY_SECONDS * SOUNDING, rate) {
        let t = nearest_f64(n) / rate;
        let swept = SWEEP_HZ * SWEEP_SECONDS * (1.0 - (-t / SWEEP_SECONDS).exp());
        let body = (TAU * (LOW_HZ * t + swept)).sin() * (-t / DECAY_SECONDS).exp();
        let click = 0.5 * click_filter.next(random.bipolar()) * (-t / 0.0018).exp()
            + 0.3 * (TAU * 1_800.0 * t).sin() * (-t / 0.003).exp();
        out[n] += level * (1.6 * body + velocity * click).tanh();
    }
}

/// Two drum-head modes that fall a little, and band-limited noise with a snap at its start.
pub(super) fn render_snare(out: &mut [f64], rate: f64, velocity: f64, random: &mut Random) {
    let mut low_cut = HighPass::new(1_400.0, rate);
    let mut high_cut = OnePole::new(9_500.0, rate);
    let decay_seconds = 0.07 + 0.035 * velocity;
    let level = 0.72 * velocity;
    for n in 0..count(out, decay_seconds * SOUNDING, rate) {
        let t = nearest_f64(n) / rate;
        let bend = 0.006 * (1.0 - (-t / 0.012).exp());
        let tone = (TAU * 186.0 * (t + bend)).sin() * (-t / 0.06).exp()
            + 0.6 * (TAU * 332.0 * (t + bend)).sin() * (-t / 0.04).exp();
        let wires = high_cut.next(low_cut.next(random.bipolar()));
        let envelope = (-t / decay_seconds).exp() + 0.9 * (-t / 0.006).exp();
        out[n] += level * (0.75 * tone + 1.1 * wires * envelope).tanh();
    }
}

/// How a hat is struck.
pub(super) struct Hat {
    pub velocity: f64,
    pub decay_seconds: f64,
    /// Seconds until the next hat closes it.
    pub sounding: f64,
}

/// Six inharmonic square waves and noise through a steep high-pass and a mild low-pass.
pub(super) fn render_hat(out: &mut [f64], rate: f64, hat: Hat, random: &mut Random) {
    const METAL_HZ: [f64; 6] = [2_053.0, 3_044.0, 3_696.0, 5_227.0, 6_418.0, 8_011.0];
    const CHOKE_SECONDS: f64 = 0.006;
    let corner_hz = 7_200.0_f64.min(0.33 * rate);
    let mut filters = [
        HighPass::new(corner_hz, rate),
        HighPass::new(corner_hz, rate),
    ];
    let mut high_cut = OnePole::new(11_000.0, rate);
    let level = 0.36 * hat.velocity;
    for n in 0..count(out, hat.decay_seconds * SOUNDING, rate) {
        let t = nearest_f64(n) / rate;
        let metal: f64 = METAL_HZ
            .iter()
            .map(|hz| (TAU * hz * t).sin().signum())
            .sum();
        let source = 0.1 * metal + 0.8 * random.bipolar();
        let filtered = high_cut.next(filters.iter_mut().fold(source, |x, filter| filter.next(x)));
        let choked = ((hat.sounding - t) / CHOKE_SECONDS).clamp(0.0, 1.0);
        out[n] += level * filtered * (-t / hat.decay_seconds).exp() * choked;
    }
}

fn count(out: &[f64], seconds: f64, rate: f64) -> usize {
    out.len().min(cut::<usize>(seconds * rate))
}

/// A one-pole low-pass.
struct OnePole {
    coefficient: f64,
    state: f64,
}

impl OnePole {
    fn new(corner_hz: f64, rate: f64) -> Self {
        let corner_hz = corner_hz.min(0.45 * rate);
        Self {
            coefficient: 1.0 - (-TAU * corner_hz / rate).exp(),
            state: 0.0,
        }
    }

    fn next(&mut self, x: f64) -> f64 {
        self.state += self.coefficient * (x - self.state);
        self.state
    }
}

/// A Butterworth high-pass of second order, as a trapezoidal state-variable filter (A. Simper,
/// "Linear trapezoidal integrated state variable filter", 2013).
struct HighPass {
    a: [f64; 3],
    damping: f64,
    state: [f64; 2],
}

impl HighPass {
    fn new(corner_hz: f64, rate: f64) -> Self {
        let g = (PI * corner_hz.min(0.45 * rate) / rate).tan();
        let damping = std::f64::consts::SQRT_2;
        let a1 = 1.0 / (1.0 + g * (g + damping));
        Self {
            a: [a1, g * a1, g * g * a1],
            damping,
            state: [0.0; 2],
        }
    }

    fn next(&mut self, x: f64) -> f64 {
        let [a1, a2, a3] = self.a;
        let v3 = x - self.state[1];
        let v1 = a1 * self.state[0] + a2 * v3;
        let v2 = self.state[1] + a2 * self.state[0] + a3 * v3;
        self.state = [2.0 * v1 - self.state[0], 2.0 * v2 - self.state[1]];
        x - self.damping * v1 - v2
    }
}
