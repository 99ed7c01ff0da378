//! Decoded windows read frame by frame.

use netbend_dsp::voice::difference_db;

use super::super::latent::sound_loop::share_of_end;
use super::StrideDecoder;

/// What the model says where it is not asked: far below what is heard.
const SILENT_MODEL_DB: f32 = -300.0;

impl StrideDecoder {
    /// Reads the decoded windows at the current frame, with its controls.
    pub(super) fn read(&mut self) {
        if !self.asked {
            self.gain_db.fill(0.0);
            self.model_db.fill(SILENT_MODEL_DB);
            return;
        }
        let window_frame = self.last_seen_frame - self.frames + self.moment;
        let frame = self.newest - (self.frames - self.moment) as i64;
        let (history, last) = (&self.history, self.last_seen_frame);
        let (economy, live) = (&self.economy, &self.batches);
        let (held, end_db) = (&self.held, &mut self.end_db);
        let (states, places) = (self.knots.states(), &self.places);
        let (sources, live_db) = (&self.sources, self.level_db);
        let mut read = |item: usize, out: &mut [f32]| {
            let state = item.checked_sub(1).and_then(|place| states.get(place));
            let hold = state.and_then(|state| Some((state, sources.held(&state.latent)?)));
            let Some((state, hold)) = hold else {
                let place = places.get(item).copied().flatten().unwrap_or(0);
                let row = economy.decoded(live, place).row(window_frame, out.len());
                return history.decibels(row, live_db, out);
            };
            // A held loop is read round and round, its newest frame first.
            let place = (last as i64 + frame - hold.at).rem_euclid(last as i64 + 1) as usize;
            let decoded = held.decoded(state);
            history.decibels(decoded.row(place, out.len()), hold.level_db, out);
            let share = share_of_end(place);
            if share > 0.0 {
                history.decibels(decoded.row(last, out.len()), hold.level_db, end_db);
                mix(out, end_db, share);
            }
        };
        let (item, next, share) = self.knots.at(self.moment);
        read(0, &mut self.clean_db);
        read(item, &mut self.model_db);
        let limits = self.limits.get(self.moment).copied().unwrap_or_default();
        difference_db(&self.clean_db, &self.model_db, limits, &mut self.gain_db);
        if next != item {
            read(next, &mut self.next_db);
            difference_db(
                &self.clean_db,
                &self.next_db,
                limits,
                &mut self.next_gain_db,
            );
            mix(&mut self.gain_db, &self.next_gain_db, share);
            mix(&mut self.model_db, &self.next_db, share);
        }
        let level = self.level();
        self.gain_db.iter_mut().for_each(|db| *db += level.gain_db);
        self.model_db
            .iter_mut()
            .for_each(|db| *db += level.model_db);
    }
}

/// Moves `values` by `share` towards `others`.
fn mix(values: &mut [f32], others: &[f32], share: f32) {
    for (value, other) in values.iter_mut().zip(others) {
        *value += share * (other - *value);
    }
}
