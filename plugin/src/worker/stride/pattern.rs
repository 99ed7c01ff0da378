//! What repeats with the stride though the sound stands still and the controls rest, and its removal.

use netbend_dsp::DspError;
use netbend_dsp::decibel::amplitude_to_db;
use netbend_dsp::seam::{Steadiness, StrideComb};
use netbend_dsp::voice::GainLimits;

use super::super::knots::Moment;

/// Frames over which a pattern is learnt: 3 s of the shipped model's.
const MEMORY_FRAMES: usize = 512;

/// What silence is, in dB relative to a full-scale sine.
const SILENCE_DB: f32 = -140.0;

/// Learns the pattern of gain and model voice for one setting of the controls, and takes it out.
///
/// A frame sounds as if its controls had always been what they are at that frame, so what was learnt under others is not used: from the
/// frame at which they move, nothing is taken out, and learning begins anew with the first stride in which they rest.
pub(super) struct Pattern {
    gain: StrideComb,
    model: StrideComb,
    steadiness: Steadiness,
    /// How much of the pattern is taken out, per bin.
    share: Vec<f32>,
    /// The newest frame, per bin.
    heard_db: Vec<f32>,
    /// What it was learnt under.
    learnt: Option<(Moment, GainLimits)>,
    /// Frames of the stride that sound alike with that.
    alike: usize,
    /// Frames of the stride so far.
    frame: usize,
}

impl Pattern {
    /// A pattern of strides of `stride_frames` frames of `bins` bins.
    ///
    /// # Errors
    /// See [`StrideComb::new`].
    pub(super) fn new(bins: usize, stride_frames: usize) -> Result<Self, DspError> {
        let comb = || StrideComb::new(bins, stride_frames, MEMORY_FRAMES);
        Ok(Self {
            gain: comb()?,
            model: comb()?,
            steadiness: Steadiness::new(bins, MEMORY_FRAMES),
            share: vec![0.0; bins],
            heard_db: vec![SILENCE_DB; bins],
            learnt: None,
            alike: 0,
            frame: 0,
        })
    }

    /// Hears the next frame that comes in, as linear magnitudes; bins it lacks are silent.
    pub(super) fn hear(&mut self, magnitudes: &[f32]) {
        let (heard, lacking) = self
            .heard_db
            .split_at_mut(magnitudes.len().min(self.share.len()));
        for (db, magnitude) in heard.iter_mut().zip(magnitudes) {
            *db = amplitude_to_db(*magnitude);
        }
        lacking.fill(SILENCE_DB);
        self.steadiness.push(&self.heard_db);
    }

    /// A new run begins: nothing was heard before it.
    pub(super) fn reset(&mut self) {
        self.steadiness.reset();
        self.forget();
    }

    /// What was learnt holds no more.
    pub(super) fn forget(&mut self) {
        self.gain.forget();
        self.model.forget();
        self.learnt = None;
    }

    /// Begins a stride with the controls of its frames. Latents that are not the sound's own have a time of their own: nothing is learnt
    /// while they play.
    pub(super) fn begin_stride(&mut self, moments: &[Moment], limits: &[GainLimits]) {
        self.frame = 0;
        self.alike = 0;
        let mut frames = moments.iter().zip(limits);
        if self.learnt.is_none() {
            let first = frames.clone().next();
            self.learnt = first.map(|(moment, limits)| (*moment, *limits));
        }
        let Some((learnt, learnt_limits)) = &self.learnt else {
            return;
        };
        let differs = |(moment, limits): (&Moment, &GainLimits)| {
            moment.latent.is_active() || !moment.same_sound(learnt) || limits != learnt_limits
        };
        self.alike = frames.position(differs).unwrap_or(moments.len());
        self.steadiness.shares(&mut self.share);
        self.gain.begin_stride(&self.share);
        self.model.begin_stride(&self.share);
    }

    /// Learns the stride's next frame and takes the pattern out of it.
    pub(super) fn apply(&mut self, gain_db: &mut [f32], model_db: &mut [f32]) {
        let corrects = self.frame < self.alike;
        self.gain.apply(gain_db, corrects);
        self.model.apply(model_db, corrects);
        self.frame += 1;
    }

    /// Ends a stride.
    pub(super) fn end_stride(&mut self) {
        if self.alike < self.frame {
            self.forget();
            return;
        }
        self.gain.end_stride();
        self.model.end_stride();
    }
}
