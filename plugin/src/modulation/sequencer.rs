//! A sequencer's value at a place of its steps.

use netbend_dsp::number::{cut, low_bits, nearest_f32, nearest_f64, signed};
use netbend_models::bends::modulation::{STEPS, Sequencer};

/// Just before the next step.
const ALMOST_ONE: f64 = 1.0 - 1.0 / super::STEPS_OF_A_CYCLE;

/// The value, 0–1, after so many `steps` from its beginning.
pub(super) fn value(sequencer: &Sequencer, steps: f64) -> f32 {
    let steps = super::snapped(steps);
    // Of two steps the second comes late.
    let pair = (steps / 2.0).floor();
    let within = steps - 2.0 * pair;
    let second = 1.0 + 0.5 * f64::from(sequencer.swing);
    let (is_second, since) = match within < second {
        true => (false, within),
        false => (true, within - second),
    };
    let number = cut::<i64>(pair)
        .wrapping_mul(2)
        .wrapping_add(i64::from(is_second));
    let length = signed(sequencer.length.clamp(1, STEPS));
    let at = |number: i64| {
        let place = low_bits::<usize>(number.rem_euclid(length));
        sequencer.values.get(place).copied().unwrap_or(0.0)
    };
    let (to, glide) = (at(number), f64::from(sequencer.glide));
    if since >= glide {
        return to;
    }
    let from = at(number.wrapping_sub(1));
    from + nearest_f32(since / glide) * (to - from)
}

/// The value where notes take it on: after so many of them, the last one `since` steps ago. The first note plays the first step, which
/// is there before it, too. Swing counts for nothing.
pub(super) fn played(sequencer: &Sequencer, notes: i64, since: f64) -> f32 {
    let glide = match notes {
        ..=1 => 0.0,
        _ => sequencer.glide,
    };
    let even = Sequencer {
        glide,
        swing: 0.0,
        ..*sequencer
    };
    let step = notes.saturating_sub(1).max(0);
    value(&even, nearest_f64(step) + since.clamp(0.0, ALMOST_ONE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(glide: f32, swing: f32) -> Sequencer {
        let mut sequencer = Sequencer {
            length: 3,
            glide,
            swing,
            ..Sequencer::default()
        };
        sequencer.values[..4].copy_from_slice(&[0.25, 0.5, 1.0, 0.75]);
        sequencer
    }

    #[test]
    fn steps_follow_each_other_round_and_round() {
        let sequencer = steps(0.0, 0.0);
        let at = |place: f64| value(&sequencer, place);
        let played: Vec<f32> = (0..7).map(|step| at(f64::from(step) + 0.5)).collect();
        assert_eq!(played, [0.25, 0.5, 1.0, 0.25, 0.5, 1.0, 0.25]);
        assert_eq!((at(1.0 - 1e-9), at(-0.5), at(-1.5)), (0.5, 1.0, 0.5));
    }

    #[test]
    fn a_glide_ends_within_its_step_and_swing_makes_second_steps_late() {
        let sequencer = steps(0.5, 0.0);
        assert_eq!(value(&sequencer, 1.25), 0.375);
        assert_eq!(value(&sequencer, 1.5), 0.5);
        let sequencer = steps(0.0, 0.5);
        assert_eq!(
            (value(&sequencer, 1.2), value(&sequencer, 1.25)),
            (0.25, 0.5)
        );
        assert_eq!((value(&sequencer, 2.0), value(&sequencer, 3.1)), (1.0, 1.0));
    }

    #[test]
    fn notes_take_it_from_step_to_step_and_time_does_not() {
        let sequencer = steps(0.5, 0.7);
        for (notes, since, expected) in [
            (0, 100.0, 0.25),
            (1, 0.0, 0.25),
            (1, 1e9, 0.25),
            (2, 0.0, 0.25),
            (2, 0.25, 0.375),
            (2, 0.5, 0.5),
            (2, 50.0, 0.5),
            (3, 1.0, 1.0),
            (4, 0.5, 0.25),
            (i64::MIN, 0.0, 0.25),
        ] {
            assert_eq!(
                played(&sequencer, notes, since),
                expected,
                "{notes} {since}"
            );
        }
    }
}
