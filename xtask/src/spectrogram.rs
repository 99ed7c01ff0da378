//! A sound's level over time and frequency, read between its frames and bins.

use std::ops::Range;

use anyhow::Result;
use netbend_dsp::StftGeometry;
use netbend_dsp::spectrogram::{analyze, magnitudes};
use netbend_tests::audio::Audio;

/// Longer than the plugin's own frame, so that a kick and a bass line can be told apart.
const FFT_SIZE: usize = 2_048;
const HOP_SAMPLES: usize = 256;
/// What stands for silence, in dB.
const FLOOR_DB: f32 = -140.0;

/// Levels in dB relative to a full-scale sine.
pub struct Spectrogram {
    /// Indexed `[frame][bin]`.
    levels_db: Vec<Vec<f32>>,
    sample_rate: f32,
}

impl Spectrogram {
    /// Analyses the mean of the channels.
    pub fn of(audio: &Audio) -> Result<Self> {
        let sample_rate = audio.sample_rate as f32;
        let geometry = StftGeometry {
            fft_size: FFT_SIZE,
            hop_samples: HOP_SAMPLES,
            sample_rate,
        };
        let share = 1.0 / audio.channels.len() as f32;
        let mono: Vec<f32> = (0..audio.samples())
            .map(|sample| {
                audio
                    .channels
                    .iter()
                    .map(|channel| channel[sample] * share)
                    .sum()
            })
            .collect();
        let level_db = |&x: &f32| (20.0 * x.log10()).max(FLOOR_DB);
        let levels_db = magnitudes(&analyze(&mono, geometry)?)
            .rows()
            .into_iter()
            .map(|row| row.iter().map(level_db).collect())
            .collect();
        Ok(Self {
            levels_db,
            sample_rate,
        })
    }

    /// The level at a time in seconds and a frequency in Hz.
    pub fn level_db(&self, seconds: f64, hz: f64) -> f32 {
        let (bin, upward) = split(self.bin(hz), FFT_SIZE / 2 + 1);
        let between_bins = |frame: &[f32]| mix(frame[bin], frame[bin + 1], upward);
        let (now, next, toward_next) = self.frames(seconds);
        mix(between_bins(now), between_bins(next), toward_next)
    }

    /// The mean power of the bins between two frequencies at a time, as a level; read between bins where there are less
    /// than two.
    pub fn band_level_db(&self, seconds: f64, hz: Range<f64>) -> f32 {
        let bins = self.bin(hz.start).round() as usize..self.bin(hz.end).round() as usize;
        if bins.len() < 2 {
            return self.level_db(seconds, (hz.start + hz.end) / 2.0);
        }
        let mean = |frame: &[f32]| {
            let frame = &frame[bins.start.min(frame.len() - 1)..bins.end.min(frame.len())];
            let power = |level_db: &f32| 10f32.powf(level_db / 10.0);
            10.0 * (frame.iter().map(power).sum::<f32>() / frame.len() as f32).log10()
        };
        let (now, next, toward_next) = self.frames(seconds);
        mix(mean(now), mean(next), toward_next)
    }

    fn bin(&self, hz: f64) -> f64 {
        hz * FFT_SIZE as f64 / f64::from(self.sample_rate)
    }

    /// The frames before and after a time, and how far it is from one to the other.
    fn frames(&self, seconds: f64) -> (&[f32], &[f32], f32) {
        // Frame k covers samples (k+1)·hop − fft_size .. (k+1)·hop: its centre is in their middle.
        let centre = seconds * f64::from(self.sample_rate) + FFT_SIZE as f64 / 2.0;
        let (frame, toward_next) = split(centre / HOP_SAMPLES as f64 - 1.0, self.levels_db.len());
        (
            &self.levels_db[frame],
            &self.levels_db[frame + 1],
            toward_next,
        )
    }
}

/// A position among `count` points as the index before it (never the last) and the rest.
fn split(position: f64, count: usize) -> (usize, f32) {
    let position = position.clamp(0.0, (count - 1) as f64);
    let index = (position as usize).min(count - 2);
    (index, (position - index as f64) as f32)
}

fn mix(a: f32, b: f32, share_of_b: f32) -> f32 {
    a + (b - a) * share_of_b
}
