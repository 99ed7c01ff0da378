//! Phase vocoder: the input's phase gradients, integrated along the bent magnitudes. Worker thread.
//!
//! Source: Z. Průša, N. Holighaus, "Phase vocoder done right", EUSIPCO 2017, without its change of tempo: analysis and synthesis
//! hop are one. Both gradients are centred differences of the input's phases (eqs. 5 and 6), taken as the nearest to what a
//! component in the middle of its bin and of the frame would have; the heap integrates them (algorithm 1). No peaks are picked.

use std::f32::consts::{PI, TAU};

use super::heap::{Field, HeapIntegrator};
use super::safe::{bin_of, read_magnitudes, with_phase};
use crate::{Complex, DspError, StftGeometry};

/// Frames of the input's phases around one: the two before it, itself and the one after it.
pub const CONTEXT_FRAMES: usize = 4;

/// The method for one channel. It remembers no frames: what was written last is told it, so it takes over from any other.
pub struct Vocoder {
    geometry: StftGeometry,
    integrator: HeapIntegrator,
    /// Magnitudes of the frame before and of this one.
    magnitudes: [Vec<f32>; 2],
    /// Phases of the frame written last, and the input's.
    previous_phase: Vec<f32>,
    input_phases: [Vec<f32>; CONTEXT_FRAMES],
    /// Where a target bin is silent, it has no phase.
    silent: [Vec<bool>; CONTEXT_FRAMES],
    advance: Vec<f32>,
    slope: Vec<f32>,
    phase: Vec<f32>,
}

impl Vocoder {
    /// The method for frames of a geometry.
    ///
    /// # Errors
    /// See [`StftGeometry::check`].
    pub fn new(geometry: StftGeometry) -> Result<Self, DspError> {
        geometry.check()?;
        let bins = geometry.bins();
        let zeros = || vec![0.0; bins];
        Ok(Self {
            geometry,
            integrator: HeapIntegrator::new(bins),
            magnitudes: std::array::from_fn(|_| zeros()),
            previous_phase: zeros(),
            input_phases: std::array::from_fn(|_| zeros()),
            silent: std::array::from_fn(|_| vec![true; bins]),
            advance: zeros(),
            slope: zeros(),
            phase: zeros(),
        })
    }

    /// Writes the magnitudes of the third of `targets` (two frames before it, itself, the next; bent magnitudes with the input's
    /// phases), going on from `previous`, the frame written last. Bins that are not finite or beyond a slice's end are zero, and
    /// a zero has no phase: its neighbours are taken to be as far apart as components in the middle of their bins.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn process(
        &mut self,
        previous: &[Complex<f32>],
        targets: [&[Complex<f32>]; CONTEXT_FRAMES],
        out: &mut [Complex<f32>],
    ) {
        read_magnitudes(previous, &mut self.magnitudes[0]);
        read_magnitudes(targets[2], &mut self.magnitudes[1]);
        for (bin, phase) in self.previous_phase.iter_mut().enumerate() {
            *phase = bin_of(previous, bin).arg();
        }
        for (n, target) in targets.into_iter().enumerate() {
            for bin in 0..self.phase.len() {
                let x = bin_of(target, bin);
                self.input_phases[n][bin] = x.arg();
                self.silent[n][bin] = x == Complex::default();
            }
        }
        self.set_advance();
        self.set_slope();
        let field = Field {
            previous: &self.magnitudes[0],
            magnitude: &self.magnitudes[1],
            previous_phase: &self.previous_phase,
            advance: &self.advance,
            slope: &self.slope,
        };
        let start = |bin: usize| self.input_phases[2][bin];
        self.integrator.integrate(&field, start, &mut self.phase);
        with_phase(&self.magnitudes[1], &self.phase, out);
    }

    /// Starts anew.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn reset(&mut self) {
        self.integrator.reset();
    }

    /// The mean of the centred differences at the frame before and at this one.
    fn set_advance(&mut self) {
        let StftGeometry {
            fft_size,
            hop_samples,
            ..
        } = self.geometry;
        for bin in 0..self.advance.len() {
            let nominal = TAU * ((bin * hop_samples) % fft_size) as f32 / fft_size as f32;
            let step = |n: usize| {
                let known = !self.silent[n - 1][bin] && !self.silent[n][bin];
                let moved = self.input_phases[n][bin] - self.input_phases[n - 1][bin];
                if known { principal(moved - nominal) } else { 0.0 }
            };
            self.advance[bin] = nominal + 0.25 * (step(1) + 2.0 * step(2) + step(3));
        }
    }

    /// The centred difference over frequency; one-sided at the ends.
    fn set_slope(&mut self) {
        let (phases, silent) = (&self.input_phases[2], &self.silent[2]);
        // A component in the middle of the frame falls by half a turn a bin.
        let step = |bin: usize| {
            let known = !silent[bin] && !silent[bin + 1];
            let moved = phases[bin + 1] - phases[bin];
            if known { principal(moved + PI) } else { 0.0 }
        };
        let top = self.slope.len() - 1;
        for bin in 0..=top {
            let below = step(bin.max(1) - 1);
            let above = step(bin.min(top - 1));
            self.slope[bin] = 0.5 * (below + above) - PI;
        }
    }
}

/// The same angle in ±π.
fn principal(angle: f32) -> f32 {
    angle - TAU * (angle / TAU).round()
}
