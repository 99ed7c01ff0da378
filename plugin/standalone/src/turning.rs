//! Sounds as loops at the rate of the stream: read, or synthesised, and resampled so that they go round without a seam.

use std::path::Path;

use netbend::Loop;
use netbend_audio_file::{Audio, read};
use netbend_dsp::number::{cut, nearest_f32, nearest_f64};
use netbend_dsp::signal::{DrumLoop, drum_loop_stereo};
use rubato::audioadapter_buffers::owned::InterleavedOwned;
use rubato::{Async, FixedAsync, Resampler as _, SincInterpolationParameters};

/// The demo loop's seed, and its length in beats.
const SEED: u64 = 1;
const BEATS: f64 = 16.0;
/// Of the loop's other end, so that its seam is resampled as its middle is.
const AROUND: usize = 2_048;
const CHUNK: usize = 1_024;

/// A sound at the rate it has.
pub enum Sound {
    /// The demo loop, at every rate its own.
    Demo,
    /// A file's.
    Read {
        /// Left and right.
        sides: [Vec<f32>; 2],
        /// Samples per second.
        sample_rate: u32,
    },
}

/// Why a sound is no loop.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] netbend_audio_file::Error),
    /// There is nothing in it.
    #[error("it is empty")]
    Empty,
    /// It cannot be brought to the rate.
    #[error("it cannot be resampled ({0})")]
    Rate(#[from] Resampling),
}

/// What the resampler says.
#[derive(Debug, thiserror::Error)]
pub enum Resampling {
    /// It cannot be made.
    #[error(transparent)]
    Made(#[from] rubato::ResamplerConstructionError),
    /// It failed.
    #[error(transparent)]
    Failed(#[from] rubato::ResampleError),
    /// Its samples do not fit.
    #[error("its length cannot be had")]
    Length,
}

impl Sound {
    /// The sound in a file: its first two channels, or its one on both sides.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn read(path: &Path) -> Result<Self, Trouble> {
        let Audio {
            sample_rate,
            channels,
            ..
        } = read(path)?;
        let mut channels = channels.into_iter();
        let left = channels.next().ok_or(Trouble::Empty)?;
        let right = channels.next().unwrap_or_else(|| left.clone());
        if left.is_empty() {
            return Err(Trouble::Empty);
        }
        Ok(Self::Read {
            sides: [left, right],
            sample_rate,
        })
    }

    /// How long it is in seconds.
    pub fn seconds(&self) -> f64 {
        match self {
            Self::Demo => BEATS * 60.0 / DrumLoop::new(SEED).bpm,
            Self::Read { sides, sample_rate } => {
                nearest_f64(sides[0].len()) / f64::from(*sample_rate)
            }
        }
    }

    /// The sound as a loop at that rate.
    ///
    /// # Errors
    /// Where the rates are too far apart.
    pub fn at_rate(&self, rate: f32) -> Result<Loop, Trouble> {
        let sides = match self {
            Self::Demo => drum_loop_stereo(rate, nearest_f32(self.seconds()), SEED),
            Self::Read { sides, sample_rate } if nearest_f32(*sample_rate) == rate => sides.clone(),
            Self::Read { sides, sample_rate } => {
                let ratio = f64::from(rate) / f64::from(*sample_rate);
                resampled(sides, ratio)?
            }
        };
        Loop::new(sides).ok_or(Trouble::Empty)
    }
}

/// The sides at `ratio` times their rate. Before and behind the loop stands the loop, so that its end goes on in its beginning.
fn resampled(sides: &[Vec<f32>; 2], ratio: f64) -> Result<[Vec<f32>; 2], Resampling> {
    let [left, right] = sides;
    let length = left.len();
    // Whole samples in a round, and the ratio that makes them.
    let wanted = cut::<usize>((nearest_f64(length) * ratio).round()).max(1);
    let ratio = nearest_f64(wanted) / nearest_f64(length);
    let frames = length + 2 * AROUND;
    let before = length - AROUND % length;
    let mut samples = Vec::with_capacity(2 * frames);
    for frame in 0..frames {
        let place = (before + frame) % length;
        samples.extend([left[place], right[place]]);
    }
    let around = InterleavedOwned::new_from(samples, 2, frames).map_err(|_| Resampling::Length)?;
    let parameters = SincInterpolationParameters::default();
    let mut resampler =
        Async::<f32>::new_sinc(ratio, 1.0, &parameters, CHUNK, 2, FixedAsync::Input)?;
    let samples = resampler.process_all(&around, frames, None)?.take_data();
    let first = cut::<usize>((nearest_f64(AROUND) * ratio).round());
    let side = |side: usize| {
        let frames = samples.chunks_exact(2).skip(first).take(wanted);
        frames.map(|frame| frame[side]).collect::<Vec<_>>()
    };
    let sides = [side(0), side(1)];
    match sides[0].len() == wanted {
        true => Ok(sides),
        false => Err(Resampling::Length),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

    use super::*;

    #[test]
    fn a_loop_goes_round_without_a_seam_at_any_rate() {
        // 12 whole periods in a loop whose length no rate divides.
        for (length, from, to) in [
            (44_101, 44_100, 48_000.0),
            (9_601, 48_000, 44_100.0),
            (1_000, 96_000, 48_000.0),
        ] {
            let wave = |n: usize, length: usize| {
                (std::f64::consts::TAU * 12.0 * n as f64 / length as f64).sin() as f32
            };
            let side: Vec<f32> = (0..length).map(|n| wave(n, length)).collect();
            let ratio = to / f64::from(from);
            let [left, right] = resampled(&[side.clone(), side], ratio).unwrap();
            assert_eq!(left.len(), (length as f64 * ratio).round() as usize);
            assert_eq!(left, right);
            // The same periods, to a fraction of a sample from where they were.
            let shift = 12.0 * std::f64::consts::TAU / left.len() as f64;
            for (n, sample) in left.iter().enumerate() {
                let expected = wave(n, left.len());
                assert!(
                    f64::from((sample - expected).abs()) < shift + 1e-3,
                    "{from} to {to} Hz, sample {n}: {sample}, expected {expected}"
                );
            }
        }
    }

    #[test]
    fn what_is_at_the_rate_is_left_as_it_is() {
        let sides = [vec![0.1, 0.2, 0.3], vec![0.4, 0.5, 0.6]];
        let sound = Sound::Read {
            sides: sides.clone(),
            sample_rate: 48_000,
        };
        assert_eq!(sound.at_rate(48_000.0).unwrap(), Loop::new(sides).unwrap());
    }

    #[test]
    fn the_demo_is_four_bars() {
        let tempo = netbend::Tempo::of(Sound::Demo.seconds()).unwrap();
        assert_eq!(tempo.bars, 4);
        assert!((tempo.bpm - DrumLoop::new(SEED).bpm).abs() < 1e-9);
        assert!(Sound::Demo.at_rate(44_100.0).is_ok());
    }
}
