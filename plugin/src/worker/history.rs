//! The last frames as the network sees them: decibels per bin.
//!
//! Frames wait as magnitudes until a window is asked for, so that a history nobody decodes costs a copy a frame. A history that heard nothing
//! yet has no columns, and one that was asked for no window has none.

use netbend_dsp::decibel::{DecibelScale, MIN_AMPLITUDE, amplitude_to_db, row_to_db};
use netbend_dsp::level::{LevelTracker, MIN_LEVEL_DB};
use netbend_models::Manifest;
use netbend_models::package::manifest::NO_LEVEL;

/// What silence is in decibels.
const SILENCE_DB: f32 = -140.0;

/// A ring of the frames that reach the latent, newest last.
pub struct History {
    bins: usize,
    /// Frames that reach the latent.
    seen: usize,
    /// Frames of a window.
    frames: usize,
    scale: DecibelScale,
    /// `None` where the window goes in as it is.
    level: Option<LevelTracker>,
    /// `[frame][bin]`, decibels; the newest [`waiting`](Self::waiting) still linear. Empty until a frame is heard: silence.
    columns: Vec<f32>,
    /// Frames that are not decibels yet.
    waiting: usize,
    /// The largest magnitude of each frame, linear.
    peaks: Vec<f32>,
    /// Where the next frame goes.
    next: usize,
    /// Frames added so far.
    added: u64,
    /// `[frames, bins]`; empty until it is asked for.
    window: Vec<f32>,
    /// How many frames had been added when the window was made, and the level it was made under, if it holds.
    made: Option<(u64, f32)>,
}

impl History {
    /// Silence, for a model.
    pub fn new(manifest: &Manifest) -> Self {
        let (bins, seen) = (manifest.bins, manifest.last_seen_frame + 1);
        Self {
            bins,
            seen,
            frames: manifest.frames,
            scale: DecibelScale {
                floor_db: manifest.decibels.floor_db,
                reference_db: manifest.decibels.reference_db,
                ceiling_db: manifest.decibels.ceiling_db,
            },
            level: (manifest.level.kind != NO_LEVEL)
                .then(|| LevelTracker::new(manifest.level.step_db)),
            columns: Vec::new(),
            waiting: 0,
            peaks: vec![0.0; seen],
            next: 0,
            added: 0,
            window: Vec::new(),
            made: None,
        }
    }

    /// Gives back the memory of the window; the next one is made anew.
    pub(super) fn release(&mut self) {
        self.window = Vec::new();
        self.made = None;
    }

    pub(super) fn reset(&mut self) {
        self.made = None;
        self.columns.fill(SILENCE_DB);
        self.waiting = 0;
        self.peaks.fill(0.0);
        if let Some(level) = &mut self.level {
            level.reset();
        }
        self.next = 0;
    }

    /// Adds a frame of linear magnitudes. Bins it lacks are silent.
    pub fn push(&mut self, magnitudes: &[f32]) {
        let heard = &magnitudes[..magnitudes.len().min(self.bins)];
        if self.columns.is_empty() && !heard.is_empty() {
            self.columns.resize(self.bins * self.seen, SILENCE_DB);
        }
        if !self.columns.is_empty() {
            let column = &mut self.columns[self.next * self.bins..][..self.bins];
            let (sounding, lacking) = column.split_at_mut(heard.len());
            sounding.copy_from_slice(heard);
            lacking.fill(0.0);
            self.waiting = (self.waiting + 1).min(self.seen);
        }
        self.peaks[self.next] = heard.iter().fold(0.0, |peak, &x| peak.max(x));
        self.next = (self.next + 1) % self.seen;
        self.added += 1;
    }

    /// Makes decibels of the frames that wait.
    fn convert(&mut self) {
        for back in 1..=self.waiting {
            let place = (self.next + self.seen - back) % self.seen;
            let column = &mut self.columns[place * self.bins..][..self.bins];
            row_to_db(column);
        }
        self.waiting = 0;
    }

    /// Stands in for `frames` frames that were lost, by repeating the newest.
    pub(super) fn bridge(&mut self, frames: usize) {
        self.convert();
        for _ in 0..frames.min(self.seen) {
            let newest = (self.next + self.seen - 1) % self.seen;
            let from = newest * self.bins;
            if !self.columns.is_empty() {
                self.columns
                    .copy_within(from..from + self.bins, self.next * self.bins);
            }
            self.peaks[self.next] = self.peaks[newest];
            self.next = (self.next + 1) % self.seen;
            self.added += 1;
        }
    }

    /// The level of the window, in decibels; moves in steps. 0 for a model that takes the window as it is.
    pub fn update_level(&mut self) -> f32 {
        let peak = self.peak_db();
        self.level.as_mut().map_or(0.0, |level| level.update(peak))
    }

    /// The level the window would have were it the first: the same whatever came before it.
    pub(super) fn level_of_its_own(&self) -> f32 {
        self.level.map_or(0.0, |level| {
            LevelTracker::new(level.step_db).update(self.peak_db())
        })
    }

    /// Whether a window whose level is `level_db` is as good as silent.
    pub(super) fn is_silent(&self, level_db: f32) -> bool {
        match self.level {
            Some(_) => level_db <= MIN_LEVEL_DB,
            None => self.peak_db() <= MIN_LEVEL_DB,
        }
    }

    /// Whether nothing in the window reaches −140 dB.
    pub(super) fn is_empty(&self) -> bool {
        self.peaks.iter().all(|&peak| peak <= MIN_AMPLITUDE)
    }

    fn peak_db(&self) -> f32 {
        let peak = self.peaks.iter().fold(0.0, |a: f32, &b| a.max(b));
        amplitude_to_db(peak).max(SILENCE_DB)
    }

    /// The window `[frames, bins]` in network units, with `level_db` taken out. Frames that do not
    /// reach the latent repeat the newest. While the level stays, only what came since the last window is computed.
    pub fn window(&mut self, level_db: f32) -> &[f32] {
        self.convert();
        let (bins, seen) = (self.bins, self.seen);
        let known = self.made.filter(|(_, level)| *level == level_db);
        let came = known.map_or(u64::MAX, |(added, _)| self.added - added);
        let came = usize::try_from(came).map_or(seen, |came| came.min(seen));
        self.made = Some((self.added, level_db));
        if self.window.is_empty() {
            self.window.resize(self.frames * bins, 0.0);
        }
        self.window.copy_within(came * bins..seen * bins, 0);
        for frame in seen - came..seen {
            let units = &mut self.window[frame * bins..][..bins];
            if self.columns.is_empty() {
                units.fill(self.scale.unit(SILENCE_DB - level_db));
                continue;
            }
            let place = (self.next + frame) % seen;
            let column = &self.columns[place * bins..][..bins];
            for (unit, db) in units.iter_mut().zip(column) {
                *unit = self.scale.unit(db - level_db);
            }
        }
        for frame in seen..self.frames {
            let newest = (seen - 1) * bins..seen * bins;
            self.window.copy_within(newest, frame * bins);
        }
        &self.window
    }

    /// The window last asked for.
    pub(super) fn last_window(&self) -> &[f32] {
        &self.window
    }

    /// Decoded units as absolute decibels.
    pub(super) fn decibels(&self, units: &[f32], level_db: f32, out_db: &mut [f32]) {
        self.scale.row_from_units(units, level_db, out_db);
    }
}

#[cfg(test)]
mod tests;
