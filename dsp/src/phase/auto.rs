//! The choice of a method, frame by frame. Worker thread; nothing here allocates, locks or panics.

use super::PhaseMethod;
use super::safe::bin_of;
use crate::{Complex, StftGeometry};

/// Chooses for one channel.
pub struct MethodChooser {
    far: bool,
    held: usize,
}

impl MethodChooser {
    /// A chooser that begins with the input's phases.
    pub fn new(_geometry: StftGeometry) -> Self {
        Self { far: false, held: 0 }
    }

    /// The method for the next frame.
    pub fn choose(&mut self, target: &[Complex<f32>], input: &[f32]) -> PhaseMethod {
        let distance = spectral_distance(target, input);
        let _ = distance;
        if self.far { PhaseMethod::Rtpghi } else { PhaseMethod::Input }
    }

    /// Begins with the input's phases again.
    pub fn reset(&mut self) {
        self.far = false;
        self.held = 0;
    }
}

/// 1 − the cosine of the angle between the bent and the input's magnitudes.
pub fn spectral_distance(target: &[Complex<f32>], input: &[f32]) -> f32 {
    let (mut product, mut target_power, mut input_power) = (0.0_f64, 0.0_f64, 0.0_f64);
    for (bin, &m) in input.iter().enumerate().take(target.len()) {
        let m = if m.is_finite() { f64::from(m.clamp(0.0, 1e12)) } else { 0.0 };
        let power = f64::from(bin_of(target, bin).norm_sqr());
        product += m * power.sqrt();
        target_power += power;
        input_power += m * m;
    }
    let both = (target_power * input_power).sqrt();
    if both > 0.0 { (1.0 - product / both).max(0.0) as f32 } else { 0.0 }
}
