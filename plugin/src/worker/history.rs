//! The last frames as the network sees them: decibels per bin.

use netbend_dsp::decibel::DecibelScale;
use netbend_dsp::decibel::amplitude_to_db;
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
    /// `[frame][bin]`, decibels.
    columns_db: Vec<f32>,
    peaks_db: Vec<f32>,
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
            columns_db: vec![SILENCE_DB; bins * seen],
            peaks_db: vec![SILENCE_DB; seen],
            next: 0,
            window: vec![0.0; manifest.frames * bins],
        }
    }

    pub(super) fn reset(&mut self) {
        self.columns_db.fill(SILENCE_DB);
        self.peaks_db.fill(SILENCE_DB);
        if let Some(level) = &mut self.level {
            level.reset();
        }
        self.next = 0;
    }

    /// Adds a frame of linear magnitudes. Bins it lacks are silent.
    pub(crate) fn push(&mut self, magnitudes: &[f32]) {
        let column = &mut self.columns_db[self.next * self.bins..][..self.bins];
        column.fill(SILENCE_DB);
        for (db, magnitude) in column.iter_mut().zip(magnitudes) {
            *db = amplitude_to_db(*magnitude);
        }
        self.peaks_db[self.next] = column.iter().fold(SILENCE_DB, |peak, &db| peak.max(db));
        self.next = (self.next + 1) % self.seen;
    }

    /// The newest frame, in decibels per bin.
    pub(super) fn newest_db(&self) -> &[f32] {
        let newest = (self.next + self.seen - 1) % self.seen;
        &self.columns_db[newest * self.bins..][..self.bins]
    }

    /// Stands in for `frames` frames that were lost, by repeating the newest.
    pub(super) fn bridge(&mut self, frames: usize) {
        for _ in 0..frames.min(self.seen) {
            let newest = (self.next + self.seen - 1) % self.seen;
            let from = newest * self.bins;
            self.columns_db
                .copy_within(from..from + self.bins, self.next * self.bins);
            self.peaks_db[self.next] = self.peaks_db[newest];
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

    fn peak_db(&self) -> f32 {
        self.peaks_db
            .iter()
            .fold(SILENCE_DB, |peak, &db| peak.max(db))
    }

    /// The window `[frames, bins]` in network units, with `level_db` taken out. Frames that do not
    /// reach the latent repeat the newest.
    pub(crate) fn window(&mut self, level_db: f32) -> &[f32] {
        for frame in 0..self.frames {
            let place = (self.next + frame.min(self.seen - 1)) % self.seen;
            let column = &self.columns_db[place * self.bins..][..self.bins];
            let units = &mut self.window[frame * self.bins..][..self.bins];
            for (unit, db) in units.iter_mut().zip(column) {
                *unit = self.scale.unit(db - level_db);
            }
        }
        &self.window
    }

    /// Values of one window.
    pub(super) fn window_len(&self) -> usize {
        self.window.len()
    }

    /// Decoded units as absolute decibels.
    pub(super) fn decibels(&self, unit: f32, level_db: f32) -> f32 {
        self.scale
            .db_from_unit(unit.clamp(0.0, self.scale.max_unit()))
            + level_db
    }
}
