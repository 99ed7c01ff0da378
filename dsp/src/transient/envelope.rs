//! The envelope over the attacks, on the time of the sound that goes out. Audio thread.

use std::collections::VecDeque;
use std::f32::consts::PI;

use super::onsets::OnsetDetector;
use crate::StftGeometry;
use crate::number::{cut, nearest_f32};

/// How long the envelope takes to come up, in seconds.
const RISE_SECONDS: f32 = 5e-3;
/// How long it stays up after the onset.
const HOLD_SECONDS: f32 = 20e-3;
/// How long it takes to come down.
const RELEASE_SECONDS: f32 = 50e-3;

/// Goes up where an onset's sound is about to go out and down behind it.
#[derive(Debug)]
pub(super) struct Envelope {
    /// Samples from the telling of an onset to the beginning of its rise.
    wait_samples: u64,
    /// Samples from there to the end of the hold.
    up_samples: u64,
    rise: f32,
    release: f32,
    /// Where the rises of the onsets to come begin, in samples of the stream.
    starts: VecDeque<u64>,
    capacity: usize,
    /// Samples of the stream so far, and the one up to which the envelope stays up.
    now: u64,
    up_until: u64,
    /// How far up it is, 0–1, in time.
    position: f32,
}

impl Envelope {
    /// An envelope for the onsets of `detector` in sound that goes out `delay_samples` late.
    pub(super) fn new(
        geometry: StftGeometry,
        delay_samples: usize,
        detector: &OnsetDetector,
    ) -> Self {
        let told_samples = detector.delay_samples();
        let samples =
            |seconds: f32| cut::<usize>((seconds * geometry.sample_rate).round().max(1.0));
        // Full a whole frame before the onset may have begun.
        let early = geometry.fft_size + samples(RISE_SECONDS);
        let wait = delay_samples.saturating_sub(told_samples + early);
        // What the delay has no room for is missing before the onset, and nowhere else.
        let before = delay_samples.saturating_sub(told_samples + wait);
        let up = before + told_samples + samples(HOLD_SECONDS);
        let capacity = wait / detector.spacing_samples() + 2;
        Self {
            wait_samples: wait as u64,
            up_samples: up as u64,
            rise: 1.0 / nearest_f32(samples(RISE_SECONDS)),
            release: 1.0 / nearest_f32(samples(RELEASE_SECONDS)),
            starts: VecDeque::with_capacity(capacity),
            capacity,
            now: 0,
            up_until: 0,
            position: 0.0,
        }
    }

    pub(super) fn reset(&mut self) {
        self.starts.clear();
        (self.now, self.up_until, self.position) = (0, 0, 0.0);
    }

    /// The next sample's envelope; `onset` says whether an onset is told with it.
    pub(super) fn next(&mut self, onset: bool) -> f32 {
        // Onsets keep their distance, so there is room; a queue that grew would allocate.
        if onset && self.starts.len() < self.capacity {
            self.starts.push_back(self.now + self.wait_samples);
        }
        if self.starts.front().is_some_and(|start| *start <= self.now) {
            self.starts.pop_front();
            self.up_until = self.now + self.up_samples;
        }
        let step = match self.now < self.up_until {
            true => self.rise,
            false => -self.release,
        };
        self.now += 1;
        if (step < 0.0 && self.position <= 0.0) || (step > 0.0 && self.position >= 1.0) {
            return self.position;
        }
        self.position = (self.position + step).clamp(0.0, 1.0);
        if self.position >= 1.0 {
            1.0
        } else {
            0.5 - 0.5 * (PI * self.position).cos()
        }
    }
}
