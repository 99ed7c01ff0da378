//! Smooths the difference's gain over frequency and time.

use crate::number::{cut, nearest_f32, nearest_f64};

/// Time constant at full smoothing, in seconds.
const LONGEST_SECONDS: f32 = 0.06;
/// How far to either side the mean over frequency reaches at full smoothing, in octaves.
const WIDEST_OCTAVES: f32 = 1.0 / 6.0;
/// A gain this near to an idle one's 0 dB arrives, or a null would take for ever: it is reached from the largest
/// gain in 0.43 s.
const ARRIVED_DB: f32 = 0.05;

/// Remembers the last frame's gains.
#[derive(Debug)]
pub(super) struct GainSmoother {
    frame_rate: f32,
    smoothed_db: Vec<f32>,
    /// Sums of the gains of all bins below each, one more than there are bins.
    sums: Vec<f64>,
    has_begun: bool,
}

impl GainSmoother {
    /// A smoother for frames of at most `bins` bins, `frame_rate` of them a second.
    pub(super) fn new(bins: usize, frame_rate: f32) -> Self {
        Self {
            frame_rate,
            smoothed_db: vec![0.0; bins],
            sums: vec![0.0; bins + 1],
            has_begun: false,
        }
    }

    /// The next frame begins anew.
    pub(super) fn reset(&mut self) {
        self.has_begun = false;
    }

    /// Smooths a frame by `amount`, 0–1; at 0 it is the frame itself, bit for bit.
    pub(super) fn smooth<'a>(&'a mut self, gain_db: &'a [f32], amount: f32) -> &'a [f32] {
        let bins = gain_db.len().min(self.smoothed_db.len());
        let has_begun = std::mem::replace(&mut self.has_begun, true);
        let idle = amount.is_nan() || amount <= 0.0;
        if idle {
            for (smoothed, db) in self.smoothed_db.iter_mut().zip(gain_db) {
                *smoothed = if db.is_finite() { *db } else { 0.0 };
            }
            return gain_db;
        }
        let amount = amount.min(1.0);
        let mut sum = 0.0;
        for (bin, db) in gain_db[..bins].iter().enumerate() {
            sum += f64::from(if db.is_finite() { *db } else { 0.0 });
            self.sums[bin + 1] = sum;
        }
        let keep = match has_begun {
            true => (-1.0 / (self.frame_rate * amount * LONGEST_SECONDS)).exp(),
            false => 0.0,
        };
        let ratio = f64::from((amount * WIDEST_OCTAVES).exp2());
        for bin in 0..bins {
            let mean = mean(
                &self.sums[..=bins],
                nearest_f64(bin) / ratio,
                nearest_f64(bin) * ratio,
            );
            let smoothed = &mut self.smoothed_db[bin];
            *smoothed = mean + keep * (*smoothed - mean);
            if mean == 0.0 && smoothed.abs() < ARRIVED_DB {
                *smoothed = 0.0;
            }
        }
        &self.smoothed_db[..bins]
    }
}

/// The mean over bins `low` to `high`, parts of bins counting in part: edges that go by whole bins would jump where the
/// amount moves. Of equal gains it is exactly 0 where they are.
fn mean(sums: &[f64], low: f64, high: f64) -> f32 {
    let last = sums.len() - 1;
    let sum_to = |position: f64| {
        let bin = cut::<usize>(position).min(last);
        let next = sums[(bin + 1).min(last)];
        sums[bin] + (position - nearest_f64(bin)) * (next - sums[bin])
    };
    let high = (high + 1.0).min(nearest_f64(last));
    nearest_f32((sum_to(high) - sum_to(low)) / (high - low))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BINS: usize = 513;

    fn smoother() -> GainSmoother {
        GainSmoother::new(BINS, 172.0)
    }

    #[test]
    fn no_smoothing_is_the_frame_itself_and_idle_gains_stay_exactly_idle() {
        let mut smoother = smoother();
        let wild: Vec<f32> = (0..BINS).map(|bin| (bin as f32).sin() * 30.0).collect();
        assert_eq!(smoother.smooth(&wild, 0.0), &wild[..]);
        smoother.reset();
        for amount in [0.01, 0.5, 1.0] {
            let idle = smoother.smooth(&[0.0; BINS], amount);
            assert!(idle.iter().all(|db| *db == 0.0));
            smoother.reset();
        }
    }

    #[test]
    fn a_step_takes_the_same_time_at_any_frame_rate() {
        for frame_rate in [100.0, 172.0, 750.0] {
            let mut smoother = GainSmoother::new(BINS, frame_rate);
            smoother.smooth(&[0.0; BINS], 1.0);
            let mut reached = 0.0;
            let frames = (0.06 * frame_rate).round();
            for _ in 0..frames as usize {
                reached = smoother.smooth(&[10.0; BINS], 1.0)[100];
            }
            // One time constant, or the whole frames next to it.
            let expected = 10.0 * (1.0 - (-frames / frame_rate / 0.06).exp());
            assert!((reached - expected).abs() < 0.01, "{reached} {expected}");
        }
    }

    #[test]
    fn after_a_bend_the_gain_is_exactly_idle_within_a_second() {
        for end_db in [-60.0, 30.0] {
            let mut smoother = smoother();
            smoother.smooth(&[end_db; BINS], 1.0);
            for _ in 0..172 {
                smoother.smooth(&[0.0; BINS], 1.0);
            }
            let last = smoother.smooth(&[0.0; BINS], 1.0);
            assert!(last.iter().all(|db| *db == 0.0));
        }
    }

    #[test]
    fn a_line_spreads_over_a_third_of_an_octave_and_a_reset_forgets() {
        let mut smoother = smoother();
        let mut line = [0.0; BINS];
        line[256] = 10.0;
        let smoothed = smoother.smooth(&line, 1.0).to_vec();
        let heard: Vec<usize> = (0..BINS).filter(|bin| smoothed[*bin] != 0.0).collect();
        let (low, high) = (
            256.0 * 2.0_f32.powf(-1.0 / 6.0),
            256.0 * 2.0_f32.powf(1.0 / 6.0),
        );
        assert!((heard[0] as f32 - low).abs() < 2.0, "{}", heard[0]);
        assert!((heard[heard.len() - 1] as f32 - high).abs() < 2.0);
        let total: f32 = smoothed.iter().sum();
        assert!((total - 10.0).abs() < 0.5, "{total}");
        smoother.reset();
        let anew = smoother.smooth(&[3.0; BINS], 1.0);
        assert!(anew.iter().all(|db| (db - 3.0).abs() < 1e-4));
    }
}
