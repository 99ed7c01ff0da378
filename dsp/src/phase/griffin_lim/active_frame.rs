//! A frame whose phases are still open. Worker thread; only `new` allocates.

use super::MOMENTUM;
use crate::Complex;
use crate::phase::safe::{bin_of, with_magnitude};

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
        for (bin, (m, e)) in self.magnitude.iter_mut().zip(&mut self.estimate).enumerate() {
            *e = bin_of(target, bin);
            *m = e.norm();
        }
    }

    /// P₂: the target's magnitudes with the estimate's phases.
    pub(super) fn project_magnitude(&self, out: &mut [Complex<f32>]) {
        for ((out, &m), &e) in out.iter_mut().zip(&self.magnitude).zip(&self.estimate) {
            *out = with_magnitude(e, m);
        }
    }

    /// The momentum step to the projection t of this iteration; the first has none before it.
    pub(super) fn step(&mut self, projected: &[Complex<f32>], first: bool) {
        let bins = self.estimate.iter_mut().zip(&mut self.previous);
        for ((estimate, previous), &t) in bins.zip(projected) {
            *estimate = if first {
                t
            } else {
                t + (t - *previous) * MOMENTUM
            };
            *previous = t;
        }
    }
}
