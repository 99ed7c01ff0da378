//! The sound that settings are tried on, as the network hears it.

use netbend_dsp::number::{cut, nearest_f32, nearest_f64};
use netbend_dsp::signal::drum_loop;
use netbend_dsp::spectrogram::{analyze, magnitudes};
use netbend_dsp::{DspError, StftGeometry};
use netbend_models::Manifest;

use crate::report::recent::Recent;
use crate::worker::history::History;

/// How much of the input is tried on, in seconds, and the least there must be.
const SECONDS: f32 = 1.6;
const LEAST_SECONDS: f32 = 0.3;
/// A sound whose peak is below this is silence.
const SILENT_PEAK: f32 = 1e-3;
/// What stands in for an input that is silent.
const STAND_IN_RATE: f32 = 44_100.0;
const STAND_IN_SEED: u64 = 1;

/// A sound.
#[derive(Debug, Clone, PartialEq)]
pub struct Reference {
    /// One channel.
    pub samples: Vec<f32>,
    /// Its rate in Hz.
    pub rate_hz: f32,
}

impl Reference {
    /// The last moments of the input, or a drum loop while there are none to speak of.
    pub fn of(recent: &Recent) -> Self {
        let (samples, rate_hz) = recent.read(SECONDS);
        let peak = samples.iter().fold(0.0_f32, |peak, x| peak.max(x.abs()));
        if nearest_f32(samples.len()) < LEAST_SECONDS * rate_hz || peak < SILENT_PEAK {
            return Self::stand_in();
        }
        Self { samples, rate_hz }
    }

    /// The loudest moments of a sound, `[channel][sample]` at `rate_hz`, its channels as one; a drum loop where it has none.
    pub fn loudest(channels: &[Vec<f32>], rate_hz: f32) -> Self {
        let length = channels.iter().map(Vec::len).max().unwrap_or(0);
        let share = 1.0 / nearest_f32(channels.len().max(1));
        let sum = |n: usize| -> f32 { channels.iter().filter_map(|channel| channel.get(n)).sum() };
        let mono: Vec<f32> = (0..length).map(|n| share * sum(n)).collect();
        let wanted = cut::<usize>(SECONDS * rate_hz).clamp(1, length.max(1));
        let power = |part: &[f32]| part.iter().map(|x| x * x).sum::<f32>();
        let parts = mono.windows(wanted).step_by((wanted / 4).max(1));
        let loudest = parts.max_by(|one, other| power(one).total_cmp(&power(other)));
        loudest.map_or_else(Self::stand_in, |samples| Self {
            samples: samples.to_vec(),
            rate_hz,
        })
    }

    /// A drum loop.
    pub fn stand_in() -> Self {
        Self {
            samples: drum_loop(STAND_IN_RATE, SECONDS, STAND_IN_SEED),
            rate_hz: STAND_IN_RATE,
        }
    }

    /// Its windows for a model.
    ///
    /// # Errors
    /// [`DspError`] where no frame fits the rate.
    pub(super) fn windows(&self, manifest: &Manifest) -> Result<Windows, DspError> {
        let geometry =
            StftGeometry::for_model(self.rate_hz, manifest.fft_size, manifest.sample_rate)?;
        let heard = magnitudes(&analyze(&self.samples, geometry)?);
        let seen = manifest.last_seen_frame + 1;
        let mut windows = Windows {
            units: Vec::new(),
            levels_db: Vec::new(),
            bin_hz: geometry.sample_rate / nearest_f32(geometry.fft_size),
            frame_seconds: nearest_f64(geometry.hop_samples) / f64::from(geometry.sample_rate),
        };
        let mut history = History::new(manifest);
        let rows: Vec<Vec<f32>> = heard.rows().into_iter().map(|row| row.to_vec()).collect();
        // A sound that is shorter than two windows goes round.
        let rows = rows.iter().cycle().take(rows.len().max(2 * seen));
        for (n, row) in rows.enumerate() {
            history.push(row);
            if (n + 1) % seen == 0 {
                let level_db = history.update_level();
                windows.units.extend_from_slice(history.window(level_db));
                windows.levels_db.push(level_db);
            }
        }
        Ok(windows)
    }
}

/// Windows of a sound, one after the other without overlap.
pub(super) struct Windows {
    /// `[window, frames, bins]`, network units.
    pub(super) units: Vec<f32>,
    /// The level of each in decibels.
    pub(super) levels_db: Vec<f32>,
    /// From bin to bin.
    pub(super) bin_hz: f32,
    /// From frame to frame.
    pub(super) frame_seconds: f64,
}
