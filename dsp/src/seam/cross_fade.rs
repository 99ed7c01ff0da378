//! Overlaps strides with a cross-fade. Pool thread.
//!
//! The newest frames of a window are predicted at its edge, without knowing what follows. Where latency allows, they are held back: the
//! next window predicts them again, from farther inside, and takes over by a raised cosine in dB. One cross-fade serves one quantity.

use crate::DspError;
use crate::error::check_size;
use crate::number::nearest_f32;

/// Fades from the former window's prediction to the new one's over the frames that both predict.
pub struct CrossFade {
    /// The former window's prediction, `[frame][bin]`, dB.
    held_db: Vec<f32>,
    bins: usize,
    frames: usize,
    /// Whether the former window's prediction is whole.
    has_held: bool,
    /// Frames of this stride so far.
    frame: usize,
}

impl CrossFade {
    /// A cross-fade over `frames` frames of `bins` bins; over 0 it does nothing.
    ///
    /// # Errors
    /// [`DspError::Size`] if `bins` is 0 or above 8193, or `frames` above 1024.
    pub fn new(bins: usize, frames: usize) -> Result<Self, DspError> {
        check_size("bins", bins, 1, crate::geometry::MAX_FFT_SIZE / 2 + 1)?;
        check_size("frames", frames, 0, 1_024)?;
        Ok(Self {
            held_db: vec![0.0; bins * frames],
            bins,
            frames,
            has_held: false,
            frame: 0,
        })
    }

    /// Fades the stride's next frame in, in dB.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn apply(&mut self, frame_db: &mut [f32]) {
        if self.has_held && self.frame < self.frames {
            let new = share_of_new(self.frame, self.frames);
            let held = &self.held_db[self.frame * self.bins..];
            for (db, held) in frame_db.iter_mut().zip(&held[..self.bins]) {
                let mixed = held + new * (*db - held);
                if mixed.is_finite() {
                    *db = mixed;
                }
            }
        }
        self.frame = self.frame.saturating_add(1);
    }

    /// Keeps the window's prediction of the `place`th frame that is held back, in dB; all of them, in order, end a stride.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn hold(&mut self, place: usize, frame_db: &[f32]) {
        if place >= self.frames {
            return;
        }
        let held = &mut self.held_db[place * self.bins..][..self.bins];
        for (held, db) in held.iter_mut().zip(frame_db) {
            *held = *db;
        }
        self.frame = 0;
        self.has_held = place + 1 == self.frames;
    }

    /// Forgets the former window: the next stride begins without a fade.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn reset(&mut self) {
        self.has_held = false;
        self.frame = 0;
    }
}

/// How much of the new window is in frame `frame` of `frames` that both predict, 0–1: never quite 0 nor 1, because the frames on
/// either side are already all of one window.
fn share_of_new(frame: usize, frames: usize) -> f32 {
    let share = nearest_f32(frame + 1) / nearest_f32(frames + 1);
    0.5 - 0.5 * (std::f32::consts::PI * share).cos()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAMES: usize = 5;

    fn with_held(value: f32) -> CrossFade {
        let mut fade = CrossFade::new(2, FRAMES).unwrap();
        for place in 0..FRAMES {
            fade.hold(place, &[value, -value]);
        }
        fade
    }

    #[test]
    fn a_step_between_windows_becomes_a_raised_cosine() {
        let mut fade = with_held(12.0);
        let mut last = 12.0;
        for n in 0..FRAMES + 2 {
            let mut frame = [0.0, 0.0];
            fade.apply(&mut frame);
            assert!(frame[0] <= last && frame[1] == -frame[0]);
            assert!(last - frame[0] < 12.0 * 0.27, "frame {n}");
            if n == FRAMES / 2 {
                assert!((frame[0] - 6.0).abs() < 1e-5);
            }
            last = frame[0];
        }
        assert_eq!(last, 0.0);
    }

    #[test]
    fn windows_that_agree_are_left_alone_to_the_bit() {
        let mut fade = with_held(-3.3);
        for _ in 0..FRAMES {
            let mut frame = [-3.3, 3.3];
            fade.apply(&mut frame);
            assert_eq!(frame, [-3.3, 3.3]);
        }
    }

    #[test]
    fn without_a_former_window_nothing_fades() {
        for mut fade in [CrossFade::new(2, FRAMES).unwrap(), {
            let mut fade = with_held(9.0);
            fade.reset();
            fade
        }] {
            let mut frame = [1.0, 2.0];
            fade.apply(&mut frame);
            assert_eq!(frame, [1.0, 2.0]);
        }
    }

    #[test]
    fn nonsense_in_one_window_leaves_the_other() {
        let mut fade = with_held(f32::NAN);
        let mut frame = [1.0, 2.0];
        fade.apply(&mut frame);
        assert_eq!(frame, [1.0, 2.0]);
    }
}
