//! One stream on the worker: frames in, a stride at a time through the network, hops of sound out.

use netbend_dsp::DspError;
use netbend_dsp::phase::LOOK_AHEAD_FRAMES;
use netbend_models::bend::BendFrame;
use netbend_models::manifest::LayerClusters;
use netbend_models::weights::WeightFrame;
use netbend_models::{Bender, ModelError};

use super::batches::FixedBends;
use super::latent::LatentState;
use super::latent::carrier::Carrier;
use super::listeners::Listeners;
use super::voicing::Voicing;
use crate::exchange::{Frame, WorkerEnd};
use crate::latency::delay_hops;
use crate::linked::link;
use crate::scope::Scope;
use crate::stream_shape;

/// Everything a stream needs on the worker.
pub(super) struct Renderer {
    stream: WorkerEnd,
    epoch: u32,
    /// Frames of the stride that is being collected.
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
    decoder: Option<Listeners>,
    carrier: Carrier,
    fixed: FixedBends,
    voicing: Voicing,
}

impl Renderer {
    pub(super) fn new(stream: WorkerEnd, fixed: &FixedBends) -> Result<Self, DspError> {
        let bins = stream.geometry.bins();
        Ok(Self {
            epoch: 0,
            pending: Vec::with_capacity(stream.stride_frames),
            mids: vec![vec![0.0; bins]; stream.stride_frames],
            latents: Vec::with_capacity(stream.stride_frames),
            expected: 0,
            whole_from: 0,
            decoder: None,
            carrier: Carrier::new(stream.geometry, stream.channels, 1),
            fixed: fixed.clone(),
            voicing: Voicing::new(stream.geometry, stream.channels, stream.stride_frames)?,
            stream,
        })
    }

    /// Prepares for another model; what was heard so far is forgotten.
    ///
    /// # Errors
    /// Where the model does not run on frames like these; then there is none.
    pub(super) fn set_model(&mut self, bender: &Bender) -> Result<(), String> {
        let WorkerEnd {
            geometry,
            channels,
            stride_frames,
            ..
        } = self.stream;
        self.decoder = None;
        let manifest = bender.manifest();
        stream_shape::check(manifest, geometry, stride_frames)?;
        let broken = |error: DspError| error.to_string();
        let frame_seconds = geometry.hop_samples as f64 / f64::from(geometry.sample_rate);
        let loop_frames = manifest.last_seen_frame + 1;
        self.voicing
            .set_top_seen_bin(manifest.top_seen_bin())
            .map_err(broken)?;
        self.carrier = Carrier::new(geometry, channels, loop_frames);
        let bins = geometry.bins();
        let decoder =
            Listeners::new(bender, stride_frames, frame_seconds, channels, bins).map_err(broken)?;
        self.decoder = Some(decoder);
        Ok(())
    }

    pub(super) fn set_fixed_bends(&mut self, bends: &[(u64, BendFrame)]) {
        self.fixed.bends = bends.to_vec();
    }

    pub(super) fn set_fixed_weights(&mut self, weights: &[WeightFrame]) {
        self.fixed.weights = weights.to_vec();
    }

    /// The clusters of a sound that slots may select, from the next stride on.
    pub(super) fn set_sound_clusters(&mut self, groups: &[LayerClusters]) {
        if let Some(decoder) = &mut self.decoder {
            decoder.set_sound_clusters(groups);
        }
    }

    /// The latent of the newest window; `None` where it is silent.
    pub(super) fn latent(&mut self, bender: &mut Bender) -> Result<Option<Vec<f32>>, ModelError> {
        match &mut self.decoder {
            Some(decoder) => decoder.latent(bender),
            None => Ok(None),
        }
    }

    pub(super) fn receive(&mut self) -> Option<Box<Frame>> {
        self.stream.receive()
    }

    /// Takes a frame without bending it.
    pub(super) fn discard(&mut self, frame: Box<Frame>) {
        self.stream.progress.set_done(frame.epoch, frame.index);
        self.expected = i64::MIN;
        self.stream.give_back(frame);
    }

    /// Takes a frame; renders where it completes a stride, and then returns the stride's length in
    /// seconds.
    pub(super) fn render(
        &mut self,
        frame: Box<Frame>,
        bender: &mut Bender,
        scope: &Scope,
    ) -> Result<Option<f32>, ModelError> {
        if frame.epoch != self.stream.progress.epoch() {
            // Left over from before a reset.
            self.stream.give_back(frame);
            return Ok(None);
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
            link(left, right, self.stream.channels, mid);
        }
        self.carrier.push(&frame.spectra);
        let latent = match &mut self.decoder {
            Some(decoder) => decoder.push(&frame, mid),
            None => LatentState::default(),
        };
        if latent.hold == Some(frame.index) {
            self.carrier.hold(frame.index);
        }
        self.pending.push(frame);
        self.latents.push(latent);
        let stride = self.stream.stride_frames as i64;
        if self.expected % stride != 0 {
            return Ok(None);
        }
        let last = self.expected - 1;
        if self.is_late(last) {
            self.drop_pending();
            self.restart_synthesis(self.expected);
        } else {
            self.render_stride(bender, scope)?;
        }
        self.stream
            .progress
            .set_done(self.epoch, last - LOOK_AHEAD_FRAMES as i64);
        let geometry = self.stream.geometry;
        Ok(Some(
            stride as f32 * geometry.hop_samples as f32 / geometry.sample_rate,
        ))
    }

    fn begin_epoch(&mut self, frame: &Frame) {
        self.epoch = frame.epoch;
        self.drop_pending();
        self.expected = 0;
        if let Some(decoder) = &mut self.decoder {
            decoder.reset();
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
        if let Some(decoder) = &mut self.decoder {
            decoder.bridge(lost);
        }
        self.carrier.bridge(lost);
        self.restart_synthesis(frame.index);
    }

    fn restart_synthesis(&mut self, first_frame: i64) {
        self.voicing.reset();
        if let Some(decoder) = &mut self.decoder {
            decoder.begin_anew();
        }
        self.whole_from = first_frame + self.stream.geometry.overlap() as i64 - 1;
    }

    fn drop_pending(&mut self) {
        self.latents.clear();
        for frame in self.pending.drain(..) {
            self.stream.give_back(frame);
        }
    }

    /// Whether even the last hop of the stride that ends with frame `last` should have been out.
    fn is_late(&self, last: i64) -> bool {
        let due =
            last - LOOK_AHEAD_FRAMES as i64 + 1 + delay_hops(self.stream.stride_frames) as i64;
        self.stream.progress.audio_hop() > due
    }

    fn render_stride(&mut self, bender: &mut Bender, scope: &Scope) -> Result<(), ModelError> {
        let Some(mut decoder) = self.decoder.take() else {
            return Ok(());
        };
        let newest = self.expected - 1;
        let controls = self.pending.iter().map(|frame| &frame.controls);
        let moments = controls.zip(self.latents.iter().copied());
        let decoded = decoder.decode(newest, moments, &self.fixed, bender);
        if decoded.is_ok() {
            let mut pending = std::mem::take(&mut self.pending);
            for (place, frame) in pending.iter_mut().enumerate() {
                decoder.next_frame();
                let latent = self.latents.get(place).copied().unwrap_or_default();
                let drawn = latent.is_drawn() && latent.hold.is_none();
                if drawn && frame.controls.voice > 0.0 && !decoder.is_silent(&frame.controls) {
                    // Fails only for a geometry that no stream is opened with.
                    let _ = self.carrier.fill(&mut frame.spectra, frame.index);
                }
                let decoded = decoder.decoded(&frame.controls);
                let held = latent
                    .hold
                    .and_then(|at| self.carrier.held(at, frame.index));
                self.voicing.push(frame, decoded, held);
            }
            for (place, frame) in pending.iter().enumerate() {
                self.synthesize(place, frame.index - LOOK_AHEAD_FRAMES as i64, scope);
            }
            self.pending = pending;
            let playing_on = decoder.release_holds();
            self.carrier.release_all_but(playing_on);
        }
        self.drop_pending();
        self.decoder = Some(decoder);
        decoded
    }

    /// Sends the hop that frame `index` completes. `place` is the stride's frame to show beside it.
    fn synthesize(&mut self, place: usize, index: i64, scope: &Scope) {
        let mut hop = self.stream.empty_hop();
        self.voicing.pop(hop.as_deref_mut());
        match hop {
            Some(mut hop) => {
                // A hop that is not whole travels all the same, to come back as an empty one; run −1
                // is nobody's, so it is never played.
                hop.epoch = if index >= self.whole_from {
                    self.epoch
                } else {
                    self.epoch.wrapping_sub(1)
                };
                hop.index = index;
                self.stream.send(hop);
            }
            None => self.whole_from = index + self.stream.geometry.overlap() as i64,
        }
        if scope.is_open() {
            let geometry = self.stream.geometry;
            scope.push(
                &self.mids[place],
                self.voicing.output_magnitudes(),
                geometry.sample_rate / geometry.fft_size as f32,
            );
        }
    }
}
