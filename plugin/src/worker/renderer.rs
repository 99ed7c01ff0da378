//! One stream on the worker: frames in, a stride at a time through the network, hops of sound out.

mod deadline;
mod sounding;
mod stage;

use netbend_dsp::DspError;
use netbend_dsp::number::{nearest_f64, signed};
use netbend_dsp::phase::LOOK_AHEAD_FRAMES;
use netbend_models::bends::BendFrame;
use netbend_models::bends::weights::WeightFrame;
use netbend_models::package::manifest::LayerClusters;
use netbend_models::{Bender, ModelError};

use super::allowance::{Allowance, Prices};
use super::batches::FixedBends;
use super::governor::Governor;
use super::latent::LatentState;
use super::latent::carrier::Carrier;
use super::listeners::Listeners;
use super::stride::StrideDecoder;
use super::voicing::Voicing;
use crate::error::Error;
use crate::exchange::{Frame, WorkerEnd, linked_magnitudes};
use crate::report::quality::Quality;
use crate::stream::shape;
use crate::threads::pool_thread::PoolThread;
use stage::Stage;

/// Everything a stream needs on the worker.
pub(super) struct Renderer {
    stream: WorkerEnd,
    epoch: u32,
    /// Frames held back from the stride before, and those of the stride that is being collected.
    #[allow(clippy::vec_box)] // the boxes themselves go back to the audio thread
    pending: Vec<Box<Frame>>,
    /// The linked magnitude of each of them as it came, `[frame][bin]`.
    mids: Vec<Vec<f32>>,
    /// What latent play does at each of them.
    latents: Vec<LatentState>,
    /// Number of the next frame, if none is lost.
    expected: i64,
    /// First frame whose hop all overlapping frames contribute to.
    whole_from: i64,
    stage: Stage,
    carrier: Carrier,
    fixed: FixedBends,
    voicing: Voicing,
    governor: Governor,
    prices: Prices,
    /// What the stride that is complete is worth.
    quality: Quality,
    /// Whether it was given up because it could only come late.
    dropped: bool,
}

impl Renderer {
    pub(super) fn new(stream: WorkerEnd, fixed: &FixedBends) -> Result<Self, DspError> {
        let bins = stream.geometry.bins();
        let frames = stream.stride_frames + stream.overlap_frames;
        Ok(Self {
            epoch: 0,
            pending: Vec::with_capacity(frames),
            mids: vec![vec![0.0; bins]; frames],
            latents: Vec::with_capacity(frames),
            expected: 0,
            whole_from: 0,
            stage: Stage::Without,
            carrier: Carrier::new(stream.geometry, stream.channels, 1),
            fixed: fixed.clone(),
            voicing: Voicing::new(stream.geometry, stream.channels, stream.stride_frames)?,
            governor: Governor::default(),
            prices: Prices::default(),
            quality: Quality::default(),
            dropped: false,
            stream,
        })
    }

    /// Prepares for another model; what was heard so far is forgotten.
    ///
    /// # Errors
    /// Where the model does not run on frames like these; then there is none.
    pub(super) fn set_model(&mut self, bender: &Bender) -> Result<(), Error> {
        let WorkerEnd {
            geometry,
            channels,
            stride_frames,
            overlap_frames,
            ..
        } = self.stream;
        self.stage = Stage::Without;
        let manifest = bender.manifest();
        shape::check(manifest, geometry, stride_frames, overlap_frames)?;
        let frame_seconds = nearest_f64(geometry.hop_samples) / f64::from(geometry.sample_rate);
        let loop_frames = manifest.last_seen_frame + 1;
        self.voicing
            .set_top_seen_bin(manifest.top_seen_bin())
            .map_err(Error::from)?;
        self.carrier = Carrier::new(geometry, channels, loop_frames);
        let bins = geometry.bins();
        let strides = (stride_frames, overlap_frames);
        let listeners = Listeners::new(bender, strides, frame_seconds, channels, bins);
        self.stage = Stage::Hearing(listeners?);
        Ok(())
    }

    pub(super) fn set_fixed_bends(&mut self, bends: &[(u64, BendFrame)]) {
        self.fixed.bends = bends.to_vec();
        self.forget_pattern();
    }

    pub(super) fn set_fixed_weights(&mut self, weights: &[WeightFrame]) {
        self.fixed.weights = weights.to_vec();
        self.forget_pattern();
    }

    fn forget_pattern(&mut self) {
        self.stage
            .decoders()
            .for_each(StrideDecoder::forget_pattern);
    }

    /// The clusters of a sound that slots may select, from the next stride on.
    pub(super) fn set_sound_clusters(&mut self, groups: &[LayerClusters]) {
        self.stage
            .decoders()
            .for_each(|decoder| decoder.set_sound_clusters(groups));
    }

    /// The latent of the newest window; `None` where it is silent.
    pub(super) fn latent(&mut self, bender: &mut Bender) -> Result<Option<Vec<f32>>, ModelError> {
        match self.stage.listeners() {
            Some(listeners) => listeners.latent(bender),
            None => Ok(None),
        }
    }

    /// Where the decoders are in a stride: what is to be decoded there.
    pub(super) fn stage(&mut self) -> &mut Stage {
        &mut self.stage
    }

    /// The next frame, if it has come.
    pub(super) fn receive(&mut self, thread: &PoolThread) -> Option<Box<Frame>> {
        self.stream.receive(thread)
    }

    /// Takes a frame without bending it.
    pub(super) fn discard(&mut self, frame: Box<Frame>) {
        self.stream.progress.set_done(frame.epoch, frame.index);
        self.expected = i64::MIN;
        self.stream.give_back(frame);
    }

    /// Takes a frame. Whether it completes a stride, which is then to be [prepared](Self::prepare), decoded
    /// (what its [stage](Self::stage) wants) and [finished](Self::finish).
    pub(super) fn take(&mut self, frame: Box<Frame>) -> bool {
        if frame.epoch != self.stream.progress.epoch() {
            // Left over from before a reset.
            self.stream.give_back(frame);
            return false;
        }
        if frame.epoch != self.epoch {
            self.begin_epoch(&frame);
        } else if frame.index != self.expected {
            self.bridge(&frame);
        }
        self.expected = frame.index + 1;
        let [left, right] = &frame.spectra;
        let mid = &mut self.mids[self.pending.len()];
        if frame.silent {
            mid.fill(0.0);
        } else {
            linked_magnitudes(left, right, self.stream.channels, mid);
        }
        self.carrier.push(&frame.spectra);
        let latent = match self.stage.listeners() {
            Some(listeners) => listeners.push(&frame, mid),
            None => LatentState::default(),
        };
        if latent.hold == Some(frame.index) {
            self.carrier.hold(frame.index);
        }
        self.pending.push(frame);
        self.latents.push(latent);
        self.expected % signed(self.stream.stride_frames) == 0
    }

    /// Encodes the window of the stride that is complete and says what is to be decoded; pictures of the layers are taken where it
    /// `is_watched`. `false` where the stride could only come late: it is
    /// dropped, and there is nothing to finish.
    ///
    /// # Errors
    /// What inference reports; the stride is dropped.
    pub(super) fn prepare(
        &mut self,
        bender: &mut Bender,
        is_watched: bool,
        _: &PoolThread,
    ) -> Result<bool, ModelError> {
        let last = self.expected - 1;
        // Even the last hop of the stride should have been out.
        let is_late = self.hops_left() < 1 - signed(self.stream.stride_frames);
        self.dropped = is_late;
        let mut listeners = match std::mem::take(&mut self.stage) {
            Stage::Hearing(listeners) if !is_late => listeners,
            other => {
                self.stage = other;
                self.drop_stride();
                return Ok(false);
            }
        };
        if self.stream.progress.is_offline() {
            // Who waits for the worker misses nothing.
            self.governor.rest();
        }
        self.quality = self.governor.quality();
        listeners
            .all()
            .for_each(|decoder| decoder.set_quality(self.quality));
        let allowance = match self.stream.progress.is_offline() {
            true => Allowance::default(),
            false => self.prices.allowance(self.slack_seconds()),
        };
        listeners.all().for_each(|decoder| decoder.allow(allowance));
        let controls = self.pending.iter().map(|frame| &frame.controls);
        let moments = controls.zip(self.latents.iter().copied());
        match listeners.prepare(last, moments, &self.fixed, bender, is_watched) {
            Ok(mut prepared) => {
                for (windows, seconds) in prepared.asked().map(|decoder| decoder.drawn()) {
                    self.prices.drawn(windows, seconds);
                }
                self.stage = Stage::Prepared(prepared);
                Ok(true)
            }
            Err(error) => {
                self.drop_stride();
                Err(error)
            }
        }
    }

    /// Every stride is worth that much from now on.
    #[cfg(test)]
    pub(super) fn force_quality(&mut self, quality: Quality) {
        self.governor.force(quality);
    }

    /// As [`drop_stride`](Self::drop_stride), because there is no time for it.
    pub(super) fn drop_late_stride(&mut self) {
        self.dropped = true;
        self.drop_stride();
    }

    /// Gives up the stride that is complete: its sound is not bent.
    pub(super) fn drop_stride(&mut self) {
        self.drop_pending();
        self.restart_synthesis(self.expected);
        self.stride_is_done();
    }

    fn stride_is_done(&self) {
        let last = self.expected - 1 - self.held_back();
        self.stream.progress.set_done(self.epoch, last);
    }

    fn begin_epoch(&mut self, frame: &Frame) {
        self.epoch = frame.epoch;
        self.drop_pending();
        self.expected = 0;
        if let Some(listeners) = self.stage.listeners() {
            listeners.reset();
        }
        self.carrier.reset();
        self.restart_synthesis(frame.index);
        if frame.index == 0 {
            // Silence came before: the first hops lack nothing.
            self.whole_from = 0;
        }
    }

    /// Frames were lost: the window keeps its time, the sound begins anew.
    fn bridge(&mut self, frame: &Frame) {
        self.drop_pending();
        let lost = usize::try_from(frame.index.saturating_sub(self.expected)).unwrap_or(0);
        self.stage
            .decoders()
            .for_each(|decoder| decoder.bridge(lost));
        self.carrier.bridge(lost);
        self.restart_synthesis(frame.index);
    }

    fn restart_synthesis(&mut self, first_frame: i64) {
        self.voicing.reset();
        self.stage.decoders().for_each(StrideDecoder::begin_anew);
        self.whole_from = first_frame + signed(self.stream.geometry.overlap()) - 1;
    }

    fn drop_pending(&mut self) {
        self.latents.clear();
        for frame in self.pending.drain(..) {
            self.stream.give_back(frame);
        }
    }

    /// Frames between the newest of a stride and the last whose hop it completes.
    fn held_back(&self) -> i64 {
        signed(self.stream.overlap_frames + LOOK_AHEAD_FRAMES)
    }

    /// So many items were decoded for the stride in `seconds`.
    pub(super) fn decoded(&mut self, items: usize, seconds: f32) {
        self.prices.decoded(items, seconds);
    }
}
