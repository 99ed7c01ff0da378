//! All channels as one: what a linked encoder hears. Any thread.

use netbend_dsp::Complex;
use netbend_dsp::voice::link_magnitudes;

/// The linked magnitude per bin of all `channels` into `mid`: that of one channel, or `√((|L|² + |R|²) / 2)` of two.
///
/// # Real-time safety
/// Never allocates, locks or panics.
pub(crate) fn link(
    left: &[Complex<f32>],
    right: &[Complex<f32>],
    channels: usize,
    mid: &mut [f32],
) {
    if channels == 1 {
        magnitudes(left, mid);
    } else {
        link_magnitudes(left, right, mid);
    }
}

/// The magnitude per bin of one channel: to the bit that of two linked ones that are equal.
///
/// # Real-time safety
/// Never allocates, locks or panics.
pub(crate) fn magnitudes(spectrum: &[Complex<f32>], out: &mut [f32]) {
    netbend_dsp::voice::magnitudes(spectrum, out);
}
