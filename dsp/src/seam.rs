//! Joins strides of frames. Pool thread.
//!
//! [`SeamJoiner`] does it without extra latency, [`CrossFade`] where latency allows. What they leave repeats with the stride;
//! [`StrideComb`] takes that out where the sound is steady ([`Steadiness`]).
//!
//! The network sees a new window for every stride, and two windows never predict quite the same
//! frame. So the new window also predicts a frame already emitted, as a rule the last one; what was emitted minus
//! that prediction, per bin in dB, is added to the new frames and fades out linearly. One joiner
//! serves one quantity: use one for the difference gain and one for the model magnitude.

pub mod comb;
pub mod cross_fade;
pub mod steadiness;

pub use comb::StrideComb;
pub use cross_fade::CrossFade;
pub use steadiness::Steadiness;

use crate::DspError;
use crate::clamp::ClampNan;
use crate::error::check_size;
use crate::number::nearest_f32;

/// The longest default fade, in frames.
pub const DEFAULT_FADE_FRAMES: usize = 8;

/// The largest correction, in dB: the range of the network's scale.
pub const MAX_OFFSET_DB: f32 = 100.0;

/// Adds a fading per-bin correction to the frames of each new stride.
pub struct SeamJoiner {
    /// What the stride's prediction of the frame it is joined to lacked, in dB.
    offset_db: Vec<f32>,
    /// The frames emitted last, `[frame][bin]`, the oldest of them first.
    emitted_db: Vec<f32>,
    /// How many there are of them since the last reset: there is nothing to join to until there is one in each place.
    emitted: usize,
    fade_frames: usize,
    /// Frames of this stride so far.
    frame: usize,
}

impl SeamJoiner {
    /// A joiner for frames of `bins` bins whose corrections last `fade_frames` frames. A stride is joined to the frame that was emitted
    /// `distance` frames before its first, 1 being the last one.
    ///
    /// # Errors
    /// [`DspError::Size`] if `bins` is 0 or above 8193, `fade_frames` above 1024, or `distance` 0 or above 1024.
    pub fn new(bins: usize, fade_frames: usize, distance: usize) -> Result<Self, DspError> {
        check_size("bins", bins, 1, crate::geometry::MAX_FFT_SIZE / 2 + 1)?;
        check_size("fade_frames", fade_frames, 0, 1_024)?;
        check_size("distance", distance, 1, 1_024)?;
        Ok(Self {
            offset_db: vec![0.0; bins],
            emitted_db: vec![0.0; bins * distance],
            emitted: 0,
            fade_frames,
            frame: 0,
        })
    }

    /// The fade used for strides of `stride` frames: the stride, but at most
    /// [`DEFAULT_FADE_FRAMES`].
    pub const fn default_fade_frames(stride: usize) -> usize {
        if stride < DEFAULT_FADE_FRAMES {
            stride
        } else {
            DEFAULT_FADE_FRAMES
        }
    }

    /// Begins a stride with the new window's prediction, in dB, of the frame it is joined to.
    /// Bins without a finite prediction are not corrected.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn begin_stride(&mut self, predicted_db: &[f32]) {
        self.frame = 0;
        self.offset_db.fill(0.0);
        if self.emitted < self.distance() {
            return;
        }
        let lasts = self.emitted_db.iter().zip(predicted_db);
        for (offset, (emitted, predicted)) in self.offset_db.iter_mut().zip(lasts) {
            let difference = emitted - predicted;
            if difference.is_finite() {
                *offset = difference.clamp_nan(-MAX_OFFSET_DB, MAX_OFFSET_DB);
            }
        }
    }

    /// Corrects the stride's next frame, in dB, and remembers it as emitted.
    /// The correction is full at the frame that the stride is joined to and zero `fade_frames + 1` frames on.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn apply(&mut self, frame_db: &mut [f32]) {
        let (bins, distance) = (self.offset_db.len(), self.distance());
        let on = self.frame.saturating_add(distance - 1);
        if on < self.fade_frames {
            let weight = nearest_f32(self.fade_frames - on) / nearest_f32(self.fade_frames + 1);
            for (db, offset) in frame_db.iter_mut().zip(&self.offset_db) {
                *db += weight * offset;
            }
        }
        self.frame = self.frame.saturating_add(1);
        self.emitted_db.copy_within(bins.., 0);
        let newest = self.emitted_db.iter_mut().skip(bins * (distance - 1));
        for (last, db) in newest.zip(frame_db.iter()) {
            *last = *db;
        }
        self.emitted = self.emitted.saturating_add(1);
    }

    /// Frames from the one that a stride is joined to, to its first.
    fn distance(&self) -> usize {
        self.emitted_db.len() / self.offset_db.len()
    }

    /// Forgets what was emitted: the next stride is not joined to anything.
    pub fn reset(&mut self) {
        self.emitted = 0;
        self.frame = 0;
        self.offset_db.fill(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_predictions_change_nothing_at_all() {
        let mut joiner = SeamJoiner::new(4, 8, 1).unwrap();
        let frame = [-3.3, 0.1, 7.7, -80.0];
        joiner.apply(&mut frame.clone());
        joiner.begin_stride(&frame);
        for n in 0..12 {
            let new = frame.map(|db| db * (n as f32 * 0.31).cos());
            let mut joined = new;
            joiner.apply(&mut joined);
            assert_eq!(joined.map(f32::to_bits), new.map(f32::to_bits));
            assert_eq!(new[0], joined[0]);
        }
    }

    #[test]
    fn a_step_becomes_a_ramp() {
        let mut joiner = SeamJoiner::new(1, 4, 1).unwrap();
        joiner.begin_stride(&[-40.0]); // nothing emitted yet: not joined
        joiner.apply(&mut [10.0]);
        joiner.begin_stride(&[0.0]);
        for expected in [8.0, 6.0, 4.0, 2.0, 0.0, 0.0] {
            let mut frame = [0.0];
            joiner.apply(&mut frame);
            assert!(
                (frame[0] - expected).abs() < 1e-5,
                "{} instead of {expected}",
                frame[0]
            );
        }
    }

    #[test]
    fn a_stride_shorter_than_the_fade_is_still_continuous() {
        let mut joiner = SeamJoiner::new(1, 8, 1).unwrap();
        joiner.apply(&mut [9.0]);
        joiner.begin_stride(&[0.0]);
        let mut frame = [0.0];
        joiner.apply(&mut frame); // 8 dB of correction left
        joiner.begin_stride(&[0.0]);
        frame = [0.0];
        joiner.apply(&mut frame);
        assert!((frame[0] - 8.0 * 8.0 / 9.0).abs() < 1e-5);
    }

    #[test]
    fn a_stride_may_be_joined_to_the_one_before_the_last() {
        // Strides of 2 whose predictions differ by their place: 5 dB more in every second window.
        let mut joiner = SeamJoiner::new(1, 4, 3).unwrap();
        for (predicted, first) in [(0.0, 0.0), (5.0, 5.0), (0.0, 0.0), (5.0, 5.0)] {
            joiner.begin_stride(&[predicted]);
            for _ in 0..2 {
                let mut frame = [first];
                joiner.apply(&mut frame);
                assert_eq!(frame, [first], "no seam is found where there is none");
            }
        }
        // The frame three before the first new one was emitted as 0 and is predicted as -10.
        joiner.reset();
        for _ in 0..3 {
            joiner.begin_stride(&[-10.0]); // too little was emitted: not joined
            joiner.apply(&mut [0.0]);
        }
        joiner.begin_stride(&[-10.0]);
        for expected in [-6.0, -8.0, -10.0] {
            let mut frame = [-10.0];
            joiner.apply(&mut frame);
            assert!((frame[0] - expected).abs() < 1e-5, "{frame:?}");
        }
    }

    #[test]
    fn nonsense_does_not_reach_the_next_stride() {
        let mut joiner = SeamJoiner::new(2, 8, 1).unwrap();
        joiner.apply(&mut [f32::NAN, f32::INFINITY]);
        joiner.begin_stride(&[0.0, f32::NAN]);
        let mut frame = [1.0, 2.0];
        joiner.apply(&mut frame);
        assert_eq!(frame, [1.0, 2.0]);
    }

    #[test]
    fn reset_leaves_nothing_to_join() {
        let mut joiner = SeamJoiner::new(1, 8, 1).unwrap();
        joiner.apply(&mut [20.0]);
        joiner.reset();
        joiner.begin_stride(&[0.0]);
        let mut frame = [1.0];
        joiner.apply(&mut frame);
        assert_eq!(frame, [1.0]);
    }
}
