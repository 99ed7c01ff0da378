//! Joins strides of frames. Pool thread.
//!
//! [`SeamJoiner`] does it without extra latency, [`CrossFade`] where latency allows. What they leave repeats with the stride;
//! [`StrideComb`] takes that out where the sound is steady ([`Steadiness`]).
//!
//! The network sees a new window for every stride, and two windows never predict quite the same
//! frame. So the new window also predicts the last frame already emitted; what was emitted minus
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
    /// What the stride's prediction of the last frame lacked, in dB.
    offset_db: Vec<f32>,
    last_emitted_db: Vec<f32>,
    /// False until a frame was emitted: there is nothing to join to.
    has_emitted: bool,
    fade_frames: usize,
    /// Frames of this stride so far.
    frame: usize,
}

impl SeamJoiner {
    /// A joiner for frames of `bins` bins whose corrections last `fade_frames` frames.
    ///
    /// # Errors
    /// [`DspError::Size`] if `bins` is 0 or above 8193, or `fade_frames` above 1024.
    pub fn new(bins: usize, fade_frames: usize) -> Result<Self, DspError> {
        check_size("bins", bins, 1, crate::geometry::MAX_FFT_SIZE / 2 + 1)?;
        check_size("fade_frames", fade_frames, 0, 1_024)?;
        Ok(Self {
            offset_db: vec![0.0; bins],
            last_emitted_db: vec![0.0; bins],
            has_emitted: false,
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

    /// Begins a stride with the new window's prediction, in dB, of the last frame emitted.
    /// Bins without a finite prediction are not corrected.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn begin_stride(&mut self, predicted_last_db: &[f32]) {
        self.frame = 0;
        self.offset_db.fill(0.0);
        if !self.has_emitted {
            return;
        }
        let lasts = self.last_emitted_db.iter().zip(predicted_last_db);
        for (offset, (emitted, predicted)) in self.offset_db.iter_mut().zip(lasts) {
            let difference = emitted - predicted;
            if difference.is_finite() {
                *offset = difference.clamp_nan(-MAX_OFFSET_DB, MAX_OFFSET_DB);
            }
        }
    }

    /// Corrects the stride's next frame, in dB, and remembers it as the last one emitted.
    /// The correction is full at the frame before the stride and zero `fade_frames + 1` frames on.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn apply(&mut self, frame_db: &mut [f32]) {
        if self.frame < self.fade_frames {
            let weight =
                nearest_f32(self.fade_frames - self.frame) / nearest_f32(self.fade_frames + 1);
            for (db, offset) in frame_db.iter_mut().zip(&self.offset_db) {
                *db += weight * offset;
            }
        }
        self.frame = self.frame.saturating_add(1);
        for (last, db) in self.last_emitted_db.iter_mut().zip(frame_db.iter()) {
            *last = *db;
        }
        self.has_emitted = true;
    }

    /// Forgets the last frame: the next stride is not joined to anything.
    pub fn reset(&mut self) {
        self.has_emitted = false;
        self.frame = 0;
        self.offset_db.fill(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_predictions_change_nothing_at_all() {
        let mut joiner = SeamJoiner::new(4, 8).unwrap();
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
        let mut joiner = SeamJoiner::new(1, 4).unwrap();
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
        let mut joiner = SeamJoiner::new(1, 8).unwrap();
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
    fn nonsense_does_not_reach_the_next_stride() {
        let mut joiner = SeamJoiner::new(2, 8).unwrap();
        joiner.apply(&mut [f32::NAN, f32::INFINITY]);
        joiner.begin_stride(&[0.0, f32::NAN]);
        let mut frame = [1.0, 2.0];
        joiner.apply(&mut frame);
        assert_eq!(frame, [1.0, 2.0]);
    }

    #[test]
    fn reset_leaves_nothing_to_join() {
        let mut joiner = SeamJoiner::new(1, 8).unwrap();
        joiner.apply(&mut [20.0]);
        joiner.reset();
        joiner.begin_stride(&[0.0]);
        let mut frame = [1.0];
        joiner.apply(&mut frame);
        assert_eq!(frame, [1.0]);
    }
}
