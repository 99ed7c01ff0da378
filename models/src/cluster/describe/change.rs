//! From two decoded versions to decibels of change, by part and band.

use super::parts::{Part, Parts};
use super::spectrogram::Spectrogram;
use crate::package::bands::BANDS;

/// Number of bands.
pub(in crate::cluster) const COLUMNS: usize = BANDS.len();
/// Parts that a change is broken down into: onset, body, tail.
pub(in crate::cluster) const ROWS: usize = 3;

/// What lies further below the mean of its kind cannot be heard beside it, in decibels.
const AUDIBLE_DB: f64 = 60.0;
/// Frames to either side of an onset whose flux counts as the onset's.
const ONSET_REACH: usize = 1;

/// Sums over windows of one version.
#[derive(Debug, Clone, Default)]
pub(in crate::cluster) struct Energy {
    /// Spectral flux at the onsets, by band.
    flux: [f64; COLUMNS],
    /// Power of attack, body and tail frames, by band.
    power: [[f64; COLUMNS]; ROWS],
    /// Frames of each.
    frames: [usize; ROWS],
}

impl Energy {
    /// Adds a window. `parts` are those of the clean version, whichever version this is; `bands` gives each bin's band.
    pub(in crate::cluster) fn add(
        &mut self,
        spectrogram: &Spectrogram,
        parts: &Parts,
        bands: &[usize],
    ) {
        for (frame, part) in spectrogram.frames().zip(&parts.of_frame) {
            let row = *part as usize;
            self.frames[row] += 1;
            for (magnitude, &band) in frame.iter().zip(bands) {
                self.power[row][band] += f64::from(magnitude * magnitude);
            }
        }
        let frames: Vec<&[f32]> = spectrogram.frames().collect();
        for &onset in &parts.onsets {
            let reach = onset.saturating_sub(ONSET_REACH + 1)..frames.len();
            for pair in frames[reach].windows(2).take(2 * ONSET_REACH + 1) {
                for ((before, now), &band) in pair[0].iter().zip(pair[1]).zip(bands) {
                    self.flux[band] += f64::from((now - before).max(0.0));
                }
            }
        }
    }

    fn total_power(&self) -> f64 {
        self.power.iter().flatten().sum()
    }

    /// Power of the frames in `rows`, by band.
    fn power_of(&self, rows: std::ops::Range<usize>) -> [f64; COLUMNS] {
        std::array::from_fn(|band| self.power[rows.clone()].iter().map(|row| row[band]).sum())
    }
}

/// What changes from one version to another, in decibels; below 0 something went missing.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::cluster) struct Change {
    /// Power of all frames.
    pub(in crate::cluster) level_db: f64,
    /// Spectral flux at the onsets.
    pub(in crate::cluster) onset_db: f64,
    /// Power of the frames that are not attack.
    pub(in crate::cluster) sustain_db: f64,
    /// Power of the tail frames.
    pub(in crate::cluster) tail_db: f64,
    /// Power of all frames, by band.
    pub(in crate::cluster) bands_db: [f64; COLUMNS],
    /// Onset (flux), body and tail (power) by band. `None` where neither version has anything audible.
    pub(in crate::cluster) cells_db: [[Option<f64>; COLUMNS]; ROWS],
}

impl Change {
    /// The change from `clean` to `ablated`, which were added the same parts.
    ///
    /// What lies 60 dB below the louder version's mean, or below its whole flux, is added to both sides of a ratio: the inaudible does
    /// not change, and the most that can be taken away is about 60 dB.
    pub(in crate::cluster) fn between(clean: &Energy, ablated: &Energy) -> Self {
        let share = 10_f64.powf(-AUDIBLE_DB / 10.0);
        let all: usize = clean.frames.iter().sum();
        let mean_power = clean.total_power().max(ablated.total_power()) / all.max(1) as f64;
        let power_floor = |rows: std::ops::Range<usize>| {
            share * mean_power * clean.frames[rows].iter().sum::<usize>() as f64
        };
        let whole = |values: &[f64; COLUMNS]| values.iter().sum::<f64>();
        // Flux adds up magnitudes: its ratio is one of amplitudes.
        let flux_floor = share.sqrt() * whole(&clean.flux).max(whole(&ablated.flux));
        let power_db = |rows: std::ops::Range<usize>| {
            let (c, a) = (clean.power_of(rows.clone()), ablated.power_of(rows.clone()));
            ratio_db(whole(&c), whole(&a), power_floor(rows), 10.0)
        };
        let audible = |c: f64, a: f64, floor: f64, factor: f64| {
            (c.max(a) > floor).then(|| ratio_db(c, a, floor, factor))
        };
        let (c, a) = (clean.power_of(0..ROWS), ablated.power_of(0..ROWS));
        Self {
            level_db: power_db(0..ROWS),
            onset_db: ratio_db(whole(&clean.flux), whole(&ablated.flux), flux_floor, 20.0),
            sustain_db: power_db(Part::Body as usize..ROWS),
            tail_db: power_db(Part::Tail as usize..ROWS),
            bands_db: std::array::from_fn(|n| ratio_db(c[n], a[n], power_floor(0..ROWS), 10.0)),
            cells_db: std::array::from_fn(|row| {
                std::array::from_fn(|band| match row {
                    0 => audible(clean.flux[band], ablated.flux[band], flux_floor, 20.0),
                    _ => audible(
                        clean.power[row][band],
                        ablated.power[row][band],
                        power_floor(row..row + 1),
                        10.0,
                    ),
                })
            }),
        }
    }
}

/// `factor · log₁₀((after + floor) / (before + floor))`; 0 where there is nothing at all.
fn ratio_db(before: f64, after: f64, floor: f64, factor: f64) -> f64 {
    if before.max(after) + floor > 0.0 {
        factor * ((after + floor) / (before + floor)).log10()
    } else {
        0.0
    }
}
