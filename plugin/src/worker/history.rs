//! The last frames as the network sees them: decibels per bin.
//!
//! Frames wait as magnitudes until a window is asked for, so that a history nobody decodes costs a copy a frame.

use netbend_dsp::decibel::{DecibelScale, MIN_AMPLITUDE, amplitude_to_db, row_to_db};
use netbend_dsp::level::{LevelTracker, MIN_LEVEL_DB};
use netbend_models::Manifest;
use netbend_models::manifest::NO_LEVEL;

/// What silence is in decibels.
const SILENCE_DB: f32 = -140.0;

/// A ring of the frames that reach the latent, newest last.
pub(crate) struct History {
    bins: usize,
    /// Frames that reach the latent.
    seen: usize,
    /// Frames of a window.
    frames: usize,
    scale: DecibelScale,
    /// `None` where the window goes in as it is.
    level: Option<LevelTracker>,
    /// `[frame][bin]`, decibels; the newest [`waiting`](Self::waiting) still linear.
    columns: Vec<f32>,
    /// Frames that are not decibels yet.
    waiting: usize,
    /// The largest magnitude of each frame, linear.
    peaks: Vec<f32>,
    /// Where the next frame goes.
    next: usize,
    window: Vec<f32>,
}

impl History {
    pub(crate) fn new(manifest: &Manifest) -> Self {
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
            columns: vec![SILENCE_DB; bins * seen],
            waiting: 0,
            peaks: vec![0.0; seen],
            next: 0,
            window: vec![0.0; manifest.frames * bins],
        }
    }

    pub(super) fn reset(&mut self) {
        self.columns.fill(SILENCE_DB);
        self.waiting = 0;
        self.peaks.fill(0.0);
        if let Some(level) = &mut self.level {
            level.reset();
        }
        self.next = 0;
    }

    /// Adds a frame of linear magnitudes. Bins it lacks are silent.
    pub(crate) fn push(&mut self, magnitudes: &[f32]) {
        let column = &mut self.columns[self.next * self.bins..][..self.bins];
        let (heard, lacking) = column.split_at_mut(magnitudes.len().min(self.bins));
        heard.copy_from_slice(&magnitudes[..heard.len()]);
        lacking.fill(0.0);
        self.peaks[self.next] = heard.iter().fold(0.0, |peak, &x| peak.max(x));
        self.next = (self.next + 1) % self.seen;
        self.waiting = (self.waiting + 1).min(self.seen);
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
            self.columns
                .copy_within(from..from + self.bins, self.next * self.bins);
            self.peaks[self.next] = self.peaks[newest];
            self.next = (self.next + 1) % self.seen;
        }
    }

    /// The level of the window, in decibels; moves in steps. 0 for a model that takes the window as it is.
    pub(crate) fn update_level(&mut self) -> f32 {
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
    /// reach the latent repeat the newest.
    pub(crate) fn window(&mut self, level_db: f32) -> &[f32] {
        self.convert();
        for frame in 0..self.frames {
            let place = (self.next + frame.min(self.seen - 1)) % self.seen;
            let column = &self.columns[place * self.bins..][..self.bins];
            let units = &mut self.window[frame * self.bins..][..self.bins];
            for (unit, db) in units.iter_mut().zip(column) {
                *unit = self.scale.unit(db - level_db);
            }
        }
        &self.window
    }

    /// The window last asked for.
    pub(super) fn last_window(&self) -> &[f32] {
        &self.window
    }

    /// Values of one window.
    pub(super) fn window_len(&self) -> usize {
        self.window.len()
    }

    /// Decoded units as absolute decibels.
    pub(super) fn decibels(&self, units: &[f32], level_db: f32, out_db: &mut [f32]) {
        self.scale.row_from_units(units, level_db, out_db);
    }
}
