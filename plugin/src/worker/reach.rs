//! Which frames a stride is made of, and how far before and behind it frames are read. Pool threads.

/// What a decoder says repeats with its place in the window, in so many frames: its layers double their frames.
const PERIOD: usize = 4;
/// Frames of a survey where a whole window takes longer than a stride may.
const SHORT_SURVEY: usize = 64;

/// The frames of a stride: some before it, to which it is joined, its own, and some that are held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reach {
    /// Frames before the stride, the first of which is the one it is joined to.
    pub(super) before: usize,
    /// Frames that are emitted.
    pub(super) stride: usize,
    /// Frames held back for the next window.
    pub(super) overlap: usize,
}

impl Reach {
    /// Of strides of `stride` frames whose windows, whose newest frame is `last_seen_frame`, overlap by `overlap`. A stride shorter than
    /// what repeats is joined to the stride that lay at the same place of it.
    pub(super) fn new(stride: usize, overlap: usize, last_seen_frame: usize) -> Self {
        let is_short = overlap == 0 && stride > 1 && stride < PERIOD;
        let before = match is_short && last_seen_frame >= 2 * PERIOD {
            true => PERIOD + 1 - stride,
            false => 1,
        };
        Self {
            before,
            stride,
            overlap,
        }
    }

    /// How many frames are read.
    pub(super) fn frames(self) -> usize {
        self.before + self.stride + self.overlap
    }

    /// The first frame of a window that is read where its newest is `last_seen_frame`.
    pub(super) fn first(self, last_seen_frame: usize) -> usize {
        (last_seen_frame + 1).saturating_sub(self.frames())
    }

    /// The first frame of a window that is decoded where its loudness is surveyed: a whole window takes more time than so short a stride
    /// has.
    pub(super) fn first_surveyed(self, last_seen_frame: usize) -> usize {
        match self.stride < PERIOD {
            true => (last_seen_frame + 1).saturating_sub(SHORT_SURVEY.max(self.frames())),
            false => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_stride_is_joined_a_period_before_its_end() {
        assert_eq!(Reach::new(4, 0, 124).before, 1);
        assert_eq!(Reach::new(64, 16, 124).frames(), 81);
        let short = Reach::new(2, 0, 124);
        assert_eq!((short.before, short.frames()), (3, 5));
        // As many frames before the newest one as what repeats has.
        assert_eq!(short.first(124), 120);
        assert_eq!(Reach::new(2, 0, 7).before, 1);
        assert_eq!(Reach::new(1, 0, 124).before, 1);
    }

    #[test]
    fn a_survey_is_as_long_as_there_is_time_for() {
        assert_eq!(Reach::new(4, 0, 124).first_surveyed(124), 0);
        assert_eq!(Reach::new(2, 0, 124).first_surveyed(124), 61);
        assert_eq!(Reach::new(2, 0, 20).first_surveyed(20), 0);
    }
}
