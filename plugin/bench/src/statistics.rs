//! Medians and percentiles of repeated measurements.

use netbend_dsp::number::{cut, nearest_f64};
use serde::Serialize;

/// The value that `share` (0–1) of the measurements do not exceed; 0 where there is none. Sorts them.
pub fn percentile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = cut::<usize>((share * nearest_f64(values.len())).ceil());
    values
        .get(place.saturating_sub(1).min(values.len().saturating_sub(1)))
        .copied()
        .unwrap_or(0.0)
}

/// Values that so many of the measurements do not exceed.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Percentiles {
    /// Half of them.
    pub p50: f64,
    /// 99 of 100.
    pub p99: f64,
    /// 999 of 1000.
    pub p99_9: f64,
    /// All.
    pub max: f64,
}

impl Percentiles {
    /// Of measurements over `unit` each; 0 where there is none. Sorts them.
    pub fn of(values: &mut [f64], unit: f64) -> Self {
        let mut at = |share| percentile(values, share) / unit;
        Self {
            p50: at(0.5),
            p99: at(0.99),
            p99_9: at(0.999),
            max: at(1.0),
        }
    }
}

/// The median; 0 where there is none. Sorts them.
pub fn median(values: &mut [f64]) -> f64 {
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
        let found = Percentiles::of(&mut values, 1_000.0);
        assert_eq!((found.p50, found.p99), (0.5, 0.99));
        assert_eq!((found.p99_9, found.max), (0.999, 1.0));
    }
}
