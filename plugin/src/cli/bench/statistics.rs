//! Medians and percentiles of repeated measurements.

/// The value that `share` (0–1) of the measurements do not exceed; 0 where there is none. Sorts them.
pub(super) fn percentile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = (share * values.len() as f64).ceil() as usize;
    values
        .get(place.saturating_sub(1).min(values.len().saturating_sub(1)))
        .copied()
        .unwrap_or(0.0)
}

/// The median; 0 where there is none. Sorts them.
pub(super) fn median(values: &mut [f64]) -> f64 {
    percentile(values, 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let mut values: Vec<f64> = (1..=1_000).rev().map(f64::from).collect();
        assert_eq!(median(&mut values), 500.0);
        assert_eq!(percentile(&mut values, 0.99), 990.0);
        assert_eq!(percentile(&mut values, 0.999), 999.0);
        assert_eq!(percentile(&mut values, 1.0), 1_000.0);
        assert_eq!(median(&mut [3.0]), 3.0);
        assert_eq!(median(&mut []), 0.0);
    }
}
