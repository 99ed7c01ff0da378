//! When a stream's stride is due, and what the next one is worth. Pool threads.

use netbend_dsp::number::{nearest_f32, signed};

use super::Renderer;
use crate::report::quality::Quality;
use crate::worker::governor::StrideOutcome;

impl Renderer {
    /// Says how long it took from when the stride's last frame had come until it was finished or dropped, which is now. Returns what the
    /// next one is worth.
    pub(in crate::worker) fn govern(&mut self, seconds: f32) -> Quality {
        let stride_frames = self.stream.stride_frames;
        let outcome = StrideOutcome {
            load: seconds / self.stride_seconds(),
            hops_left: nearest_f32(self.hops_left() - 1) / nearest_f32(stride_frames),
            dropped: std::mem::take(&mut self.dropped),
            seconds: self.stride_seconds(),
        };
        if self.stream.progress.is_offline() {
            self.governor.rest();
        } else {
            self.governor.stride_done(outcome);
        }
        self.governor.quality()
    }

    /// Hops that go out before the first hop of the stride that is complete is due; less than 0 where it is late.
    pub(in crate::worker) fn hops_left(&self) -> i64 {
        let delay = signed(self.stream.delay_hops);
        let first = self.expected - signed(self.stream.stride_frames) - self.held_back();
        first + 1 + delay - self.stream.progress.audio_hop()
    }

    /// Seconds until the first hop of the stride that is complete is due; less than 0 where it is late.
    pub(in crate::worker) fn slack_seconds(&self) -> f32 {
        let hops = nearest_f32(self.hops_left()) / nearest_f32(self.stream.stride_frames);
        hops * self.stride_seconds()
    }

    /// Whether half of the stride that is complete should have been out: the next one, which is complete too, is worth more.
    pub(in crate::worker) fn is_past(&self) -> bool {
        2 * self.hops_left() < -signed(self.stream.stride_frames)
    }

    /// Whether the host waits for the sound.
    pub(in crate::worker) fn is_offline(&self) -> bool {
        self.stream.progress.is_offline()
    }

    /// Whether the frames that were taken last belong to the run the audio thread is in.
    pub(in crate::worker) fn is_current(&self) -> bool {
        self.epoch == self.stream.progress.epoch()
    }

    /// How long a stride lasts.
    pub(in crate::worker) fn stride_seconds(&self) -> f32 {
        let geometry = self.stream.geometry;
        nearest_f32(self.stream.stride_frames * geometry.hop_samples) / geometry.sample_rate
    }
}
