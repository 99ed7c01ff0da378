//! Magnitudes of one channel and of two as one.

use multiversion::multiversion;

use crate::Complex;

/// The channel-linked magnitude of two spectra, `√((|L|² + |R|²) / 2)`: for equal channels it is
/// either's magnitude, and unlike the magnitude of the sum it never cancels.
#[multiversion(targets("x86_64+avx2"))]
pub fn link_magnitudes(left: &[Complex<f32>], right: &[Complex<f32>], mid: &mut [f32]) {
    for ((mid, l), r) in mid.iter_mut().zip(left).zip(right) {
        *mid = (0.5 * (l.norm_sqr() + r.norm_sqr())).sqrt();
    }
}

/// The magnitudes of one spectrum: to the bit what [`link_magnitudes`] makes of two that are equal.
#[multiversion(targets("x86_64+avx2"))]
pub fn magnitudes(spectrum: &[Complex<f32>], out: &mut [f32]) {
    for (out, x) in out.iter_mut().zip(spectrum) {
        *out = x.norm_sqr().sqrt();
    }
}
