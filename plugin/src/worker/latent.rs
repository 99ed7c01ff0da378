//! Latent play over time: which loop is held and where the walk stands, frame by frame. Pool threads.
//!
//! Everything counts from the first frame of a run, so that a bounce is what was heard, in every latency
//! mode.

pub(super) mod carrier;
pub(super) mod sound_loop;
pub(super) mod sources;

use netbend_dsp::number::{low_bits, nearest_f64, signed};
use netbend_models::bends::latent_play::{LatentPlay, LatentSource};

/// Frames for which the walk stands still before it takes its next step: as long as controls that move
/// may take from knot to knot.
const WALK_STEP_FRAMES: i64 = 16;
/// Loops kept at once. More than one are needed only while a stride is rendered in which freeze is
/// pressed again.
const MAX_HOLDS: usize = 3;

/// A latent that is drawn, and not encoded from sound.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Draw {
    pub(super) source: LatentSource,
    pub(super) seed: u32,
    /// Where the walk stands, in waypoints; 0 for others.
    pub(super) position: f64,
}

/// Latent play at one frame.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct LatentState {
    /// The frame at which the loop that plays was held, if one is: the loop's newest frame.
    pub(super) hold: Option<i64>,
    /// What is blended in.
    pub(super) draw: Draw,
    /// How much of it, 0–1.
    pub(super) blend: f32,
}

impl LatentState {
    /// Whether anything but the encoded sound plays.
    pub(super) fn is_active(&self) -> bool {
        self.hold.is_some() || self.is_drawn()
    }

    /// Whether a drawn latent takes part.
    pub(super) fn is_drawn(&self) -> bool {
        self.blend > 0.0
    }
}

/// Turns the controls of frame after frame into [`LatentState`]s.
#[derive(Debug)]
pub(super) struct LatentTrack {
    frame_seconds: f64,
    /// Frames a loop has.
    loop_frames: i64,
    /// First and last frame that came.
    first: Option<i64>,
    last: i64,
    /// Where the walk stands at the last frame, in waypoints, and where it stood when it took its last
    /// step.
    position: f64,
    step: f64,
    hold: Option<i64>,
}

impl LatentTrack {
    pub(super) fn new(loop_frames: usize, frame_seconds: f64) -> Self {
        Self {
            frame_seconds,
            loop_frames: signed(loop_frames),
            first: None,
            last: 0,
            position: 0.0,
            step: 0.0,
            hold: None,
        }
    }

    pub(super) fn reset(&mut self) {
        *self = Self::new(low_bits::<usize>(self.loop_frames), self.frame_seconds);
    }

    /// The state at frame `index`, later than all before. Freeze that is on before there is a whole loop
    /// to hold waits for it.
    pub(super) fn advance(&mut self, index: i64, play: &LatentPlay) -> LatentState {
        let passed = index.saturating_sub(self.last).max(0);
        self.position += nearest_f64(passed) * self.frame_seconds * f64::from(play.rate_hz);
        let steps_at = |frame: i64| frame.div_euclid(WALK_STEP_FRAMES);
        if self.first.is_none() || steps_at(index) != steps_at(self.last) {
            self.step = self.position;
        }
        self.last = index;
        let first = *self.first.get_or_insert(index);
        if !play.freeze {
            self.hold = None;
        } else if self.hold.is_none() && index - first + 1 >= self.loop_frames {
            self.hold = Some(index);
        }
        LatentState {
            hold: self.hold,
            draw: Draw {
                source: play.source,
                seed: play.seed,
                position: match play.source {
                    LatentSource::Random => 0.0,
                    LatentSource::Walk => self.step,
                },
            },
            blend: play.blend,
        }
    }
}

/// Makes room for one more hold among those kept, oldest first.
fn make_room<T>(holds: &mut Vec<T>) {
    if holds.len() >= MAX_HOLDS {
        holds.remove(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME_SECONDS: f64 = 0.005;

    fn track() -> LatentTrack {
        LatentTrack::new(125, FRAME_SECONDS)
    }

    #[test]
    fn a_loop_is_held_from_the_frame_freeze_goes_on_until_it_goes_off() {
        let mut track = track();
        let mut play = LatentPlay::default();
        for index in 0..400 {
            play.freeze = (200..300).contains(&index) || index >= 350;
            let hold = track.advance(index, &play).hold;
            let expected = match index {
                200..300 => Some(200),
                350.. => Some(350),
                _ => None,
            };
            assert_eq!(hold, expected, "frame {index}");
        }
    }

    #[test]
    fn freeze_waits_for_a_whole_loop() {
        let mut track = track();
        let play = LatentPlay {
            freeze: true,
            ..LatentPlay::default()
        };
        for index in 0..200 {
            let expected = (index >= 124).then_some(124);
            assert_eq!(track.advance(index, &play).hold, expected);
        }
        track.reset();
        assert_eq!(track.advance(0, &play).hold, None);
    }

    #[test]
    fn a_walk_goes_as_far_as_its_rate_says_however_that_moves() {
        let mut track = track();
        let mut play = LatentPlay {
            source: LatentSource::Walk,
            blend: 1.0,
            ..LatentPlay::default()
        };
        let mut expected = 0.0;
        for index in 0..1_000 {
            play.rate_hz = if index < 500 { 0.5 } else { 2.0 };
            if index > 0 {
                expected += f64::from(play.rate_hz) * FRAME_SECONDS;
            }
            let state = track.advance(index, &play);
            if index % WALK_STEP_FRAMES == 0 {
                assert!((state.draw.position - expected).abs() < 1e-9, "{index}");
            } else {
                assert!(state.draw.position <= expected, "{index}");
            }
        }
    }
}
