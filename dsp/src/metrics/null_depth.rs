//! How little is left when one signal is subtracted from another. Offline only.

use super::power_db;

/// The residual of two signals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NullDepth {
    /// RMS of the difference over RMS of the reference, in dB.
    pub relative_db: f64,
    /// RMS of the difference, in dB relative to full scale (an RMS of 1).
    pub residual_dbfs: f64,
    /// Largest sample of the difference, in dB relative to full scale.
    pub peak_dbfs: f64,
}

/// Compares two signals as far as both reach; a sample that is not finite is a peak of infinity.
pub fn null_depth(reference: &[f32], signal: &[f32]) -> NullDepth {
    let (mut power, mut residual, mut peak, mut count) = (0.0, 0.0, 0.0_f64, 0.0);
    for (&a, &b) in reference.iter().zip(signal) {
        let (a, difference) = (f64::from(a), f64::from(a) - f64::from(b));
        let difference = if difference.is_nan() {
            f64::INFINITY
        } else {
            difference
        };
        power += a * a;
        residual += difference * difference;
        peak = peak.max(difference.abs());
        count += 1.0;
    }
    let count = f64::max(count, 1.0);
    NullDepth {
        relative_db: if residual == 0.0 {
            super::SILENCE_DB
        } else {
            power_db(residual / power)
        },
        residual_dbfs: power_db(residual / count),
        peak_dbfs: power_db(peak * peak),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_of_the_signal_is_a_null_of_20_db() {
        let signal: Vec<f32> = (0..1_000).map(|n| (n as f32 * 0.1).sin() * 0.5).collect();
        let other: Vec<f32> = signal.iter().map(|x| x * 1.1).collect();
        let null = null_depth(&signal, &other);
        assert!((null.relative_db + 20.0).abs() < 1e-4);
        assert!((null.peak_dbfs + 26.02).abs() < 0.01);
        assert!((null.residual_dbfs + 29.0).abs() < 0.1);
    }

    #[test]
    fn equal_signals_null_completely_and_nan_does_not_hide() {
        assert_eq!(
            null_depth(&[0.5; 4], &[0.5; 4]).relative_db,
            super::super::SILENCE_DB
        );
        assert_eq!(null_depth(&[], &[]).residual_dbfs, super::super::SILENCE_DB);
        assert_eq!(
            null_depth(&[0.5; 4], &[f32::NAN; 4]).peak_dbfs,
            f64::INFINITY
        );
    }
}
