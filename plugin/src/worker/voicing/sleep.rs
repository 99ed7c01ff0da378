//! Sleep through long silence: once everything that remembers sound has heard so much of it that more changes nothing, frames of
//! it are only counted, and the first frame of sound finds all as it would have found it. Pool threads.

use std::collections::VecDeque;

/// Silent frames in a row before sleep: more than the window of the model that ships has (125), and far more than any phase
/// method or voice remembers.
pub(super) const FRAMES_TO_SLEEP: usize = 128;

/// Which of the frames that are on their way are slept through.
pub(super) struct Sleep {
    /// Silent frames in a row after which those that follow are slept through.
    frames_to_sleep: usize,
    /// Silent frames in a row up to the newest.
    silent_frames: usize,
    /// Whether each frame that was pushed and not yet popped is slept through, oldest first.
    slept: VecDeque<bool>,
}

impl Sleep {
    /// For strides of that many frames.
    pub(super) fn new(stride_frames: usize) -> Self {
        Self {
            frames_to_sleep: FRAMES_TO_SLEEP,
            silent_frames: 0,
            slept: VecDeque::with_capacity(stride_frames),
        }
    }

    /// As [`new`](Self::new), but after that many silent frames.
    #[cfg(test)]
    pub(super) fn after(frames_to_sleep: usize) -> Self {
        Self {
            frames_to_sleep,
            ..Self::new(0)
        }
    }

    /// No frame came before.
    pub(super) fn reset(&mut self) {
        self.silent_frames = 0;
        self.slept.clear();
    }

    /// A frame comes in. Whether it is slept through.
    pub(super) fn push(&mut self, is_silent: bool) -> bool {
        self.silent_frames = match is_silent {
            true => self.silent_frames.saturating_add(1),
            false => 0,
        };
        let sleeps = self.silent_frames > self.frames_to_sleep;
        self.slept.push_back(sleeps);
        sleeps
    }

    /// The oldest frame goes out. Whether it is slept through.
    pub(super) fn pop(&mut self) -> bool {
        self.slept.pop_front().unwrap_or(false)
    }

    /// Whether the newest frame is slept through.
    #[cfg(test)]
    pub(super) fn is_asleep(&self) -> bool {
        self.slept.back() == Some(&true)
    }
}
