//! One stride through the network: the window encoded as far as it is new (and with it what latent play asks for), decoded
//! at every knot, read frame by frame with its seams joined.
//!
//! Only the newest frames of a window are heard, so only they are decoded, unless levels want all of it ([`Levels`]) or a
//! loop is held, which is read round and round.
//!
//! Where strides overlap, the window's newest frames are held back: they are predicted again by the next window, and one prediction fades
//! into the other. Both are decoded under the frames' own controls, so that a step stays where it is.

mod ask;
mod clean_estimate;
mod economy;
mod frame_controls;
mod held;
mod joint;
mod pattern;
#[cfg(test)]
mod ramp;
mod read;
#[cfg(test)]
mod tails;

use netbend_dsp::DspError;
use netbend_dsp::voice::GainLimits;
use netbend_models::package::manifest::LayerClusters;
use netbend_models::run::bender::EncoderStream;
use netbend_models::{Bender, ModelError};

use super::batches::{Batches, FixedBends};
use super::history::History;
use super::knots::{Knots, Moment};
use super::latent::sources::Sources;
use super::latent::{LatentState, LatentTrack};
use super::levels::Levels;
use crate::report::effort::Effort;
use crate::stream::controls::Controls;
use economy::{Economy, Items};
use frame_controls::FrameControls;
use held::HeldLoops;
use joint::Joint;
use pattern::Pattern;

/// Decodes strides of one stream with one model.
pub(super) struct StrideDecoder {
    history: History,
    latent: LatentTrack,
    sources: Sources,
    /// What the encodings of its windows have in common.
    stream: EncoderStream,
    last_seen_frame: usize,
    /// The first frame of a window that strides read.
    tail: usize,
    batches: Batches,
    held: HeldLoops,
    knots: Knots,
    /// The place among what is decoded of each item that is no held loop.
    places: Vec<Option<usize>>,
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
    /// Whether strides may be decoded whole so that their level is known at once.
    may_survey: bool,
    /// Whether every stride is encoded and decoded whole.
    whole: bool,
    /// `[item][latent]`.
    latents: Vec<f32>,
    /// Frames of the stride that are emitted now.
    emitted: usize,
    /// Whether the network was asked about the stride at all.
    asked: bool,
    /// Whether it was not, because there was nothing to hear.
    silent: bool,
    /// Whether the model itself is heard in the stride; where it is not, nothing joins its frames.
    voiced: bool,
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
            stream: EncoderStream::new(stride_frames),
            last_seen_frame: manifest.last_seen_frame,
            tail: manifest
                .last_seen_frame
                .saturating_sub(stride_frames + overlap_frames),
            batches: Batches::new(bender.program_builder(), bender.weights().clone()),
            held: HeldLoops::default(),
            knots: Knots::default(),
            places: Vec::new(),
            overlap: overlap_frames,
            difference: joint()?,
            model: joint()?,
            pattern: Pattern::new(manifest.bins, stride_frames),
            last: None,
            moments: Vec::with_capacity(moments),
            limits: Vec::with_capacity(moments),
            levels: Levels::new(manifest, stride_frames, moments, frame_seconds),
            economy: Economy::new(manifest.bins, unit_db),
            may_survey: true,
            whole: false,
            latents: Vec::new(),
            emitted: 0,
            asked: false,
            voiced: false,
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
        self.held.forget();
        self.levels.forget();
        self.economy.pause();
    }

    /// What the next strides are worth. Where no stride may be decoded whole so that steps have their level at once, a new state begins with
    /// the level of what it came from, or at 0 dB.
    pub(super) fn set_effort(&mut self, effort: Effort) {
        self.economy.set_effort(effort);
        self.may_survey = effort.allows_surveys();
    }

    /// Encodes and decodes every window whole from now on: what the shorter ways are held against.
    #[cfg(test)]
    pub(super) fn always_whole(&mut self) {
        self.whole = true;
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
        self.stream.forget();
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
        self.stream.forget();
        self.levels.forget();
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
        self.levels.forget();
        self.last = None;
    }

    fn join_to_nothing(&mut self) {
        self.difference.reset();
        self.model.reset();
        self.pattern.forget();
    }

    /// Stands in for [`prepare`](Self::prepare) and what follows where no frame of the stride is heard by this decoder. Gives back the memory
    /// that only strides need.
    pub(super) fn pass_over<'a>(
        &mut self,
        controls: impl Iterator<Item = (&'a Controls, LatentState)> + Clone,
    ) {
        self.level_db = self.history.update_level();
        self.begin_anew();
        self.pattern.release();
        self.economy.release();
        self.take_controls(controls);
        self.asked = false;
        self.stream = EncoderStream::new(self.stream.stride());
        self.history.release();
        self.sources.release();
        self.pattern.release();
        self.batches.release();
        self.held.forget();
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
        let level_db = self.history.update_level();
        if std::mem::replace(&mut self.level_db, level_db) != level_db {
            self.stream.forget();
        }
        self.newest = newest;
        self.voiced = controls.clone().any(|(controls, _)| controls.voice > 0.0);
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
        self.asked = !silent && (self.voiced || !self.knots.states().is_empty());
        if self.asked {
            self.ask(self.voiced, fixed, bender)?;
        } else {
            self.levels.forget();
            self.economy.pause();
        }
        Ok(())
    }

    /// What the stride wants decoded after it was sent, for those that come, if anything.
    pub(super) fn wanted_later(&mut self) -> Option<&mut Batches> {
        let wanted = self.asked && self.economy.work().later != Items::None;
        wanted.then_some(&mut self.batches)
    }

    /// What the stride wants decoded before it is [completed](Self::complete), if anything.
    pub(super) fn wanted(&mut self) -> impl Iterator<Item = &mut Batches> {
        let now = self.asked && self.economy.work().now != Items::None;
        let live = now.then_some(&mut self.batches);
        let loops = self.held.wanted().filter(|_| self.asked);
        live.into_iter().chain(loops)
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
        if self.asked && self.voiced {
            self.model.begin_stride(&self.model_db);
        } else {
            self.model.reset();
        }
        if !self.asked {
            self.pattern.forget();
        }
        if let (true, Some(moments), Some(limits)) = (
            self.asked,
            self.moments.get(1..=emitted),
            self.limits.get(1..=emitted),
        ) {
            self.pattern.begin_stride(moments, limits, self.voiced);
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
            if self.voiced {
                self.model.apply(&mut self.model_db);
            }
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
            if self.asked && self.voiced {
                self.model.hold(place, &self.model_db);
            }
        }
        self.release_holds();
        self.prepare_later();
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
}
