//! Decoded windows read frame by frame. Pool threads.

use netbend_dsp::number::{low_bits, signed};
use netbend_dsp::voice::difference_db;

use super::decoding::Decoding;
use super::frames::StrideFrames;
use super::seams::FrameDb;
use super::window::Window;
use crate::worker::latent::sound_loop::share_of_end;
use crate::worker::latent::sources::Sources;
use crate::worker::levels::LevelDb;

/// What the model says where it is not asked: far below what is heard.
const SILENT_MODEL_DB: f32 = -300.0;

/// What a stride was decoded to, and all that is needed to read it.
pub(super) struct DecodedStride<'a> {
    /// The stride's newest frame in the run.
    pub(super) newest: i64,
    pub(super) window: &'a Window,
    pub(super) frames: &'a StrideFrames,
    pub(super) sources: &'a Sources,
    pub(super) decoding: &'a Decoding,
}

impl DecodedStride<'_> {
    /// Writes item `item` at the stride's frame `frame`, in decibels. `end_db` is room for the end of a held loop.
    fn write(&self, item: usize, frame: usize, out_db: &mut [f32], end_db: &mut [f32]) {
        let (last, newest) = (self.window.last_seen_frame(), self.frames.newest());
        let state = self.frames.state(item);
        let hold = state.and_then(|state| Some((state, self.sources.held(&state.latent)?)));
        let Some((state, hold)) = hold else {
            let decoded = self.decoding.live(item);
            let row = decoded.row(last - newest + frame, out_db.len());
            return self.window.decibels(row, out_db);
        };
        // A held loop is read round and round, its newest frame first.
        let index = self.newest - signed(newest - frame);
        let place =
            low_bits::<usize>((signed(last) + index - hold.at).rem_euclid(signed(last) + 1));
        let decoded = self.decoding.held(state);
        let row = decoded.row(place, out_db.len());
        self.window.decibels_at(hold.level_db, row, out_db);
        let share = share_of_end(place);
        if share > 0.0 {
            let row = decoded.row(last, out_db.len());
            self.window.decibels_at(hold.level_db, row, end_db);
            mix(out_db, end_db, share);
        }
    }
}

/// Reads gain and model, and keeps the memory for it.
pub(super) struct Reader {
    gain_db: Vec<f32>,
    model_db: Vec<f32>,
    clean_db: Vec<f32>,
    next_db: Vec<f32>,
    next_gain_db: Vec<f32>,
    end_db: Vec<f32>,
}

impl Reader {
    /// For frames of `bins` bins.
    pub(super) fn new(bins: usize) -> Self {
        let frame = || vec![0.0; bins];
        Self {
            gain_db: frame(),
            model_db: frame(),
            clean_db: frame(),
            next_db: frame(),
            next_gain_db: frame(),
            end_db: frame(),
        }
    }

    /// Stands in for [`read`](Self::read) where the network was not asked.
    pub(super) fn read_nothing(&mut self) {
        self.gain_db.fill(0.0);
        self.model_db.fill(SILENT_MODEL_DB);
    }

    /// Reads the stride's frame `frame`, to which `level` is added.
    pub(super) fn read(&mut self, stride: &DecodedStride<'_>, frame: usize, level: LevelDb) {
        let (item, next, share) = stride.frames.items_at(frame);
        let limits = stride.frames.limits(frame);
        let end_db = &mut self.end_db;
        stride.write(0, frame, &mut self.clean_db, end_db);
        stride.write(item, frame, &mut self.model_db, end_db);
        difference_db(&self.clean_db, &self.model_db, limits, &mut self.gain_db);
        if next != item {
            stride.write(next, frame, &mut self.next_db, end_db);
            difference_db(
                &self.clean_db,
                &self.next_db,
                limits,
                &mut self.next_gain_db,
            );
            mix(&mut self.gain_db, &self.next_gain_db, share);
            mix(&mut self.model_db, &self.next_db, share);
        }
        self.gain_db.iter_mut().for_each(|db| *db += level.gain_db);
        self.model_db
            .iter_mut()
            .for_each(|db| *db += level.model_db);
    }

    /// Gain, bent over clean, per network bin.
    pub(super) fn gain_db(&self) -> &[f32] {
        &self.gain_db
    }

    /// The bent magnitude per network bin, dB relative to a full-scale sine.
    pub(super) fn model_db(&self) -> &[f32] {
        &self.model_db
    }

    /// Both, to be joined to what came before.
    pub(super) fn frame(&mut self) -> FrameDb<'_> {
        FrameDb {
            gain_db: &mut self.gain_db,
            model_db: &mut self.model_db,
        }
    }
}

/// Moves `values` by `share` towards `others`.
fn mix(values: &mut [f32], others: &[f32], share: f32) {
    for (value, other) in values.iter_mut().zip(others) {
        *value += share * (other - *value);
    }
}
