//! What a stroke leaves before it begins. Offline only.
//!
//! Frames that hold a stroke change with it, and what they change is smeared over the whole frame, before the stroke too. What
//! is measured is everything that is not the reference there: a bend of the sound that dies away before the stroke counts as well.

use super::onset_lag::detect_onsets;
use super::power_db;
use crate::number::{cut, nearest_f64};

/// What is measured, before the onset, in ms.
const FROM_MS: f64 = 20.0;
const TO_MS: f64 = 1.0;
/// The stroke it is measured against, from the onset on, in ms.
const STROKE_MS: f64 = 10.0;

/// The pre-echoes of a signal's strokes, in dB.
#[derive(Debug, Clone, PartialEq)]
pub struct PreEcho {
    /// One per onset: the RMS of signal minus reference from 20 to 1 ms before it, relative to the RMS of the reference in
    /// the 10 ms after it.
    pub all_db: Vec<f64>,
    /// The median; [`SILENCE_DB`](super::SILENCE_DB) without onsets.
    pub median_db: f64,
    /// The loudest; [`SILENCE_DB`](super::SILENCE_DB) without onsets.
    pub worst_db: f64,
}

/// Measures what `signal`, aligned to the sample, has before the onsets of `reference` that `reference` has not.
pub fn pre_echo(reference: &[f32], signal: &[f32], sample_rate: f32) -> PreEcho {
    let samples = |ms: f64| cut::<usize>((ms * 1e-3 * f64::from(sample_rate)).round());
    let difference = |n: usize| f64::from(signal.get(n).unwrap_or(&0.0) - reference[n]);
    let mean = |from: usize, to: usize, value: &dyn Fn(usize) -> f64| {
        let to = to.min(reference.len());
        let power: f64 = (from..to).map(|n| value(n).powi(2)).sum();
        power / nearest_f64(to.saturating_sub(from).max(1))
    };
    let all_db: Vec<f64> = detect_onsets(reference, sample_rate)
        .into_iter()
        .map(|onset| {
            let from = onset.saturating_sub(samples(FROM_MS));
            let to = onset.saturating_sub(samples(TO_MS));
            let stroke = mean(onset, onset + samples(STROKE_MS), &|n| reference[n].into());
            power_db(mean(from, to, &difference) / stroke)
        })
        .collect();
    let mut sorted = all_db.clone();
    sorted.sort_by(f64::total_cmp);
    let at = |place: usize| sorted.get(place).copied().unwrap_or(super::SILENCE_DB);
    PreEcho {
        median_db: at(sorted.len() / 2),
        worst_db: at(sorted.len().wrapping_sub(1)),
        all_db,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::drum_loop;

    const RATE: f32 = 44_100.0;

    #[test]
    fn a_signal_has_no_pre_echo_of_itself_and_none_after_the_onset() {
        let drums = drum_loop(RATE, 2.0, 3);
        assert_eq!(
            pre_echo(&drums, &drums, RATE).worst_db,
            super::super::SILENCE_DB
        );
        let mut stroke = vec![0.0; 8_820];
        stroke[4_410..4_851].fill(0.5);
        let mut bent = stroke.clone();
        bent[4_410..].iter_mut().for_each(|x| *x *= 3.0);
        let echo = pre_echo(&stroke, &bent, RATE);
        assert_eq!(
            (echo.all_db.len(), echo.worst_db),
            (1, super::super::SILENCE_DB)
        );
    }

    #[test]
    fn what_comes_before_the_stroke_is_measured_against_it() {
        let mut stroke = vec![0.0; 8_820];
        stroke[4_410..4_851].fill(0.5);
        let mut echo = stroke.clone();
        echo[3_000..4_410].fill(0.005);
        let found = pre_echo(&stroke, &echo, RATE);
        assert!((found.worst_db + 40.0).abs() < 0.5, "{}", found.worst_db);
        assert_eq!(found.median_db, found.worst_db);
    }
}
