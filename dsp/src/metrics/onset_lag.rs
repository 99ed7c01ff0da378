//! How late strokes have become. Offline only.
//!
//! Onsets are found in the reference where its energy rises fast. Around each, reference and
//! signal are differentiated and cross-correlated; the position of the largest correlation of
//! either sign, refined by a parabola, is the lag. (Envelopes would not care about phases, but a
//! gain that changes with time pulls their correlation by milliseconds where nothing moved.)

use crate::number::{cut, low_bits, nearest_f64};

/// Lags of a signal's onsets behind its reference's; positive is late.
#[derive(Debug, Clone, PartialEq)]
pub struct OnsetLag {
    /// One lag per onset, in ms.
    pub lags_ms: Vec<f64>,
    /// The median of the absolute lags, in ms; 0 without onsets.
    pub median_ms: f64,
    /// The largest absolute lag, in ms; 0 without onsets.
    pub worst_ms: f64,
}

/// The energy in `BLOCK_MS` must rise by this over the loudest of the blocks before, in dB.
const RISE_DB: f64 = 9.0;
/// Onsets are at most this far below the loudest block, in dB.
const RANGE_DB: f64 = 40.0;
/// Length of an energy block, in ms.
const BLOCK_MS: f64 = 2.0;
/// Blocks a rise is compared with.
const BLOCKS_BEFORE: usize = 6;
/// Time between two onsets.
const SPACING_MS: f64 = 50.0;
/// The largest lag that is looked for.
const MAX_LAG_MS: f64 = 10.0;
/// What is compared, before and after the onset.
const BEFORE_MS: f64 = 4.0;
const AFTER_MS: f64 = 12.0;

/// The first samples of the blocks in which a signal's energy rises by 9 dB or more. The signal
/// is differentiated first, or the tail of a kick drum would hide every hat.
pub fn detect_onsets(signal: &[f32], sample_rate: f32) -> Vec<usize> {
    let block = samples(BLOCK_MS, sample_rate);
    let energies: Vec<f64> = differentiate(signal)
        .chunks(block)
        .map(|c| c.iter().map(|x| x * x).sum())
        .collect();
    let loudest = energies.iter().copied().fold(0.0, f64::max);
    let threshold = loudest * 10_f64.powf(-RANGE_DB / 10.0);
    let rise = 10_f64.powf(RISE_DB / 10.0);
    let spacing = cut::<usize>(SPACING_MS / BLOCK_MS);
    let mut onsets: Vec<usize> = Vec::new();
    for (n, &energy) in energies.iter().enumerate() {
        // The block just before is left out: the stroke may have begun in its midst.
        let past = n.saturating_sub(BLOCKS_BEFORE + 1)..n.saturating_sub(1);
        let before = energies[past].iter().copied().fold(0.0, f64::max);
        let spaced = onsets
            .last()
            .is_none_or(|&last| n >= last / block + spacing);
        if energy > threshold && energy > before * rise && spaced {
            onsets.push(n * block);
        }
    }
    onsets
}

/// Measures the lag of every onset of `reference` in `signal`, which must already be aligned to
/// within 10 ms.
pub fn onset_lag(reference: &[f32], signal: &[f32], sample_rate: f32) -> OnsetLag {
    let max_lag = low_bits::<isize>(samples(MAX_LAG_MS, sample_rate));
    let onsets = detect_onsets(reference, sample_rate);
    let (reference, signal) = (differentiate(reference), differentiate(signal));
    let lags_ms: Vec<f64> = onsets
        .iter()
        .map(|&onset| {
            let from =
                low_bits::<isize>(onset) - low_bits::<isize>(samples(BEFORE_MS, sample_rate));
            let to = low_bits::<isize>(onset) + low_bits::<isize>(samples(AFTER_MS, sample_rate));
            let lag = best_lag(&reference, &signal, from..to, max_lag);
            lag / f64::from(sample_rate) * 1e3
        })
        .collect();
    let mut sizes: Vec<f64> = lags_ms.iter().map(|lag| lag.abs()).collect();
    sizes.sort_by(f64::total_cmp);
    OnsetLag {
        median_ms: sizes.get(sizes.len() / 2).copied().unwrap_or(0.0),
        worst_ms: sizes.last().copied().unwrap_or(0.0),
        lags_ms,
    }
}

fn samples(milliseconds: f64, sample_rate: f32) -> usize {
    cut::<usize>((milliseconds * 1e-3 * f64::from(sample_rate)).round()).max(1)
}

/// First differences, from silence.
fn differentiate(signal: &[f32]) -> Vec<f64> {
    let mut before = 0.0;
    let difference = |&x: &f32| f64::from(x) - std::mem::replace(&mut before, f64::from(x));
    signal.iter().map(difference).collect()
}

/// The lag, in samples, at which `signal` fits `reference[span]` best.
fn best_lag(
    reference: &[f64],
    signal: &[f64],
    span: std::ops::Range<isize>,
    max_lag: isize,
) -> f64 {
    let value = |x: &[f64], n: isize| {
        usize::try_from(n)
            .ok()
            .and_then(|n| x.get(n).copied())
            .unwrap_or(0.0)
    };
    let correlation = |lag: isize| {
        let (mut product, mut power) = (0.0, 0.0);
        for n in span.clone() {
            let (a, b) = (value(reference, n), value(signal, n + lag));
            product += a * b;
            power += b * b;
        }
        if power > 0.0 {
            product.abs() / power.sqrt()
        } else {
            0.0
        }
    };
    let scores: Vec<f64> = (-max_lag..=max_lag).map(correlation).collect();
    let mut best = low_bits::<usize>(max_lag);
    for (n, &score) in scores.iter().enumerate() {
        if score > scores[best] {
            best = n;
        }
    }
    let refined = match scores.get(best.wrapping_sub(1)..=best.wrapping_add(1)) {
        Some(&[left, peak, right]) => {
            let curvature = left - 2.0 * peak + right;
            if curvature < 0.0 {
                0.5 * (left - right) / curvature
            } else {
                0.0
            }
        }
        _ => 0.0,
    };
    nearest_f64(best) - nearest_f64(max_lag) + refined
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::drum_loop;

    const RATE: f32 = 44_100.0;

    #[test]
    fn the_strokes_of_a_drum_loop_are_found() {
        let drums = drum_loop(RATE, 2.0, 3);
        let onsets = detect_onsets(&drums, RATE);
        assert!((8..=40).contains(&onsets.len()), "{} onsets", onsets.len());
    }

    #[test]
    fn a_signal_does_not_lag_behind_itself_nor_behind_its_negative() {
        let drums = drum_loop(RATE, 2.0, 3);
        let negative: Vec<f32> = drums.iter().map(|x| -0.5 * x).collect();
        for signal in [&drums, &negative] {
            let worst_ms = onset_lag(&drums, signal, RATE).worst_ms;
            assert!(worst_ms < 2e-3, "{worst_ms} ms");
        }
    }

    #[test]
    fn a_delay_is_measured_to_a_fraction_of_a_sample() {
        let drums = drum_loop(RATE, 2.0, 3);
        let mut late = vec![0.0; 44];
        late.extend_from_slice(&drums);
        let lag = onset_lag(&drums, &late, RATE);
        for lag in &lag.lags_ms {
            assert!((lag - 44.0 / 44.1).abs() < 0.005, "{lag} ms");
        }
        // Half a sample more, by linear interpolation.
        let later: Vec<f32> = late.windows(2).map(|w| 0.5 * (w[0] + w[1])).collect();
        let lag = onset_lag(&drums, &later, RATE);
        assert!(
            (lag.median_ms - 43.5 / 44.1).abs() < 0.01,
            "{} ms",
            lag.median_ms
        );
    }

    #[test]
    fn silence_has_no_onsets() {
        let lag = onset_lag(&[0.0; 1_000], &[0.0; 1_000], RATE);
        assert_eq!(
            (lag.lags_ms.len(), lag.median_ms, lag.worst_ms),
            (0, 0.0, 0.0)
        );
    }
}
