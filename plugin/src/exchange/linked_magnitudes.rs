//! All channels of a frame as one: what a linked encoder hears. Any thread.

use netbend_dsp::Complex;
use netbend_dsp::voice::{link_magnitudes, magnitudes};

/// The linked magnitude per bin of all `channels` into `mid`: that of one channel, or `√((|L|² + |R|²) / 2)` of two. Two that are equal have to the
/// bit the magnitude of each.
///
/// # Real-time safety
/// Never allocates, locks or panics.
pub fn linked_magnitudes(
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
