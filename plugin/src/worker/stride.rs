//! One stride through the network: the window encoded once (and with it what latent play asks for), decoded
//! at every knot, read frame by frame with its seams joined.
//!
//! Where strides overlap, the window's newest frames are held back: they are predicted again by the next window, and one prediction fades
//! into the other. Both are decoded under the frames' own controls, so that a step stays where it is.

mod clean_estimate;
mod economy;
mod frame_controls;
mod joint;
mod pattern;
#[cfg(test)]
mod ramp;
mod read;

use netbend_dsp::DspError;
use netbend_dsp::voice::GainLimits;
use netbend_models::manifest::LayerClusters;
use netbend_models::{Bender, ModelError};

use super::batches::{Batches, FixedBends};
use super::history::History;
use super::knots::{Knots, Moment};
use super::latent::sources::Sources;
use super::latent::{LatentState, LatentTrack};
use super::levels::{LevelDb, LevelledWindow, Levels};
use crate::controls::Controls;
use crate::effort::Effort;
use economy::{Economy, Items, StrideRows};
use frame_controls::FrameControls;
use joint::Joint;
use pattern::Pattern;

/// The first frame of a window that is decoded.
const FIRST_FRAME: usize = 0;

/// Decodes strides of one stream with one model.
pub(super) struct StrideDecoder {
    history: History,
    latent: LatentTrack,
    sources: Sources,
    last_seen_frame: usize,
    latent_size: usize,
    batches: Batches,
    knots: Knots,
    /// Frames held back for the next window.
    overlap: usize,
    difference: Joint,
    model: Joint,
    pattern: Pattern,
    /// Of the last frame emitted, if the sound goes on from there.
    last: Option<FrameControls>,
    /// Of that frame, of the stride's frames and of those held back.
    moments: Vec<Moment>,
    /// The gain limits at each of them.
    limits: Vec<GainLimits>,
    levels: Levels,
    economy: Economy,
    /// `[item][latent]`.
    latents: Vec<f32>,
    /// `[item][frame][bin]` in network units.
    decoded: Vec<f32>,
    /// Frames of the stride that are emitted now.
    emitted: usize,
    /// Whether the network was asked about the stride at all.
    asked: bool,
    /// Whether it was not, because there was nothing to hear.
    silent: bool,
    level_db: f32,
    /// The newest frame of the window.
    newest: i64,
    /// Frames of the stride and those held back.
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
    /// `frame_seconds`, whose windows overlap by `overlap_frames`.
    ///
    /// # Errors
    /// [`DspError`] where the model's frames have no bins.
    pub(super) fn new(
        bender: &Bender,
        stride_frames: usize,
        overlap_frames: usize,
        frame_seconds: f64,
    ) -> Result<Self, DspError> {
        let manifest = bender.manifest();
        let joint = || Joint::new(manifest.bins, stride_frames, overlap_frames);
        let moments = stride_frames + overlap_frames + 1;
        let frame = || vec![0.0; manifest.bins];
        let unit_db = manifest.decibels.reference_db - manifest.decibels.floor_db;
        Ok(Self {
            history: History::new(manifest),
            latent: LatentTrack::new(manifest.last_seen_frame + 1, frame_seconds),
            sources: Sources::new(manifest),
            last_seen_frame: manifest.last_seen_frame,
            latent_size: manifest.latent_size,
            batches: Batches::new(bender.program_builder(), bender.weights().clone()),
            knots: Knots::default(),
            overlap: overlap_frames,
            difference: joint()?,
            model: joint()?,
            pattern: Pattern::new(manifest.bins, stride_frames),
            last: None,
            moments: Vec::with_capacity(moments),
            limits: Vec::with_capacity(moments),
            levels: Levels::new(manifest, moments, frame_seconds),
            economy: Economy::new(manifest.bins, unit_db),
            latents: Vec::new(),
            decoded: Vec::new(),
            emitted: 0,
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
        self.forget_pattern();
    }

    /// What bends beside the slots has changed.
    pub(super) fn forget_pattern(&mut self) {
        self.pattern.forget();
        self.economy.pause();
    }

    /// What the next strides are worth.
    pub(super) fn set_effort(&mut self, effort: Effort) {
        self.economy.set_effort(effort);
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
        self.sources.retain(|_| false);
        self.silent = false;
        self.pattern.reset();
        self.economy.forget();
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
        self.pattern.hear(magnitudes);
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
        self.join_to_nothing();
        self.last = None;
    }

    fn join_to_nothing(&mut self) {
        self.difference.reset();
        self.model.reset();
        self.pattern.forget();
    }

    /// Stands in for [`prepare`](Self::prepare) and what follows where no frame of the stride is heard by this decoder.
    pub(super) fn pass_over<'a>(
        &mut self,
        controls: impl Iterator<Item = (&'a Controls, LatentState)> + Clone,
    ) {
        self.level_db = self.history.update_level();
        self.begin_anew();
        self.economy.pause();
        self.take_controls(controls);
    }

    /// Prepares to decode the window, whose newest frame is `newest`, for the frames whose controls are given, the
    /// newest ones of the history: encodes it and says what is to be decoded ([`wanted`](Self::wanted)). The last of the frames, as many as
    /// windows overlap by, are only decoded to be held back. Where nothing is bent or played and the model is not heard, or where the whole
    /// window is silent and no loop is held, the network is not asked.
    ///
    /// # Errors
    /// What inference reports.
    pub(super) fn prepare<'a>(
        &mut self,
        newest: i64,
        controls: impl Iterator<Item = (&'a Controls, LatentState)> + Clone,
        fixed: &FixedBends,
        bender: &mut Bender,
    ) -> Result<(), ModelError> {
        self.level_db = self.history.update_level();
        self.newest = newest;
        let voiced = controls.clone().any(|(controls, _)| controls.voice > 0.0);
        self.emitted = self.take_controls(controls);
        self.knots.place(&self.moments, !fixed.is_empty());
        let held = self.moments.iter().any(|m| m.latent.hold.is_some());
        let silent = self.history.is_empty() && !held;
        if std::mem::replace(&mut self.silent, silent) {
            // What silence sounds like is no matter to what follows.
            self.join_to_nothing();
        }
        if silent {
            self.pattern.reset();
        }
        self.asked = !silent && (voiced || !self.knots.states().is_empty());
        if self.asked {
            self.ask(voiced, fixed, bender)?;
        } else {
            self.economy.pause();
        }
        Ok(())
    }

    /// What the stride wants decoded before it is [completed](Self::complete), if anything.
    pub(super) fn wanted(&mut self) -> Option<&mut Batches> {
        let wanted = self.asked && self.economy.work().now != Items::None;
        wanted.then_some(&mut self.batches)
    }

    /// What it wants decoded after it was sent, for those that come, if anything.
    pub(super) fn wanted_later(&mut self) -> Option<&mut Batches> {
        let wanted = self.asked && self.economy.work().later != Items::None;
        wanted.then_some(&mut self.batches)
    }

    /// Takes what was decoded later.
    pub(super) fn complete_later(&mut self) {
        if self.wanted_later().is_some() {
            self.batches.read(&mut self.decoded);
            let rows = stride_rows(
                &self.history,
                &self.knots,
                self.last_seen_frame,
                self.frames,
            );
            self.economy.complete_later(&rows, &mut self.decoded);
        }
    }

    /// Takes what was decoded, and joins it to the stride before.
    pub(super) fn complete(&mut self) {
        if self.asked {
            self.answer();
        }
        let emitted = self.emitted;
        self.moment = 0;
        self.read();
        self.difference.begin_stride(&self.gain_db);
        if self.asked {
            self.model.begin_stride(&self.model_db);
        } else {
            self.model.reset();
            self.pattern.forget();
        }
        if let (true, Some(moments), Some(limits)) = (
            self.asked,
            self.moments.get(1..=emitted),
            self.limits.get(1..=emitted),
        ) {
            self.pattern.begin_stride(moments, limits);
        }
    }

    /// Takes the controls of the stride's frames and of those held back, behind those of the last frame emitted. Returns how many are
    /// emitted now.
    fn take_controls<'a>(
        &mut self,
        controls: impl Iterator<Item = (&'a Controls, LatentState)> + Clone,
    ) -> usize {
        let frames = controls.map(|(controls, latent)| FrameControls::new(controls, latent));
        let first = self.last.or_else(|| frames.clone().next());
        self.moments.clear();
        self.limits.clear();
        let with_first = first.into_iter().chain(frames.clone());
        for frame in with_first.clone() {
            self.moments.push(frame.moment);
            self.limits.push(frame.shape.limits);
        }
        self.levels.begin_stride(
            with_first
                .clone()
                .map(|frame| (frame.auto_gain, frame.shape)),
        );
        self.frames = self.moments.len().saturating_sub(1);
        let emitted = self.frames.saturating_sub(self.overlap);
        self.last = with_first.clone().nth(emitted);
        emitted
    }

    /// Moves on to the stride's next frame.
    pub(super) fn next_frame(&mut self) {
        self.moment = (self.moment + 1).min(self.frames);
        self.read();
        self.difference.apply(&mut self.gain_db);
        if self.asked {
            self.model.apply(&mut self.model_db);
            self.pattern.apply(&mut self.gain_db, &mut self.model_db);
        }
    }

    /// Ends the stride when all its frames but those held back were read: keeps what the window says of these, and lets go of held loops that
    /// play no more.
    pub(super) fn end_stride(&mut self) {
        if self.asked {
            self.pattern.end_stride();
        }
        for place in 0..self.overlap.min(self.frames) {
            self.moment = (self.moment + 1).min(self.frames);
            self.read();
            self.difference.hold(place, &self.gain_db);
            if self.asked {
                self.model.hold(place, &self.model_db);
            }
        }
        self.release_holds();
    }

    /// Lets go of held loops that play no more after the stride.
    pub(super) fn release_holds(&mut self) {
        let (moments, kept) = (&self.moments, self.frames - self.overlap.min(self.frames));
        let playing = moments.get(kept..).unwrap_or(&[]);
        self.sources
            .retain(|at| playing.iter().any(|moment| moment.latent.hold == Some(at)));
    }

    /// Whether the loop held at frame `at` plays on after the stride.
    pub(super) fn plays_on(&self, at: i64) -> bool {
        self.sources.holds(at)
    }

    /// Whether the window is as good as silent.
    pub(super) fn is_silent(&self) -> bool {
        self.history.is_silent(self.level_db)
    }

    /// The frame's gain, bent over clean, per network bin.
    pub(super) fn gain_db(&self) -> &[f32] {
        &self.gain_db
    }

    /// The frame's bent magnitude per network bin, dB relative to a full-scale sine.
    pub(super) fn model_db(&self) -> &[f32] {
        &self.model_db
    }

    /// Encodes the window and says what is to be decoded of it, as far as the stride is worth it. `voiced`: the model is heard.
    fn ask(
        &mut self,
        voiced: bool,
        fixed: &FixedBends,
        bender: &mut Bender,
    ) -> Result<(), ModelError> {
        let window = self.history.window(self.level_db);
        let clean_is_heard = voiced && self.knots.have_clean();
        let work = self.economy.plan(self.knots.states(), clean_is_heard);
        let items = match work.now {
            Items::None => work.later,
            now => now,
        };
        let states = match items {
            Items::None => return Ok(()),
            Items::Clean => &[],
            Items::All | Items::Bent => self.knots.states(),
        };
        let latents: Vec<_> = states.iter().map(|state| state.latent).collect();
        self.sources
            .latents(window, self.newest, &latents, bender, &mut self.latents)?;
        let with_clean = items != Items::Bent;
        self.batches
            .prepare(&self.latents, states, fixed, FIRST_FRAME, with_clean);
        Ok(())
    }

    fn answer(&mut self) {
        if self.wanted().is_some() {
            self.batches.read(&mut self.decoded);
        }
        let work = self.economy.work();
        if (work.now, work.later) == (Items::Bent, Items::Clean) {
            // No bend touches the clean item.
            let latent = self.latents.get(..self.latent_size).unwrap_or_default();
            let unbent = FixedBends::default();
            self.batches
                .prepare(latent, &[], &unbent, FIRST_FRAME, true);
        }
        let rows = stride_rows(
            &self.history,
            &self.knots,
            self.last_seen_frame,
            self.frames,
        );
        self.economy.complete(&rows, &mut self.decoded);
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
    }

    /// What is added at the current frame.
    fn level(&self) -> LevelDb {
        self.levels.at(self.knots.at(self.moment), self.moment)
    }
}

/// The rows of a stride of `frames` frames, in the window last asked for.
fn stride_rows<'a>(
    history: &'a History,
    knots: &'a Knots,
    last_seen_frame: usize,
    frames: usize,
) -> StrideRows<'a> {
    let end = last_seen_frame + 1;
    StrideRows {
        input: history.last_window(),
        first_frame: FIRST_FRAME,
        frames: end - frames..end,
        states: knots.states(),
        last_item: knots.at(frames).0,
        len: history.window_len(),
    }
}
