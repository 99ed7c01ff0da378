//! How far apart two sounds are in time and frequency, as the ear divides it. Offline only.

use ndarray::Array2;

use super::power_db;
use crate::number::nearest_f32;
use crate::spectrogram::{analyze, frame_count};
use crate::{DspError, StftGeometry};

/// Edges of the 24 critical bands in Hz, the Bark scale (Zwicker 1961), without what is too low to be heard.
const EDGES_HZ: [f32; CRITICAL_BANDS + 1] = [
    20.0, 100.0, 200.0, 300.0, 400.0, 510.0, 630.0, 770.0, 920.0, 1_080.0, 1_270.0, 1_480.0,
    1_720.0, 2_000.0, 2_320.0, 2_700.0, 3_150.0, 3_700.0, 4_400.0, 5_300.0, 6_400.0, 7_700.0,
    9_500.0, 12_000.0, 15_500.0,
];
/// Critical bands of [`BandLevels`].
pub const CRITICAL_BANDS: usize = 24;
/// A cell this much below the loudest one of both sounds is not heard.
const AUDIBLE_DB: f32 = 60.0;
/// Samples of a frame at that rate: long enough for the lowest bands.
const FRAME: (usize, u32) = (2_048, 44_100);

/// How loud each critical band of a sound is, frame by frame.
#[derive(Debug, Clone, PartialEq)]
pub struct BandLevels {
    /// Decibels, where a full-scale sine has 0; `[frame, band]`.
    pub levels_db: Array2<f32>,
    /// How long it is from frame to frame.
    pub frame_seconds: f64,
}

impl BandLevels {
    /// Analyses `channels`, `[channel][sample]`: a band's power is the mean of the channels'.
    ///
    /// # Errors
    /// [`DspError::SampleRate`] if `rate_hz` is out of range.
    pub fn of(channels: &[Vec<f32>], rate_hz: f32) -> Result<Self, DspError> {
        let geometry = StftGeometry::for_model(rate_hz, FRAME.0, FRAME.1)?;
        let samples = channels.iter().map(Vec::len).max().unwrap_or(0);
        let mut powers = Array2::zeros((frame_count(samples, geometry), CRITICAL_BANDS));
        let bin_hz = rate_hz / nearest_f32(geometry.fft_size);
        for channel in channels {
            let spectra = analyze(channel, geometry)?;
            for (row, spectrum) in powers.rows_mut().into_iter().zip(spectra.rows()) {
                add_powers(row, spectrum.iter().map(|bin| bin.norm_sqr()), bin_hz);
            }
        }
        let share = 1.0 / nearest_f32(channels.len().max(1));
        Ok(Self {
            levels_db: powers.mapv(|power: f32| nearest_f32(power_db(f64::from(power * share)))),
            frame_seconds: f64::from(nearest_f32(geometry.hop_samples) / rate_hz),
        })
    }

    /// Of frames that are powers already, `[frame][bin]`, whose bins lie `bin_hz` apart; a full-scale sine has 1.
    pub fn of_powers<'a>(
        frames: impl ExactSizeIterator<Item = &'a [f32]>,
        bin_hz: f32,
        frame_seconds: f64,
    ) -> Self {
        let mut powers = Array2::zeros((frames.len(), CRITICAL_BANDS));
        for (row, frame) in powers.rows_mut().into_iter().zip(frames) {
            add_powers(row, frame.iter().copied(), bin_hz);
        }
        Self {
            levels_db: powers.mapv(|power: f32| nearest_f32(power_db(f64::from(power)))),
            frame_seconds,
        }
    }

    /// The root mean square, in decibels, of the differences between two sounds' cells (a band at a frame each), over those that are heard in
    /// one of them: less than 60 dB below the loudest cell of both, which is also the least that a cell counts for. 0 where both are silent;
    /// frames that only one has are left out.
    pub fn distance_db(&self, other: &Self) -> f64 {
        let loudest = |levels: &Self| levels.levels_db.iter().copied().fold(f32::MIN, f32::max);
        let floor_db = loudest(self).max(loudest(other)) - AUDIBLE_DB;
        let (mut squares, mut heard) = (0.0_f64, 0_u32);
        let rows = self.levels_db.rows().into_iter();
        for (one, another) in rows.zip(other.levels_db.rows()) {
            for (&one, &another) in one.iter().zip(another) {
                if one > floor_db || another > floor_db {
                    let difference = one.max(floor_db) - another.max(floor_db);
                    squares += f64::from(difference).powi(2);
                    heard += 1;
                }
            }
        }
        match heard {
            0 => 0.0,
            heard => (squares / f64::from(heard)).sqrt(),
        }
    }
}

/// Adds the powers of a spectrum's bins, `bin_hz` apart, to those of their bands.
fn add_powers(
    mut bands: ndarray::ArrayViewMut1<'_, f32>,
    bins: impl Iterator<Item = f32>,
    bin_hz: f32,
) {
    let mut band = 0;
    for (bin, power) in bins.enumerate() {
        let hz = nearest_f32(bin) * bin_hz;
        if hz < EDGES_HZ[0] {
            continue;
        }
        while EDGES_HZ.get(band + 1).is_some_and(|edge| hz >= *edge) {
            band += 1;
        }
        match bands.get_mut(band) {
            Some(sum) => *sum += power,
            None => break,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::{drum_loop_stereo, sine};

    const RATE: f32 = 44_100.0;

    fn levels(channels: &[Vec<f32>]) -> BandLevels {
        BandLevels::of(channels, RATE).unwrap()
    }

    #[test]
    fn a_tone_is_in_its_band_at_its_level() {
        let tone = levels(&[sine(RATE, 1.0, 1_000.0, 0.1)]);
        let middle = tone.levels_db.row(tone.levels_db.nrows() / 2);
        let loudest = (0..CRITICAL_BANDS).max_by(|a, b| middle[*a].total_cmp(&middle[*b]));
        assert_eq!(loudest, Some(8), "{middle}");
        // The window spreads a tone over some bins, whose powers sum up to 1.8 dB more.
        assert!((middle[8] + 20.0).abs() < 2.0, "{middle}");
        assert!((tone.frame_seconds - 512.0 / 44_100.0).abs() < 1e-9);
    }

    #[test]
    fn what_is_louder_by_so_much_is_that_far_away_both_ways() {
        let dry: Vec<Vec<f32>> = drum_loop_stereo(RATE, 2.0, 1).into();
        let half: Vec<Vec<f32>> = dry
            .iter()
            .map(|channel| channel.iter().map(|x| 0.5 * x).collect())
            .collect();
        let (dry, half) = (levels(&dry), levels(&half));
        assert_eq!(dry.distance_db(&dry), 0.0);
        let distance = dry.distance_db(&half);
        // Cells that sink under the floor count for less.
        assert!((5.0..6.03).contains(&distance), "{distance}");
        assert!((half.distance_db(&dry) - distance).abs() < 1e-9);
    }

    #[test]
    fn what_nobody_hears_makes_no_distance() {
        let tone = sine(RATE, 1.0, 1_000.0, 0.5);
        let with = |level: f32| -> Vec<f32> {
            let beside = sine(RATE, 1.0, 6_000.0, level);
            tone.iter().zip(beside).map(|(a, b)| a + b).collect()
        };
        let tone = levels(std::slice::from_ref(&tone));
        let distance = |level| tone.distance_db(&levels(&[with(level)]));
        assert!(distance(1e-4) < 0.5, "{}", distance(1e-4));
        assert!(distance(0.1) > 5.0, "{}", distance(0.1));
        let silence = levels(&[vec![0.0; 44_100]]);
        assert_eq!(silence.distance_db(&silence), 0.0);
        assert_eq!(levels(&[]).distance_db(&silence), 0.0);
    }

    #[test]
    fn a_stroke_that_is_late_is_far_away() {
        let click = |at: usize| -> Vec<f32> {
            let mut samples = vec![0.0; 44_100];
            samples[at] = 1.0;
            samples
        };
        let (early, late) = (levels(&[click(10_000)]), levels(&[click(20_000)]));
        assert!(early.distance_db(&late) > 20.0);
    }
}
