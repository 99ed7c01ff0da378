//! The window that a decoder hears, and how its level and its encodings go on from stride to stride. Pool threads.

use netbend_models::Manifest;
use netbend_models::run::bender::EncoderHistory;

use crate::worker::history::History;
use crate::worker::levels::LevelledWindow;

/// The newest frames of one sound.
pub(super) struct Window {
    history: History,
    /// What the encodings of its windows have in common.
    encodings: EncoderHistory,
    /// Of the last stride, taken out of what the network sees.
    level_db: f32,
    last_seen_frame: usize,
}

impl Window {
    /// The silent window of the model of `manifest`, for strides of `stride_frames` frames.
    pub(super) fn new(manifest: &Manifest, stride_frames: usize) -> Self {
        Self {
            history: History::new(manifest),
            encodings: EncoderHistory::new(stride_frames),
            level_db: 0.0,
            last_seen_frame: manifest.last_seen_frame,
        }
    }

    /// Adds a frame of linear magnitudes.
    pub(super) fn push(&mut self, magnitudes: &[f32]) {
        self.history.push(magnitudes);
    }

    /// Stands in for `frames` frames that were lost.
    pub(super) fn bridge(&mut self, frames: usize) {
        self.history.bridge(frames);
        self.encodings.forget();
    }

    /// A new run begins: nothing was heard before it.
    pub(super) fn reset(&mut self) {
        self.history.reset();
        self.encodings.forget();
    }

    /// Gives back the memory that only strides need.
    pub(super) fn release(&mut self) {
        self.encodings = EncoderHistory::new(self.encodings.stride());
        self.history.release();
    }

    /// Takes the level of the newest window as the stride's.
    pub(super) fn update_level(&mut self) {
        let level_db = self.history.update_level();
        if std::mem::replace(&mut self.level_db, level_db) != level_db {
            self.encodings.forget();
        }
    }

    /// The next window is encoded whole.
    #[cfg(test)]
    pub(super) fn forget_encodings(&mut self) {
        self.encodings.forget();
    }

    /// The newest window `[frames, bins]` in network units at the stride's level, and what its encoding goes on from.
    pub(super) fn window_to_encode(&mut self) -> (&[f32], &mut EncoderHistory) {
        (self.history.window(self.level_db), &mut self.encodings)
    }

    /// The newest window as it is held: at the level it would have were it the first.
    pub(super) fn window_to_hold(&mut self) -> LevelledWindow<'_> {
        let level_db = self.history.level_of_its_own();
        LevelledWindow {
            units: self.history.window(level_db),
            level_db,
        }
    }

    /// The window that was encoded last.
    pub(super) fn encoded(&self) -> LevelledWindow<'_> {
        LevelledWindow {
            units: self.history.last_window(),
            level_db: self.level_db,
        }
    }

    /// The newest of its frames that reaches the latent.
    pub(super) fn last_seen_frame(&self) -> usize {
        self.last_seen_frame
    }

    /// Whether nothing in it reaches −140 dB.
    pub(super) fn is_empty(&self) -> bool {
        self.history.is_empty()
    }

    /// Whether it is as good as silent.
    pub(super) fn is_silent(&self) -> bool {
        self.history.is_silent(self.level_db)
    }

    /// A decoded row of the window as absolute decibels.
    pub(super) fn decibels(&self, row: &[f32], out_db: &mut [f32]) {
        self.decibels_at(self.level_db, row, out_db);
    }

    /// A decoded row of a window of another level as absolute decibels.
    pub(super) fn decibels_at(&self, level_db: f32, row: &[f32], out_db: &mut [f32]) {
        self.history.decibels(row, level_db, out_db);
    }
}
