//! Bins made safe to compute with, and put together again. Worker thread; nothing here allocates, locks or panics.

use crate::Complex;

/// Larger magnitudes (+240 dB) are nonsense and count as zero.
const MAX_MAGNITUDE: f32 = 1e12;

/// The bin itself, or zero if it is NaN or so large that a transform of it could overflow.
pub(super) fn usable_or_zero(x: Complex<f32>) -> Complex<f32> {
    let usable = x.re.abs() <= MAX_MAGNITUDE && x.im.abs() <= MAX_MAGNITUDE;
    if usable { x } else { Complex::default() }
}

/// A bin of a frame, zero beyond the frame's end or where it is nonsense.
pub(super) fn bin_of(frame: &[Complex<f32>], bin: usize) -> Complex<f32> {
    usable_or_zero(frame.get(bin).copied().unwrap_or_default())
}

/// The magnitudes of a frame's bins, all finite.
pub(super) fn read_magnitudes(frame: &[Complex<f32>], magnitudes: &mut [f32]) {
    for (bin, magnitude) in magnitudes.iter_mut().enumerate() {
        *magnitude = bin_of(frame, bin).norm_sqr().sqrt();
    }
}

/// `x` scaled to a magnitude; real where `x` is too small or too large to have a phase.
pub(super) fn with_magnitude(x: Complex<f32>, magnitude: f32) -> Complex<f32> {
    // Not `norm`: its `hypot` takes most of an iteration's time.
    let power = x.norm_sqr();
    if power > f32::MIN_POSITIVE && power.is_finite() {
        x * (magnitude / power.sqrt())
    } else {
        Complex::new(magnitude, 0.0)
    }
}

/// Writes magnitudes with phases in rad; zero beyond them.
pub(super) fn with_phase(magnitudes: &[f32], phases: &[f32], out: &mut [Complex<f32>]) {
    let bins = magnitudes.len().min(out.len());
    for ((out, &magnitude), &phase) in out.iter_mut().zip(magnitudes).zip(phases) {
        let (sin, cos) = phase.sin_cos();
        *out = Complex::new(magnitude * cos, magnitude * sin);
    }
    out[bins..].fill(Complex::default());
}
