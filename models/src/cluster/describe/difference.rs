//! How much each cluster takes away, and how far two of them take away different things.

use netbend_dsp::number::nearest_f64;

use super::spectrogram::Spectrogram;

/// Bins this far below the clean window's peak count as silent, before as well as after, in decibels.
const AUDIBLE_DB: f32 = 60.0;

/// Sums over windows for the clusters of one layer.
#[derive(Debug)]
pub(super) struct Differences {
    /// `[cluster]`, squares of what ablating it changes.
    changes: Vec<f64>,
    /// `[cluster][other < cluster]`, squares of how far their changes differ.
    pairs: Vec<Vec<f64>>,
    bins: usize,
}

impl Differences {
    pub(super) fn new(clusters: usize) -> Self {
        Self {
            changes: vec![0.0; clusters],
            pairs: (0..clusters).map(|cluster| vec![0.0; cluster]).collect(),
            bins: 0,
        }
    }

    /// Adds a window: the clean version and, for each cluster, the one without it.
    pub(super) fn add(&mut self, clean: &Spectrogram, without: &[Spectrogram]) {
        let peak = clean.decibels.iter().copied().fold(f32::MIN, f32::max);
        let audible = |spectrogram: &Spectrogram| -> Vec<f32> {
            let floor = peak - AUDIBLE_DB;
            spectrogram
                .decibels
                .iter()
                .map(|db| db.max(floor))
                .collect()
        };
        let clean = audible(clean);
        let without: Vec<Vec<f32>> = without.iter().map(audible).collect();
        for (cluster, one) in without.iter().enumerate() {
            self.changes[cluster] += squared(&clean, one);
            // What one takes away less what the other does: the clean version cancels.
            for (sum, other) in self.pairs[cluster].iter_mut().zip(&without) {
                *sum += squared(one, other);
            }
        }
        self.bins += clean.len();
    }

    /// Rms change that ablating `cluster` makes, in decibels.
    pub(super) fn change_rms_db(&self, cluster: usize) -> f64 {
        self.rms(self.changes[cluster])
    }

    /// `[cluster][cluster]`, rms difference of two clusters' changes, in decibels.
    pub(super) fn rms_db(&self) -> Vec<Vec<f64>> {
        let count = self.changes.len();
        let pair = |one: usize, other: usize| match one == other {
            true => 0.0,
            false => self.rms(self.pairs[one.max(other)][one.min(other)]),
        };
        (0..count)
            .map(|one| (0..count).map(|other| pair(one, other)).collect())
            .collect()
    }

    fn rms(&self, sum: f64) -> f64 {
        (sum / nearest_f64(self.bins.max(1))).sqrt()
    }
}

fn squared(one: &[f32], other: &[f32]) -> f64 {
    // A window's sum in single precision would lose digits; a frame's does not.
    one.chunks(512)
        .zip(other.chunks(512))
        .map(|(one, other)| {
            let squares = one.iter().zip(other).map(|(a, b)| (a - b) * (a - b));
            f64::from(squares.sum::<f32>())
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(magnitude: f32) -> Spectrogram {
        Spectrogram::from_magnitudes(8, vec![magnitude; 8 * 4])
    }

    #[test]
    fn changes_and_their_differences_are_in_decibels_and_end_60_db_below_the_peak() {
        let mut differences = Differences::new(3);
        differences.add(&flat(1.0), &[flat(1.0), flat(0.1), flat(1e-4)]);
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-4, "{a} {b}");
        for (cluster, expected) in [0.0, 20.0, 60.0].into_iter().enumerate() {
            near(differences.change_rms_db(cluster), expected);
            near(differences.rms_db()[0][cluster], expected);
            near(differences.rms_db()[cluster][0], expected);
        }
        near(differences.rms_db()[2][1], 40.0);
    }
}
