//! A frame whose phases are still open. Pool thread; only `new` allocates.

use multiversion::multiversion;

use crate::Complex;
use crate::phase::safe::{read_bins, read_magnitudes, with_magnitude};

/// The momentum α.
pub const MOMENTUM: f32 = 0.99;

/// The frame's target and how far its phases have come.
pub(super) struct ActiveFrame {
    magnitude: Vec<f32>,
    /// The momentum sequence c; only its phases matter.
    estimate: Vec<Complex<f32>>,
    /// The projection t of the iteration before.
    previous: Vec<Complex<f32>>,
}

impl ActiveFrame {
    pub(super) fn new(bins: usize) -> Self {
        Self {
            magnitude: vec![0.0; bins],
            estimate: vec![Complex::default(); bins],
            previous: vec![Complex::default(); bins],
        }
    }

    /// Begins anew with a target's magnitudes and phases.
    pub(super) fn set(&mut self, target: &[Complex<f32>]) {
        read_bins(target, &mut self.estimate);
        read_magnitudes(target, &mut self.magnitude);
    }

    /// P₂: the target's magnitudes with the estimate's phases.
    pub(super) fn project_magnitude(&self, out: &mut [Complex<f32>]) {
        project(&self.estimate, &self.magnitude, out);
    }

    /// The momentum step to the projection t of this iteration; the first has none before it.
    pub(super) fn step(&mut self, projected: &[Complex<f32>], first: bool) {
        if first {
            let bins = self.estimate.len().min(projected.len());
            self.estimate[..bins].copy_from_slice(&projected[..bins]);
            self.previous[..bins].copy_from_slice(&projected[..bins]);
        } else {
            step(&mut self.estimate, &mut self.previous, projected);
        }
    }
}

#[multiversion(targets("x86_64+avx2"))]
fn project(estimate: &[Complex<f32>], magnitude: &[f32], out: &mut [Complex<f32>]) {
    for ((out, &m), &e) in out.iter_mut().zip(magnitude).zip(estimate) {
        *out = with_magnitude(e, m);
    }
}

#[multiversion(targets("x86_64+avx2"))]
fn step(estimate: &mut [Complex<f32>], previous: &mut [Complex<f32>], projected: &[Complex<f32>]) {
    for ((estimate, previous), &t) in estimate.iter_mut().zip(previous).zip(projected) {
        *estimate = t + (t - *previous) * MOMENTUM;
        *previous = t;
    }
}
