//! Analysis and synthesis windows. Set-up code: allocates.

use crate::number::{low_bits, nearest_f32, nearest_f64};

use std::f64::consts::TAU;

/// The periodic Hann window, `½ − ½·cos(2πn/len)`, computed in f64.
///
/// Periodic, not symmetric: only then do shifted squared copies sum to a constant, and a
/// round trip nulls below −130 dB instead of near −60 dB.
pub fn periodic_hann(len: usize) -> Vec<f32> {
    (0..len)
        .map(|n| nearest_f32(0.5 - 0.5 * (TAU * nearest_f64(n) / nearest_f64(len)).cos()))
        .collect()
}

/// What a full-scale sine's peak bin is divided by: half the window's sum.
pub(crate) fn sine_gain(window: &[f32]) -> f64 {
    window.iter().map(|&w| f64::from(w)).sum::<f64>() / 2.0
}

/// The sum of squared windows at each of the `hop` positions of a steady overlap.
pub(crate) fn overlap_of_squares(window: &[f32], hop: usize) -> Vec<f64> {
    let before = low_bits::<isize>(window.len().div_ceil(hop)) - 1;
    overlap_of_squares_between(window, hop, -before, 1, hop)
}

/// The sum of squared windows at `0..len`, where windows start at `n·hop` for `n` in `first..end`.
pub(crate) fn overlap_of_squares_between(
    window: &[f32],
    hop: usize,
    first: isize,
    end: isize,
    len: usize,
) -> Vec<f64> {
    let mut sums = vec![0.0; len];
    for start in (first..end).map(|n| n * low_bits::<isize>(hop)) {
        for (n, &w) in window.iter().enumerate() {
            let at = usize::try_from(start + low_bits::<isize>(n)).ok();
            if let Some(sum) = at.and_then(|at| sums.get_mut(at)) {
                *sum += f64::from(w) * f64::from(w);
            }
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squared_windows_sum_to_one_and_a_half() {
        for sum in overlap_of_squares(&periodic_hann(1_024), 256) {
            assert!((sum - 1.5).abs() < 1e-6);
        }
    }

    #[test]
    fn the_window_starts_at_zero_and_peaks_in_its_middle() {
        let window = periodic_hann(512);
        assert_eq!(window[0], 0.0);
        assert_eq!(window[256], 1.0);
        assert_eq!(window[1], window[511]);
    }
}
