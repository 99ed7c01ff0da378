//! An oscillator's value at a place of its cycle.

use std::f64::consts::TAU;

use netbend_dsp::number::{cut, nearest_f32, nearest_f64};
use netbend_models::bends::draws;
use netbend_models::bends::modulation::{Lfo, POINTS, Shape};

/// The value, 0–1, after so many `cycles` from its beginning. `attacks` attacks were heard before, so that draws that begin anew are others.
pub(crate) fn value(lfo: &Lfo, cycles: f64, attacks: i64) -> f32 {
    let cycles = super::snapped(cycles + f64::from(lfo.phase));
    let number = cycles.floor();
    let place = cycles - number;
    let value = match lfo.shape {
        Shape::Sine => 0.5 + 0.5 * (TAU * place).sin(),
        Shape::Triangle => 1.0 - (2.0 * place - 1.0).abs(),
        Shape::SawUp => place,
        Shape::SawDown => 1.0 - place,
        Shape::Square if place < 0.5 => 1.0,
        Shape::Square => 0.0,
        Shape::SampleHold => draws::unit(
            u64::from(lfo.seed),
            cut::<i64>(number).wrapping_sub(attacks),
        ),
        Shape::Drawn => drawn(&lfo.points, place),
    };
    nearest_f32(value)
}

/// Between two points, and from the last one to the first.
fn drawn(points: &[f32; POINTS], place: f64) -> f64 {
    let along = place * nearest_f64(POINTS);
    let from = cut::<usize>(along) % POINTS;
    let share = along - along.floor();
    let [from, to] = [from, (from + 1) % POINTS].map(|point| f64::from(points[point]));
    from + share * (to - from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(shape: Shape, cycles: f64) -> f32 {
        let mut points = [0.0; POINTS];
        points[16] = 1.0;
        let lfo = Lfo {
            shape,
            points,
            ..Lfo::default()
        };
        value(&lfo, cycles, 0)
    }

    #[test]
    fn shapes_are_what_they_are_called() {
        for (shape, values) in [
            (Shape::Sine, [0.5, 1.0, 0.5, 0.0]),
            (Shape::Triangle, [0.0, 0.5, 1.0, 0.5]),
            (Shape::SawUp, [0.0, 0.25, 0.5, 0.75]),
            (Shape::SawDown, [1.0, 0.75, 0.5, 0.25]),
            (Shape::Square, [1.0, 1.0, 0.0, 0.0]),
            (Shape::Drawn, [0.0, 0.0, 1.0, 0.0]),
        ] {
            for (quarter, expected) in values.into_iter().enumerate() {
                for cycle in [0.0, 7.0, -3.0] {
                    let found = at(shape, cycle + quarter as f64 / 4.0);
                    assert!(
                        (found - expected).abs() < 1e-6,
                        "{shape:?} at {quarter}/4: {found}"
                    );
                }
            }
        }
        assert!((at(Shape::Drawn, 15.5 / 32.0) - 0.5).abs() < 1e-6);
    }

    #[test]
    fn a_draw_is_held_for_a_cycle_and_a_rounding_error_is_no_other_one() {
        let held = at(Shape::SampleHold, 4.0);
        assert_eq!(at(Shape::SampleHold, 4.999), held);
        assert_ne!(at(Shape::SampleHold, 5.0), held);
        assert_eq!(at(Shape::SampleHold, 4.0 - 1e-9), held);
        assert_eq!(at(Shape::Square, 1.0 - 1e-9), 1.0);
    }
}
