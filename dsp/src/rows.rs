//! What is done to whole rows of samples and bins, compiled for any processor and for AVX2 with the same bits from both.
//! Audio or pool thread; nothing here allocates, locks or panics.

use multiversion::multiversion;

use crate::Complex;

/// `out = a·b`, as far as all reach.
#[multiversion(targets("x86_64+avx2"))]
pub(crate) fn multiply(out: &mut [f32], a: &[f32], b: &[f32]) {
    for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
        *out = a * b;
    }
}

/// `sum += x`, as far as both reach.
#[multiversion(targets("x86_64+avx2"))]
pub(crate) fn add_to(sum: &mut [f32], x: &[f32]) {
    for (sum, x) in sum.iter_mut().zip(x) {
        *sum += x;
    }
}

/// `out = a + b`, as far as all reach.
#[multiversion(targets("x86_64+avx2"))]
pub(crate) fn add(out: &mut [f32], a: &[f32], b: &[f32]) {
    for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
        *out = a + b;
    }
}

/// `x *= factor`, as far as both reach.
#[multiversion(targets("x86_64+avx2"))]
pub(crate) fn multiply_by(x: &mut [f32], factor: &[f32]) {
    for (x, factor) in x.iter_mut().zip(factor) {
        *x *= factor;
    }
}

/// Moves samples on by `hop`; behind them nothing is.
pub(crate) fn shift(samples: &mut [f32], hop: usize) {
    let hop = hop.min(samples.len());
    let kept = samples.len() - hop;
    samples.copy_within(hop.., 0);
    samples[kept..].fill(0.0);
}

/// Adds a frame of equal length to the sums of overlapping ones and moves them on by `hop` samples, behind which nothing is.
pub(crate) fn add_and_shift(sums: &mut [f32], frame: &[f32], hop: usize) {
    let kept = sums.len().saturating_sub(hop);
    shift(sums, hop);
    add_to(&mut sums[..kept], frame.get(hop..).unwrap_or(&[]));
}

/// Windows samples in place; those that are not finite become zero.
#[multiversion(targets("x86_64+avx2"))]
pub(crate) fn window_finite(samples: &mut [f32], window: &[f32]) {
    for (sample, w) in samples.iter_mut().zip(window) {
        let windowed = *sample * w;
        *sample = if is_finite(windowed) { windowed } else { 0.0 };
    }
}

/// Bins of which a part is NaN or infinite become zero; all of them unless the transform was `done`.
pub(crate) fn finish_spectrum(spectrum: &mut [Complex<f32>], done: bool) {
    if !done {
        spectrum.fill(Complex::default());
    } else if !all_finite(spectrum) {
        for x in spectrum {
            if !(x.re.is_finite() && x.im.is_finite()) {
                *x = Complex::default();
            }
        }
    }
}

/// Whether all parts of all bins are finite.
#[multiversion(targets("x86_64+avx2"))]
pub(crate) fn all_finite(spectrum: &[Complex<f32>]) -> bool {
    let mut lost = 0_u32;
    for x in spectrum {
        lost |= u32::from(!is_finite(x.re)) | u32::from(!is_finite(x.im));
    }
    lost == 0
}

/// As the standard library's, as one comparison of whole numbers.
#[inline(always)]
fn is_finite(x: f32) -> bool {
    x.to_bits() & 0x7fff_ffff < 0x7f80_0000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_move_on_with_silence_behind_them() {
        let mut sums = [1.0, 2.0, 3.0, 4.0];
        add_and_shift(&mut sums, &[0.5; 4], 1);
        assert_eq!(sums, [2.5, 3.5, 4.5, 0.0]);
        add_and_shift(&mut sums, &[1.0], 2);
        assert_eq!(sums, [4.5, 0.0, 0.0, 0.0]);
        add_and_shift(&mut sums, &[1.0; 4], 9);
        assert_eq!(sums, [0.0; 4]);
    }

    #[test]
    fn what_is_not_finite_becomes_zero_alone() {
        for nonsense in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let mut spectrum = [Complex::new(1.0, -2.0); 9];
            finish_spectrum(&mut spectrum, true);
            assert_eq!(spectrum, [Complex::new(1.0, -2.0); 9]);
            spectrum[3].im = nonsense;
            finish_spectrum(&mut spectrum, true);
            assert_eq!(spectrum[3], Complex::default());
            assert_eq!(spectrum[4], Complex::new(1.0, -2.0));
            let mut samples = [1.0, nonsense, 3.0];
            window_finite(&mut samples, &[0.5; 3]);
            assert_eq!(samples, [0.5, 0.0, 1.5]);
        }
        let mut spectrum = [Complex::new(1.0, 1.0); 2];
        finish_spectrum(&mut spectrum, false);
        assert_eq!(spectrum, [Complex::default(); 2]);
    }
}
