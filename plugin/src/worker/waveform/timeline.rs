//! The controls of the frames of late, and what came in with them. Pool threads.

use std::collections::VecDeque;

use netbend_dsp::number::low_bits;

use crate::stream::controls::Controls;

/// What is kept of each frame, by its number; of frames that are not there it is the nearest.
#[derive(Debug, Default)]
pub(super) struct Timeline {
    controls: VecDeque<Controls>,
    /// Number of the oldest.
    first: i64,
}

impl Timeline {
    /// Forgets everything: frame `next` comes first.
    pub(super) fn begin(&mut self, next: i64) {
        self.controls.clear();
        self.first = next;
    }

    pub(super) fn push(&mut self, controls: Controls) {
        self.controls.push_back(controls);
    }

    /// The controls of frame `number`.
    pub(super) fn at(&self, number: i64) -> Controls {
        let place = low_bits::<usize>(number.saturating_sub(self.first).max(0));
        let last = self.controls.len().saturating_sub(1);
        self.controls
            .get(place.min(last))
            .copied()
            .unwrap_or_default()
    }

    /// Lets go of frames before number `number`, but for the last.
    pub(super) fn forget_before(&mut self, number: i64) {
        while self.first < number && self.controls.len() > 1 {
            self.controls.pop_front();
            self.first += 1;
        }
    }
}

/// Samples of one channel, by their place since the run of hops began.
#[derive(Debug, Default)]
pub(super) struct Track {
    samples: VecDeque<f32>,
    /// Place of the oldest.
    first: i64,
}

impl Track {
    /// Forgets everything: the sample at place 0 comes first.
    pub(super) fn begin(&mut self) {
        self.samples.clear();
        self.first = 0;
    }

    pub(super) fn push(&mut self, samples: &[f32]) {
        self.samples.extend(samples);
    }

    /// Place of the sample that comes next.
    pub(super) fn end(&self) -> i64 {
        self.first + low_bits::<i64>(self.samples.len())
    }

    /// Writes the samples from `place` on; 0 where there are none.
    pub(super) fn read(&self, place: i64, to: &mut [f32]) {
        for (n, to) in (0_i64..).zip(to) {
            let at = usize::try_from(place + n - self.first).ok();
            *to = at
                .and_then(|at| self.samples.get(at))
                .copied()
                .unwrap_or(0.0);
        }
    }

    /// Lets go of samples before `place`.
    pub(super) fn forget_before(&mut self, place: i64) {
        let gone = usize::try_from(place - self.first).unwrap_or(0);
        let gone = gone.min(self.samples.len());
        self.samples.drain(..gone);
        self.first += low_bits::<i64>(gone);
    }
}
