//! How steady a sound is, band by band. Pool thread.
//!
//! A tremolo of a tenth of a dB is heard on a sound that stands still and on no other. The measure is the deviation, over the last frames,
//! of a band's mean level in dB. Noise has 2.8 dB in the narrowest band and less in wider ones; loops of the evaluation set have 4 to 33
//! dB, nine in ten of their bands more than 8.

use crate::number::nearest_f32;

/// Bins of the narrowest band. A band is half as wide as it lies high.
const LEAST_BINS: usize = 8;
/// Levels below this count as silence, in dB relative to a full-scale sine.
const SILENCE_DB: f32 = -120.0;
/// A band that deviates by no more than this is steady, in dB.
const STEADY_DB: f32 = 4.0;
/// A band that deviates by this or more is not, in dB.
const MOVING_DB: f32 = 7.0;

/// The levels of the last frames.
pub struct Steadiness {
    /// First bins of the bands, and the end of the last.
    edges: Vec<usize>,
    /// `[frame][band]`, a ring.
    levels_db: Vec<f32>,
    frames: usize,
    next: usize,
    count: usize,
    /// Sums over the frames, per band, and of what deviates from their mean.
    sums: Vec<f32>,
    squares: Vec<f32>,
}

impl Steadiness {
    /// A measure over the last `frames` frames of `bins` bins.
    pub fn new(bins: usize, frames: usize) -> Self {
        let mut edges = vec![0];
        let mut edge = 0;
        while edge < bins {
            let width = (edge / 2).max(LEAST_BINS);
            // What is left beyond a band is never less than one.
            edge = if edge + width + LEAST_BINS > bins {
                bins
            } else {
                edge + width
            };
            edges.push(edge);
        }
        let frames = frames.max(1);
        Self {
            levels_db: vec![0.0; frames * edges.len()],
            sums: vec![0.0; edges.len()],
            squares: vec![0.0; edges.len()],
            edges,
            frames,
            next: 0,
            count: 0,
        }
    }

    /// Adds a frame, in dB relative to a full-scale sine.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn push(&mut self, frame_db: &[f32]) {
        let levels = &mut self.levels_db[self.next * self.edges.len()..];
        for (level, edges) in levels.iter_mut().zip(self.edges.windows(2)) {
            let band = frame_db.get(edges[0]..edges[1]).unwrap_or(&[]);
            // `max` also makes silence of what is not a number.
            let sum: f32 = band.iter().map(|db| db.max(SILENCE_DB)).sum();
            *level = sum / nearest_f32(edges[1] - edges[0]);
        }
        self.next = (self.next + 1) % self.frames;
        self.count = (self.count + 1).min(self.frames);
    }

    /// How steady each bin's band is: 1 where it stands, 0 where it moves.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn shares(&mut self, shares: &mut [f32]) {
        // Frame by frame, so that all bands of a frame are summed at a time.
        let count = nearest_f32(self.count.max(1));
        let frames = || {
            self.levels_db
                .chunks_exact(self.edges.len())
                .take(self.count)
        };
        self.sums.fill(0.0);
        for levels in frames() {
            for (sum, db) in self.sums.iter_mut().zip(levels) {
                *sum += db;
            }
        }
        self.sums.iter_mut().for_each(|sum| *sum /= count);
        self.squares.fill(0.0);
        for levels in frames() {
            for ((square, mean), db) in self.squares.iter_mut().zip(&self.sums).zip(levels) {
                *square += (db - mean).powi(2);
            }
        }
        for (band, edges) in self.edges.windows(2).enumerate() {
            let variance = self.squares[band] / count;
            let share = (MOVING_DB - variance.sqrt()) / (MOVING_DB - STEADY_DB);
            if let Some(shares) = shares.get_mut(edges[0]..edges[1]) {
                shares.fill(share.clamp(0.0, 1.0));
            }
        }
    }

    /// Forgets all frames.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn reset(&mut self) {
        self.next = 0;
        self.count = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StftGeometry;
    use crate::decibel::amplitude_to_db;
    use crate::signal::{drum_loop, noise};
    use crate::spectrogram::analyze;

    const RATE: f32 = 44_100.0;

    fn shares(samples: &[f32]) -> Vec<f32> {
        let geometry = StftGeometry::for_sample_rate(RATE).unwrap();
        let bins = geometry.bins();
        let mut steadiness = Steadiness::new(bins, 512);
        // The first and the last frames reach into the silence around the sound.
        let spectra = analyze(samples, geometry).unwrap();
        let whole = spectra.nrows() - 8;
        for frame in spectra.rows().into_iter().skip(4).take(whole) {
            let frame_db: Vec<f32> = frame.iter().map(|x| amplitude_to_db(x.norm())).collect();
            steadiness.push(&frame_db);
        }
        let mut shares = vec![0.5; bins];
        steadiness.shares(&mut shares);
        shares
    }

    #[test]
    fn noise_and_tones_are_steady_in_every_band() {
        let noise = noise(RATE, 4.0, 0.1, 1);
        assert!(shares(&noise).iter().all(|share| *share == 1.0));
        let tone = |n: usize| 0.3 * (std::f32::consts::TAU * 440.0 / RATE * n as f32).sin();
        let tone: Vec<f32> = (0..4 * 44_100).map(tone).collect();
        assert!(shares(&tone)[..64].iter().all(|share| *share == 1.0));
    }

    #[test]
    fn drums_are_not() {
        let shares = shares(&drum_loop(RATE, 4.0, 3));
        let steady = shares.iter().filter(|share| **share > 0.0).count();
        assert!(steady * 10 < shares.len(), "{steady} bins are steady");
    }

    #[test]
    fn frames_of_any_size_are_measured() {
        for bins in [1, 7, 8, 15, 16, 513, 4_097] {
            let mut steadiness = Steadiness::new(bins, 3);
            let mut shares = vec![0.5; bins];
            for n in 0..7 {
                steadiness.push(&vec![(n % 2) as f32 * 100.0 - 100.0; bins]);
            }
            steadiness.shares(&mut shares);
            assert!(shares.iter().all(|share| *share == 0.0), "{bins} bins");
            steadiness.reset();
            steadiness.push(&[f32::NAN]);
            steadiness.shares(&mut shares);
            assert!(shares.iter().all(|share| *share == 1.0), "{bins} bins");
        }
    }
}
