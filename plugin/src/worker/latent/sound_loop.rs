//! A loop of frames in network units, to be read round and round.

use netbend_dsp::decibel::DecibelScale;
use netbend_dsp::number::{nearest_f32, nearest_f64};

/// Frames over which a loop's beginning grows out of its end.
const JOIN_FRAMES: usize = 3;

/// How much of the last frame is in the frame at `position` where a loop begins again, 0–1.
pub(in crate::worker) fn share_of_end(position: usize) -> f32 {
    if position < JOIN_FRAMES {
        nearest_f32(JOIN_FRAMES - position) / nearest_f32(JOIN_FRAMES + 1)
    } else {
        0.0
    }
}

/// The mean power of frames `[frame][bin]` in network units, in dB relative to their level; −∞ for silence.
pub(super) fn power_db(units: &[f32], bins: usize, scale: &DecibelScale) -> f32 {
    let audible = units.iter().filter(|unit| **unit > 0.0);
    let power: f64 = audible
        .map(|unit| f64::from(10.0_f32.powf(0.1 * scale.db_from_unit(*unit))))
        .sum();
    let frames = (units.len() / bins).max(1);
    nearest_f32(10.0 * (power / nearest_f64(frames)).log10())
}

/// As many frames as reach the latent.
#[derive(Debug)]
pub(super) struct SoundLoop {
    bins: usize,
    /// `[frame][bin]`.
    units: Vec<f32>,
    power_db: f32,
}

impl SoundLoop {
    /// A loop of the frames `units`, `[frame][bin]`, that begins as it ended.
    pub(super) fn joined(mut units: Vec<f32>, bins: usize, scale: &DecibelScale) -> Self {
        let last = units.len().saturating_sub(bins);
        let (before, end) = units.split_at_mut(last);
        for (position, frame) in before.chunks_exact_mut(bins).enumerate() {
            let share = share_of_end(position);
            if share == 0.0 {
                break;
            }
            for (unit, end) in frame.iter_mut().zip(end.iter()) {
                *unit += share * (end - *unit);
            }
        }
        Self {
            bins,
            power_db: power_db(&units, bins, scale),
            units,
        }
    }

    /// Adds the window `[frames, bins]` to `out` that begins at frame `turn` of the loop and goes once
    /// round, its mean power being `power_db` (relative to the level). Frames beyond repeat its last.
    pub(super) fn window(
        &self,
        turn: usize,
        frames: usize,
        power_db: f32,
        scale: &DecibelScale,
        out: &mut Vec<f32>,
    ) {
        let count = self.units.len() / self.bins;
        let raised_db = power_db - self.power_db;
        let raised = if raised_db.is_nan() {
            0.0 // both are silent
        } else {
            raised_db / (scale.reference_db - scale.floor_db)
        };
        for frame in 0..frames {
            let place = (frame.min(count - 1) + turn) % count;
            let units = &self.units[place * self.bins..][..self.bins];
            // What lies at the scale's floor is silence, and stays so.
            out.extend(units.iter().map(|&unit| match unit > 0.0 {
                true => (unit + raised).clamp(0.0, scale.max_unit()),
                false => 0.0,
            }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCALE: DecibelScale = DecibelScale {
        floor_db: -80.0,
        reference_db: 0.0,
        ceiling_db: 20.0,
    };

    fn sound() -> SoundLoop {
        let units = (0..10).map(|n| (n + 1) as f32 / 16.0).collect();
        SoundLoop::joined(units, 1, &SCALE)
    }

    #[test]
    fn a_loop_begins_as_it_ended_and_turns() {
        let (sound, mut window) = (sound(), Vec::new());
        let sixteenths = |window: &[f32]| -> Vec<f32> {
            window
                .iter()
                .map(|unit| (unit * 1600.0).round() / 100.0)
                .collect()
        };
        sound.window(0, 12, sound.power_db, &SCALE, &mut window);
        let expected = [
            7.75, 6.0, 4.75, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 10.0, 10.0,
        ];
        assert_eq!(sixteenths(&window), expected);
        window.clear();
        sound.window(8, 12, sound.power_db, &SCALE, &mut window);
        let expected = [
            9.0, 10.0, 7.75, 6.0, 4.75, 4.0, 5.0, 6.0, 7.0, 8.0, 8.0, 8.0,
        ];
        assert_eq!(sixteenths(&window), expected);
    }

    #[test]
    fn a_window_has_the_power_it_is_asked_for() {
        let (sound, mut window) = (sound(), Vec::new());
        for wanted_db in [-40.0, -20.0, -10.0] {
            window.clear();
            sound.window(3, 10, wanted_db, &SCALE, &mut window);
            let found_db = power_db(&window, 1, &SCALE);
            assert!((found_db - wanted_db).abs() < 0.1, "{found_db}");
        }
        window.clear();
        sound.window(3, 10, f32::NEG_INFINITY, &SCALE, &mut window);
        assert!(window.iter().all(|unit| *unit == 0.0));
        let silence = SoundLoop::joined(vec![0.0; 10], 1, &SCALE);
        window.clear();
        silence.window(0, 10, -10.0, &SCALE, &mut window);
        assert!(window.iter().all(|unit| *unit == 0.0));
    }
}
