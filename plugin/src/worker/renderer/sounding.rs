//! From what was decoded at a stride's knots to the hops that are sent. Pool threads.

use netbend_dsp::number::{nearest_f32, signed};
use netbend_dsp::phase::LOOK_AHEAD_FRAMES;

use super::Renderer;
use super::stage::Stage;
use crate::report::scope::Scope;
use crate::threads::pool_thread::PoolThread;
use crate::worker::stride::{Emitting, Prepared};

impl Renderer {
    /// Makes sound of what was decoded, and sends it.
    pub(in crate::worker) fn finish(&mut self, scope: &Scope, thread: &PoolThread) {
        let mut prepared = match std::mem::take(&mut self.stage) {
            Stage::Prepared(listeners) => listeners,
            other => {
                self.stage = other;
                return;
            }
        };
        for decoder in prepared.asked() {
            decoder.show(&scope.maps);
        }
        let mut listeners = prepared.step(Prepared::complete);
        let mut pending = std::mem::take(&mut self.pending);
        let emitted = pending.len().saturating_sub(self.stream.overlap_frames);
        for (place, frame) in pending.iter_mut().enumerate().take(emitted) {
            frame.controls.phase = self.quality.phase(frame.controls.phase);
            listeners.asked().for_each(Emitting::next_frame);
            let latent = self.latents.get(place).copied().unwrap_or_default();
            let drawn = latent.is_drawn() && latent.hold.is_none();
            if drawn && frame.controls.voice > 0.0 && !listeners.is_silent(&frame.controls) {
                // Fails only for a geometry that no stream is opened with.
                let _ = self.carrier.fill(&mut frame.spectra, frame.index);
            }
            let decoded = listeners.decoded(&frame.controls);
            let held = latent
                .hold
                .and_then(|at| self.carrier.held(at, frame.index));
            self.voicing.push(frame, decoded, held);
        }
        for (place, frame) in pending.iter().enumerate().take(emitted) {
            let index = frame.index - signed(LOOK_AHEAD_FRAMES);
            self.synthesize(place, index, scope, thread);
        }
        let sent = listeners.step(Emitting::end);
        self.carrier.retain(|at| sent.play_on(at));
        for frame in pending.drain(..emitted) {
            self.stream.give_back(frame);
        }
        self.mids.rotate_left(emitted);
        self.latents.drain(..emitted);
        self.pending = pending;
        self.stage = Stage::Sent(sent);
        if self.stage.wanted().next().is_none() {
            self.stage.complete_later();
        }
        self.stride_is_done();
    }

    /// Sends the hop that frame `index` completes. `place` is the stride's frame to show beside it.
    fn synthesize(&mut self, place: usize, index: i64, scope: &Scope, thread: &PoolThread) {
        let mut hop = self.stream.empty_hop(thread);
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
                self.stream.send(hop, thread);
            }
            None => self.whole_from = index + signed(self.stream.geometry.overlap()),
        }
        if scope.is_open() {
            let geometry = self.stream.geometry;
            scope.push(
                &self.mids[place],
                self.voicing.output_magnitudes(),
                geometry.sample_rate / nearest_f32(geometry.fft_size),
            );
        }
    }
}
