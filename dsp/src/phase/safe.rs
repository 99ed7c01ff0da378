//! Bins made safe to compute with, and put together again. Pool thread; nothing here allocates, locks or panics.

use multiversion::multiversion;

use crate::Complex;
use crate::elementary::{fast_atan2, fast_sin_cos};

/// Larger magnitudes (+240 dB) are nonsense and count as zero.
const MAX_MAGNITUDE: f32 = 1e12;

/// The bin itself, or zero if it is NaN or so large that a transform of it could overflow.
#[inline(always)]
pub(super) fn usable_or_zero(x: Complex<f32>) -> Complex<f32> {
    let usable = x.re.abs() <= MAX_MAGNITUDE && x.im.abs() <= MAX_MAGNITUDE;
    if usable { x } else { Complex::default() }
}

/// A bin of a frame, zero beyond the frame's end or where it is nonsense.
#[inline(always)]
pub(super) fn bin_of(frame: &[Complex<f32>], bin: usize) -> Complex<f32> {
    usable_or_zero(frame.get(bin).copied().unwrap_or_default())
}

/// The bins of a frame that are [`usable_or_zero`], zero beyond its end.
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn read_bins(frame: &[Complex<f32>], bins: &mut [Complex<f32>]) {
    let given = frame.len().min(bins.len());
    for (own, x) in bins.iter_mut().zip(frame) {
        *own = usable_or_zero(*x);
    }
    bins[given..].fill(Complex::default());
}

/// The magnitudes of a frame's bins, all finite.
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn read_magnitudes(frame: &[Complex<f32>], magnitudes: &mut [f32]) {
    let given = frame.len().min(magnitudes.len());
    for (magnitude, x) in magnitudes.iter_mut().zip(frame) {
        *magnitude = usable_or_zero(*x).norm_sqr().sqrt();
    }
    magnitudes[given..].fill(0.0);
}

/// The angles of a frame's bins in rad; 0 where there is none.
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn read_angles(frame: &[Complex<f32>], angles: &mut [f32]) {
    let given = frame.len().min(angles.len());
    for (angle, x) in angles.iter_mut().zip(frame) {
        let x = usable_or_zero(*x);
        *angle = fast_atan2(x.im, x.re);
    }
    angles[given..].fill(0.0);
}

/// `x` scaled to a magnitude; real where `x` is too small or too large to have a phase.
#[inline(always)]
pub(super) fn with_magnitude(x: Complex<f32>, magnitude: f32) -> Complex<f32> {
    // Not `norm`: its `hypot` takes most of an iteration's time.
    let power = x.norm_sqr();
    let scaled = x * (magnitude / power.sqrt());
    if power > f32::MIN_POSITIVE && power < f32::INFINITY {
        scaled
    } else {
        Complex::new(magnitude, 0.0)
    }
}

/// Writes magnitudes with phases in rad; zero beyond them.
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn with_phase(magnitudes: &[f32], phases: &[f32], out: &mut [Complex<f32>]) {
    let bins = magnitudes.len().min(out.len());
    for ((out, &magnitude), &phase) in out.iter_mut().zip(magnitudes).zip(phases) {
        let (sin, cos) = fast_sin_cos(phase);
        *out = Complex::new(magnitude * cos, magnitude * sin);
    }
    out[bins..].fill(Complex::default());
}
