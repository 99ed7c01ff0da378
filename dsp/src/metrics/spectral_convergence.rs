//! How close magnitudes came to their target. Offline only.

use ndarray::Array2;

use super::power_db;
use crate::spectrogram::{analyze, magnitudes};
use crate::{DspError, StftGeometry};

/// Spectral convergence, `20·log10(‖A − S‖_F / ‖S‖_F)` in dB, lower is better, of magnitudes `A`
/// against a target `S`, both `[frame, bin]`. Frames and bins that only one has are left out.
pub fn spectral_convergence_db(actual: &Array2<f32>, target: &Array2<f32>) -> f64 {
    let (mut residual, mut power) = (0.0, 0.0);
    for (actual, target) in actual.rows().into_iter().zip(target.rows()) {
        for (&a, &s) in actual.iter().zip(target) {
            residual += (f64::from(a) - f64::from(s)).powi(2);
            power += f64::from(s).powi(2);
        }
    }
    if residual == 0.0 {
        super::SILENCE_DB
    } else {
        power_db(residual / power)
    }
}

/// Spectral convergence of a signal's magnitudes against a target `[frame, bin]`.
///
/// # Errors
/// See [`StftGeometry::check`].
pub fn spectral_convergence_of_signal_db(
    signal: &[f32],
    target: &Array2<f32>,
    geometry: StftGeometry,
) -> Result<f64, DspError> {
    Ok(spectral_convergence_db(
        &magnitudes(&analyze(signal, geometry)?),
        target,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_too_much_everywhere_is_20_db() {
        let target = Array2::from_shape_fn((5, 7), |(f, b)| (f * b) as f32 + 0.1);
        let actual = target.mapv(|s| s * 1.1);
        assert!((spectral_convergence_db(&actual, &target) + 20.0).abs() < 1e-4);
        assert_eq!(
            spectral_convergence_db(&target, &target),
            super::super::SILENCE_DB
        );
    }
}
