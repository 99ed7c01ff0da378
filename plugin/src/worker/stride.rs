//! One stride through the network: the window encoded once, decoded at every knot, read frame by frame
//! with its seams joined.

use netbend_dsp::DspError;
use netbend_dsp::seam::SeamJoiner;
use netbend_dsp::voice::difference_db;
use netbend_models::bend::BendFrame;
use netbend_models::manifest::LayerClusters;
use netbend_models::program::ProgramBuilder;
use netbend_models::{Bender, ModelError};

use super::history::History;
use super::knots::{Knots, Slots};
use crate::controls::Controls;

/// Decodes strides of one stream with one model.
pub(super) struct StrideDecoder {
    /// The window; the renderer adds every frame to it as it comes.
    pub(super) history: History,
    last_seen_frame: usize,
    programs: ProgramBuilder,
    knots: Knots,
    difference_seam: SeamJoiner,
    model_seam: SeamJoiner,
    /// Slots of the last frame decoded, if the sound goes on from there.
    last_slots: Option<Slots>,
    /// Slots of that frame and of the stride's frames.
    slots: Vec<Slots>,
    latent: Vec<f32>,
    latents: Vec<f32>,
    /// `[item][frame][bin]` in network units.
    decoded: Vec<f32>,
    /// Whether the network was asked about the stride at all.
    asked: bool,
    level_db: f32,
    /// Frames of the stride.
    frames: usize,
    /// Frames of it that were read; counted from the last one before it, which the window predicts too.
    moment: usize,
    gain_db: Vec<f32>,
    model_db: Vec<f32>,
    clean_db: Vec<f32>,
    next_db: Vec<f32>,
    next_gain_db: Vec<f32>,
}

impl StrideDecoder {
    pub(super) fn new(bender: &Bender, stride_frames: usize) -> Result<Self, DspError> {
        let manifest = bender.manifest();
        let fade = SeamJoiner::default_fade_frames(stride_frames);
        let frame = || vec![0.0; manifest.bins];
        Ok(Self {
            history: History::new(manifest),
            last_seen_frame: manifest.last_seen_frame,
            programs: bender.program_builder(),
            knots: Knots::default(),
            difference_seam: SeamJoiner::new(manifest.bins, fade)?,
            model_seam: SeamJoiner::new(manifest.bins, fade)?,
            last_slots: None,
            slots: Vec::with_capacity(stride_frames + 1),
            latent: Vec::new(),
            latents: Vec::new(),
            decoded: Vec::new(),
            asked: false,
            level_db: 0.0,
            frames: 0,
            moment: 0,
            gain_db: frame(),
            model_db: frame(),
            clean_db: frame(),
            next_db: frame(),
            next_gain_db: frame(),
        })
    }

    pub(super) fn set_sound_clusters(&mut self, groups: &[LayerClusters]) {
        self.programs.set_sound_clusters(groups);
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

    /// The next stride joins to nothing: sound was lost before it.
    pub(super) fn begin_anew(&mut self) {
        self.difference_seam.reset();
        self.model_seam.reset();
        self.last_slots = None;
    }

    /// Decodes the window for the frames whose controls are given, the newest ones of the history, and
    /// joins them to the stride before. Where nothing is bent and the model is not heard, the network
    /// is not asked.
    ///
    /// # Errors
    /// What inference reports.
    pub(super) fn decode<'a>(
        &mut self,
        controls: impl Iterator<Item = &'a Controls> + Clone,
        fixed_bends: &[(u64, BendFrame)],
        bender: &mut Bender,
    ) -> Result<(), ModelError> {
        self.level_db = self.history.update_level();
        self.slots.clear();
        let first = self
            .last_slots
            .or_else(|| controls.clone().next().map(|c| c.slots));
        self.slots
            .extend(first.into_iter().chain(controls.clone().map(|c| c.slots)));
        self.last_slots = self.slots.last().copied();
        self.frames = self.slots.len().saturating_sub(1);
        self.knots.place(&self.slots, !fixed_bends.is_empty());
        let voiced = controls.into_iter().any(|controls| controls.voice > 0.0);
        self.asked = voiced || !self.knots.states().is_empty();
        if self.asked {
            self.ask(fixed_bends, bender)?;
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

    /// The frame's gain, bent over clean, per network bin.
    pub(super) fn gain_db(&self) -> &[f32] {
        &self.gain_db
    }

    /// The frame's bent magnitude per network bin, dB relative to a full-scale sine.
    pub(super) fn model_db(&self) -> &[f32] {
        &self.model_db
    }

    fn ask(
        &mut self,
        fixed_bends: &[(u64, BendFrame)],
        bender: &mut Bender,
    ) -> Result<(), ModelError> {
        self.programs.clear();
        for (item, slots) in (1..).zip(self.knots.states()) {
            for (place, state) in (0..).zip(slots) {
                self.programs.add(item, place, state);
            }
            for (place, state) in fixed_bends {
                self.programs.add(item, *place, state);
            }
        }
        bender.encode(self.history.window(self.level_db), &mut self.latent)?;
        self.latents.clear();
        for _ in 0..=self.knots.states().len() {
            self.latents.extend_from_slice(&self.latent);
        }
        bender.decode(&self.latents, self.programs.program(), &mut self.decoded)
    }

    /// Reads the decoded windows at the current frame, with its controls.
    fn read(&mut self) {
        if !self.asked {
            self.gain_db.fill(0.0);
            return;
        }
        let window_frame = self.last_seen_frame - self.frames + self.moment;
        let (history, decoded, level_db) = (&self.history, &self.decoded, self.level_db);
        let read = |item: usize, out: &mut [f32]| {
            let start = item * history.window_len() + window_frame * out.len();
            for (db, unit) in out.iter_mut().zip(&decoded[start..]) {
                *db = history.decibels(*unit, level_db);
            }
        };
        let (item, next, share) = self.knots.at(self.moment);
        read(0, &mut self.clean_db);
        read(item, &mut self.model_db);
        difference_db(&self.clean_db, &self.model_db, &mut self.gain_db);
        if next != item {
            read(next, &mut self.next_db);
            difference_db(&self.clean_db, &self.next_db, &mut self.next_gain_db);
            mix(&mut self.gain_db, &self.next_gain_db, share);
            mix(&mut self.model_db, &self.next_db, share);
        }
    }
}

/// Moves `values` by `share` towards `others`.
fn mix(values: &mut [f32], others: &[f32], share: f32) {
    for (value, other) in values.iter_mut().zip(others) {
        *value += share * (other - *value);
    }
}
