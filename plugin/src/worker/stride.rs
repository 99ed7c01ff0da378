//! One stride through the network: the window encoded as far as it is new (and with it what latent play asks for), decoded
//! at every knot, read frame by frame with its seams joined. Pool threads.
//!
//! Only the newest frames of a window are heard, so only they are decoded, unless levels want all of it
//! ([`Levels`](super::levels::Levels)) or a loop is held, which is read round and round.
//!
//! Where strides overlap, the window's newest frames are held back: they are predicted again by the next window, and one prediction fades
//! into the other. Both are decoded under the frames' own controls, so that a step stays where it is.
//!
//! # Stages
//! A decoder goes from stage to stage by value, and each stage offers only what can be done at it:
//!
//! | stage | may | goes on with |
//! |---|---|---|
//! | [`StrideDecoder`] | hear frames | [`prepare`](StrideDecoder::prepare): the window is encoded |
//! | [`Prepared`] | have decoded what it [wants](Wants::wanted) | [`complete`](Prepared::complete): what was decoded is taken |
//! | [`Emitting`] | emit frame after frame | [`end`](Emitting::end): what is held back is kept |
//! | [`Sent`] | have decoded what it [wants](Wants::wanted) for later strides | [`complete`](Sent::complete): it hears again |

mod clean_estimate;
mod decoding;
mod economy;
mod frame_controls;
mod frames;
mod held;
mod joint;
mod parts;
mod pattern;
mod read;
mod rows;
mod seams;
#[cfg(test)]
mod tests;
mod window;

use netbend_dsp::DspError;
use netbend_models::package::manifest::LayerClusters;
use netbend_models::{Bender, ModelError};

use super::allowance::Allowance;
use super::batches::{Batches, FixedBends};
use super::latent::LatentState;
use crate::report::maps::Maps;
use crate::report::quality::Quality;
use crate::stream::controls::Controls;
use parts::{Parts, Stride};

/// Decodes strides of one stream with one model; now between two strides.
pub(super) struct StrideDecoder {
    parts: Box<Parts>,
}

/// A decoder whose stride is encoded.
pub(super) struct Prepared {
    parts: Box<Parts>,
    stride: Stride,
}

/// A decoder whose stride is decoded, at one of its frames.
pub(super) struct Emitting {
    parts: Box<Parts>,
    stride: Stride,
    /// Counted from the frame it is joined to, which the window predicts too.
    frame: usize,
}

/// A decoder whose stride was emitted.
pub(super) struct Sent {
    parts: Box<Parts>,
    stride: Stride,
}

/// A stage at which something may have to be decoded before the next one.
pub(super) trait Wants {
    /// What is to be decoded, if anything.
    fn wanted(&mut self) -> impl Iterator<Item = &mut Batches>;
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
        let parts = Parts::new(bender, stride_frames, overlap_frames, frame_seconds)?;
        Ok(Self {
            parts: Box::new(parts),
        })
    }

    /// The clusters of a sound that slots may select, from the next stride on.
    pub(super) fn set_sound_clusters(&mut self, groups: &[LayerClusters]) {
        self.parts.decoding.set_sound_clusters(groups);
        self.forget_pattern();
    }

    /// What bends beside the slots has changed.
    pub(super) fn forget_pattern(&mut self) {
        self.parts.seams.forget_pattern();
        self.parts.levels.forget();
        self.parts.decoding.forget();
    }

    /// What the next strides are worth. Where no stride may be decoded whole so that steps have their level at once, a new state begins with
    /// the level of what it came from, or at 0 dB.
    pub(super) fn set_quality(&mut self, quality: Quality) {
        self.parts.decoding.set_quality(quality);
    }

    /// Whether pictures of the layers are taken from the next stride on.
    pub(super) fn set_watched(&mut self, is_watched: bool) {
        self.parts.decoding.set_watched(is_watched);
    }

    /// What the next stride may take. Where it would take longer its controls are followed less closely.
    pub(super) fn allow(&mut self, allowance: Allowance) {
        self.parts.allowance = allowance;
    }

    /// The latent of the newest window, at the last stride's level so that asking changes nothing; `None` where it is silent.
    ///
    /// # Errors
    /// What inference reports.
    pub(super) fn latent(&mut self, bender: &mut Bender) -> Result<Option<Vec<f32>>, ModelError> {
        let (window, _) = self.parts.window.newest();
        if !window.iter().any(|&unit| unit > 0.0) {
            return Ok(None);
        }
        let mut latent = Vec::new();
        bender.encode(window, &mut latent)?;
        Ok(Some(latent))
    }

    /// A new run begins: nothing was heard before it.
    pub(super) fn reset(&mut self) {
        let parts = &mut *self.parts;
        parts.window.reset();
        parts.latent.reset();
        parts.sources.retain(|_| false);
        parts.decoding.reset();
        parts.seams.reset();
        parts.begin_anew();
    }

    /// Stands in for `frames` frames that were lost.
    pub(super) fn bridge(&mut self, frames: usize) {
        self.parts.window.bridge(frames);
        self.parts.levels.forget();
    }

    /// Adds frame `index` of linear magnitudes to the window. Returns what latent play does at it; where its
    /// hold is this very frame, a loop is held that ends with it.
    pub(super) fn push(
        &mut self,
        index: i64,
        magnitudes: &[f32],
        controls: &Controls,
    ) -> LatentState {
        let parts = &mut *self.parts;
        parts.window.push(magnitudes);
        parts.seams.hear(magnitudes);
        let state = parts.latent.advance(index, &controls.latent);
        if state.hold == Some(index) {
            let window = parts.window.newest_held();
            parts.sources.hold(index, window.level_db, window.units);
        }
        state
    }

    /// The next stride joins to nothing: sound was lost before it.
    pub(super) fn begin_anew(&mut self) {
        self.parts.begin_anew();
    }

    /// Stands in for [`prepare`](Self::prepare) and what follows where no frame of the stride is heard by this decoder. Gives back the memory
    /// that only strides need.
    pub(super) fn pass_over<'a>(
        &mut self,
        controls: impl Iterator<Item = (&'a Controls, LatentState)> + Clone,
    ) {
        let parts = &mut *self.parts;
        parts.window.update_level();
        parts.begin_anew();
        parts.frames.take(controls, &mut parts.levels, false);
        parts.release_holds();
        parts.window.release();
        parts.sources.release();
        parts.seams.release();
        parts.decoding.release();
    }

    /// Prepares to decode the window, whose newest frame is `newest`, for the frames whose controls are given, the
    /// newest ones of the history: encodes it. The last of the frames, as many as windows overlap by, are only decoded to be held back.
    /// Where nothing is bent or played and the model is not heard, or where the whole window is silent and no loop is held, the network is
    /// not asked.
    ///
    /// # Errors
    /// What inference reports; the decoder goes with what it has heard.
    pub(super) fn prepare<'a>(
        mut self,
        newest: i64,
        controls: impl Iterator<Item = (&'a Controls, LatentState)> + Clone,
        fixed: &FixedBends,
        bender: &mut Bender,
    ) -> Result<Prepared, ModelError> {
        let parts = &mut *self.parts;
        parts.window.update_level();
        let heard = parts.take(newest, controls, fixed);
        let stride = Stride { newest, heard };
        parts.ask(stride, fixed, bender)?;
        Ok(Prepared {
            parts: self.parts,
            stride,
        })
    }

    /// Whether the loop held at frame `at` plays on.
    pub(super) fn plays_on(&self, at: i64) -> bool {
        self.parts.sources.holds(at)
    }

    /// Encodes and decodes every window whole from now on: what the shorter ways are held against.
    #[cfg(test)]
    pub(super) fn always_whole(&mut self) {
        self.parts.whole = true;
        self.parts.decoding.survey_whole();
    }
}

impl Wants for Prepared {
    fn wanted(&mut self) -> impl Iterator<Item = &mut Batches> {
        let is_wanted = self.stride.is_asked() || self.parts.decoding.looks();
        is_wanted
            .then(|| self.parts.decoding.wanted())
            .into_iter()
            .flatten()
    }
}

impl Prepared {
    /// How many windows were drawn or encoded beside the sound's own, and in how many seconds.
    pub(super) fn drawn(&self) -> (usize, f32) {
        match self.stride.is_asked() {
            true => self.parts.sources.worked(),
            false => (0, 0.0),
        }
    }

    /// Shows the pictures of what was decoded.
    pub(super) fn show(&mut self, maps: &Maps) {
        self.parts.decoding.show(maps);
    }

    /// Whether it will [want](Wants::wanted) anything once it is [`Sent`].
    pub(super) fn wants_later(&self) -> bool {
        self.stride.is_asked() && self.parts.decoding.wants_later()
    }

    /// Takes what was decoded, and joins it to the stride before.
    pub(super) fn complete(mut self) -> Emitting {
        let (stride, parts) = (self.stride, &mut *self.parts);
        if stride.is_asked() {
            parts.answer(stride);
        }
        parts.read(stride, 0);
        let (joined, emitted) = (parts.reader.frame(), parts.frames.to_emit());
        parts.seams.begin_stride(stride.heard, joined, emitted);
        let before = parts.frames.last_before();
        Emitting {
            parts: self.parts,
            stride,
            frame: before,
        }
    }
}

impl Emitting {
    /// Moves on to the stride's next frame.
    pub(super) fn next_frame(&mut self) {
        self.read_next();
        let frame = self.parts.reader.frame();
        self.parts.seams.apply(self.stride.heard, frame);
    }

    fn read_next(&mut self) {
        self.frame = (self.frame + 1).min(self.parts.frames.newest());
        self.parts.read(self.stride, self.frame);
    }

    /// Whether the window is as good as silent.
    pub(super) fn is_silent(&self) -> bool {
        self.parts.window.is_silent()
    }

    /// The frame's gain, bent over clean, per network bin.
    pub(super) fn gain_db(&self) -> &[f32] {
        self.parts.reader.gain_db()
    }

    /// The frame's bent magnitude per network bin, dB relative to a full-scale sine.
    pub(super) fn model_db(&self) -> &[f32] {
        self.parts.reader.model_db()
    }

    /// Ends the stride when all its frames but those held back were read: keeps what the window says of these, and lets go of held loops that
    /// play no more.
    pub(super) fn end(mut self) -> Sent {
        let heard = self.stride.heard;
        self.parts.seams.end_stride(heard);
        for place in 0..self.parts.frames.held_back() {
            self.read_next();
            let frame = self.parts.reader.frame();
            self.parts.seams.hold(heard, place, frame);
        }
        self.parts.release_holds();
        if self.stride.is_asked() {
            self.parts.decoding.prepare_later();
        }
        Sent {
            parts: self.parts,
            stride: self.stride,
        }
    }
}

impl Wants for Sent {
    fn wanted(&mut self) -> impl Iterator<Item = &mut Batches> {
        let asked = self.stride.is_asked();
        let later = self.parts.decoding.wanted_later();
        later.filter(|_| asked).into_iter()
    }
}

impl Sent {
    /// Whether the loop held at frame `at` plays on.
    pub(super) fn plays_on(&self, at: i64) -> bool {
        self.parts.sources.holds(at)
    }

    /// Takes what was decoded, if anything was wanted, and hears again.
    pub(super) fn complete(mut self) -> StrideDecoder {
        if self.stride.is_asked() {
            let parts = &mut *self.parts;
            parts.decoding.answer_later(&parts.window, &parts.frames);
        }
        self.skip()
    }

    /// Hears again without what was wanted.
    pub(super) fn skip(self) -> StrideDecoder {
        StrideDecoder { parts: self.parts }
    }
}
