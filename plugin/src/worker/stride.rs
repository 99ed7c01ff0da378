//! One stride through the network: the window encoded once (and with it what latent play asks for), decoded
//! at every knot, read frame by frame with its seams joined.

#[cfg(test)]
mod ramp;

use netbend_dsp::DspError;
use netbend_dsp::seam::SeamJoiner;
use netbend_dsp::voice::{GainLimits, difference_db};
use netbend_models::manifest::LayerClusters;
use netbend_models::{Bender, ModelError};

use super::batches::{Batches, FixedBends};
use super::history::History;
use super::knots::{Knots, Moment};
use super::latent::sound_loop::share_of_end;
use super::latent::sources::Sources;
use super::latent::{LatentState, LatentTrack};
use super::levels::{LevelDb, LevelledWindow, Levels};
use crate::controls::Controls;

/// What the model says where it is not asked: far below what is heard.
const SILENT_MODEL_DB: f32 = -300.0;

/// Decodes strides of one stream with one model.
pub(super) struct StrideDecoder {
    history: History,
    latent: LatentTrack,
    sources: Sources,
    last_seen_frame: usize,
    batches: Batches,
    knots: Knots,
    difference_seam: SeamJoiner,
    model_seam: SeamJoiner,
    /// Of the last frame decoded, if the sound goes on from there.
    last_moment: Option<Moment>,
    /// Of that frame and of the stride's frames.
    moments: Vec<Moment>,
    /// The gain limits at each of them.
    limits: Vec<GainLimits>,
    levels: Levels,
    /// `[item][latent]`.
    latents: Vec<f32>,
    /// `[item][frame][bin]` in network units.
    decoded: Vec<f32>,
    /// Whether the network was asked about the stride at all.
    asked: bool,
    /// Whether it was not, because there was nothing to hear.
    silent: bool,
    level_db: f32,
    /// The newest frame of the window.
    newest: i64,
    /// Frames of the stride.
    frames: usize,
    /// Frames of it that were read; counted from the last one before it, which the window predicts too.
    moment: usize,
    gain_db: Vec<f32>,
    model_db: Vec<f32>,
    clean_db: Vec<f32>,
    next_db: Vec<f32>,
    next_gain_db: Vec<f32>,
    end_db: Vec<f32>,
}

impl StrideDecoder {
    /// A decoder with the model of `bender` for strides of `stride_frames` frames, each of which takes
    /// `frame_seconds`.
    ///
    /// # Errors
    /// [`DspError`] where the model's frames have no bins.
    pub(super) fn new(
        bender: &Bender,
        stride_frames: usize,
        frame_seconds: f64,
    ) -> Result<Self, DspError> {
        let manifest = bender.manifest();
        let fade = SeamJoiner::default_fade_frames(stride_frames);
        let frame = || vec![0.0; manifest.bins];
        Ok(Self {
            history: History::new(manifest),
            latent: LatentTrack::new(manifest.last_seen_frame + 1, frame_seconds),
            sources: Sources::new(manifest),
            last_seen_frame: manifest.last_seen_frame,
            batches: Batches::new(bender.program_builder()),
            knots: Knots::default(),
            difference_seam: SeamJoiner::new(manifest.bins, fade)?,
            model_seam: SeamJoiner::new(manifest.bins, fade)?,
            last_moment: None,
            moments: Vec::with_capacity(stride_frames + 1),
            limits: Vec::with_capacity(stride_frames + 1),
            levels: Levels::new(manifest, stride_frames, frame_seconds),
            latents: Vec::new(),
            decoded: Vec::new(),
            asked: false,
            silent: false,
            level_db: 0.0,
            newest: 0,
            frames: 0,
            moment: 0,
            gain_db: frame(),
            model_db: frame(),
            clean_db: frame(),
            next_db: frame(),
            next_gain_db: frame(),
            end_db: frame(),
        })
    }

    pub(super) fn set_sound_clusters(&mut self, groups: &[LayerClusters]) {
        self.batches.programs().set_sound_clusters(groups);
    }

    /// The latent of the newest window, at the last stride's level so that asking changes nothing; `None` where it is silent.
    ///
    /// # Errors
    /// What inference reports.
    pub(super) fn latent(&mut self, bender: &mut Bender) -> Result<Option<Vec<f32>>, ModelError> {
        let window = self.history.window(self.level_db);
        if !window.iter().any(|&unit| unit > 0.0) {
            return Ok(None);
        }
        let mut latent = Vec::new();
        bender.encode(window, &mut latent)?;
        Ok(Some(latent))
    }

    /// A new run begins: nothing was heard before it.
    pub(super) fn reset(&mut self) {
        self.history.reset();
        self.latent.reset();
        self.sources.release_all_but(None);
        self.silent = false;
        self.begin_anew();
    }

    /// Stands in for `frames` frames that were lost.
    pub(super) fn bridge(&mut self, frames: usize) {
        self.history.bridge(frames);
    }

    /// Adds frame `index` of linear magnitudes to the window. Returns what latent play does at it; where its
    /// hold is this very frame, a loop is held that ends with it.
    pub(super) fn push(
        &mut self,
        index: i64,
        magnitudes: &[f32],
        controls: &Controls,
    ) -> LatentState {
        self.history.push(magnitudes);
        let state = self.latent.advance(index, &controls.latent);
        if state.hold == Some(index) {
            let level_db = self.history.level_of_its_own();
            self.sources
                .hold(index, level_db, self.history.window(level_db));
        }
        state
    }

    /// The next stride joins to nothing: sound was lost before it.
    pub(super) fn begin_anew(&mut self) {
        self.difference_seam.reset();
        self.model_seam.reset();
        self.last_moment = None;
    }

    /// Stands in for [`decode`](Self::decode) where no frame of the stride is heard by this decoder.
    pub(super) fn pass_over<'a>(
        &mut self,
        controls: impl Iterator<Item = (&'a Controls, LatentState)>,
    ) {
        self.level_db = self.history.update_level();
        self.begin_anew();
        if let Some((controls, latent)) = controls.last() {
            self.last_moment = Some(Moment {
                slots: controls.slots,
                weights: controls.weights,
                latent,
            });
            self.limits.clear();
            self.limits.push(controls.shape.limits);
        }
    }

    /// Decodes the window, whose newest frame is `newest`, for the frames whose controls are given, the
    /// newest ones of the history, and joins them to the stride before. Where nothing is bent or played
    /// and the model is not heard, or where the whole window is silent and no loop is held, the network is not asked.
    ///
    /// # Errors
    /// What inference reports.
    pub(super) fn decode<'a>(
        &mut self,
        newest: i64,
        controls: impl Iterator<Item = (&'a Controls, LatentState)> + Clone,
        fixed: &FixedBends,
        bender: &mut Bender,
    ) -> Result<(), ModelError> {
        self.level_db = self.history.update_level();
        self.newest = newest;
        self.moments.clear();
        let mut moments = controls.clone().map(|(controls, latent)| Moment {
            slots: controls.slots,
            weights: controls.weights,
            latent,
        });
        let first = self.last_moment.or_else(|| moments.clone().next());
        self.moments
            .extend(first.into_iter().chain(moments.by_ref()));
        self.last_moment = self.moments.last().copied();
        let last_limits = self.limits.last().copied();
        self.limits.clear();
        let mut limits = controls.clone().map(|(controls, _)| controls.shape.limits);
        let first = last_limits.or_else(|| limits.clone().next());
        self.limits.extend(first.into_iter().chain(limits.by_ref()));
        self.levels
            .begin_stride(controls.clone().map(|(controls, _)| controls));
        self.frames = self.moments.len().saturating_sub(1);
        self.knots.place(&self.moments, !fixed.is_empty());
        let voiced = controls
            .into_iter()
            .any(|(controls, _)| controls.voice > 0.0);
        let held = self.moments.iter().any(|m| m.latent.hold.is_some());
        let silent = self.history.is_empty() && !held;
        if std::mem::replace(&mut self.silent, silent) {
            // What silence sounds like is no matter to what follows.
            self.difference_seam.reset();
            self.model_seam.reset();
        }
        self.asked = !silent && (voiced || !self.knots.states().is_empty());
        if self.asked {
            self.ask(fixed, bender)?;
        }
        self.moment = 0;
        self.read();
        self.difference_seam.begin_stride(&self.gain_db);
        if self.asked {
            self.model_seam.begin_stride(&self.model_db);
        } else {
            self.model_seam.reset();
        }
        Ok(())
    }

    /// Moves on to the stride's next frame.
    pub(super) fn next_frame(&mut self) {
        self.moment = (self.moment + 1).min(self.frames);
        self.read();
        self.difference_seam.apply(&mut self.gain_db);
        if self.asked {
            self.model_seam.apply(&mut self.model_db);
        }
    }

    /// Whether the window is as good as silent.
    pub(super) fn is_silent(&self) -> bool {
        self.history.is_silent(self.level_db)
    }

    /// Lets go of held loops that play no more once the stride is rendered. Returns the one that plays on.
    pub(super) fn release_holds(&mut self) -> Option<i64> {
        let last = self.last_moment.and_then(|moment| moment.latent.hold);
        self.sources.release_all_but(last);
        last
    }

    /// The frame's gain, bent over clean, per network bin.
    pub(super) fn gain_db(&self) -> &[f32] {
        &self.gain_db
    }

    /// The frame's bent magnitude per network bin, dB relative to a full-scale sine.
    pub(super) fn model_db(&self) -> &[f32] {
        &self.model_db
    }

    fn ask(&mut self, fixed: &FixedBends, bender: &mut Bender) -> Result<(), ModelError> {
        let states: Vec<_> = self.knots.states().iter().map(|m| m.latent).collect();
        let window = self.history.window(self.level_db);
        self.sources
            .latents(window, self.newest, &states, bender, &mut self.latents)?;
        let states = self.knots.states();
        self.batches
            .decode(&self.latents, states, fixed, bender, &mut self.decoded)?;
        let live = LevelledWindow {
            units: self.history.last_window(),
            level_db: self.level_db,
        };
        let (states, sources) = (self.knots.states(), &self.sources);
        self.levels.measure(live, &self.decoded, |item| {
            let hold = sources.held(&states.get(item.checked_sub(1)?)?.latent)?;
            Some(LevelledWindow {
                units: hold.window(),
                level_db: hold.level_db,
            })
        });
        Ok(())
    }

    /// What is added at the current frame.
    fn level(&self) -> LevelDb {
        self.levels.at(self.knots.at(self.moment), self.moment)
    }

    /// Reads the decoded windows at the current frame, with its controls.
    fn read(&mut self) {
        if !self.asked {
            self.gain_db.fill(0.0);
            self.model_db.fill(SILENT_MODEL_DB);
            return;
        }
        let window_frame = self.last_seen_frame - self.frames + self.moment;
        let frame = self.newest - (self.frames - self.moment) as i64;
        let (history, decoded) = (&self.history, &self.decoded);
        let row = |item: usize, window_frame: usize, level_db: f32, out: &mut [f32]| {
            let start = item * history.window_len() + window_frame * out.len();
            for (db, unit) in out.iter_mut().zip(&decoded[start..]) {
                *db = history.decibels(*unit, level_db);
            }
        };
        let (last, end_db) = (self.last_seen_frame, &mut self.end_db);
        let states = self.knots.states();
        let (sources, live_db) = (&self.sources, self.level_db);
        let mut read = |item: usize, out: &mut [f32]| {
            let state = item.checked_sub(1).and_then(|place| states.get(place));
            let Some(hold) = state.and_then(|state| sources.held(&state.latent)) else {
                return row(item, window_frame, live_db, out);
            };
            // A held loop is read round and round, its newest frame first.
            let place = (last as i64 + frame - hold.at).rem_euclid(last as i64 + 1) as usize;
            row(item, place, hold.level_db, out);
            let share = share_of_end(place);
            if share > 0.0 {
                row(item, last, hold.level_db, end_db);
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
