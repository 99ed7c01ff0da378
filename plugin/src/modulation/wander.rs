//! Smooth random: gradient noise in one dimension (Perlin 1985, with the quintic of Perlin 2002).
//!
//! At every whole cycle there is a slope, drawn from −1 to 1; between two the noise goes from the line of the one to that of the other along 6t⁵ − 15t⁴ + 10t³.

use netbend_dsp::number::{cut, nearest_f32};

use super::draws;

/// The value, 0–1, after so many `cycles`. It is 0.5 at every whole one.
pub(crate) fn value(seed: u32, cycles: f64) -> f32 {
    let cycles = super::snapped(cycles);
    let number = cycles.floor();
    let t = cycles - number;
    let place = cut::<i64>(number);
    let from = t * draws::bipolar(seed, place);
    let to = (t - 1.0) * draws::bipolar(seed, place.wrapping_add(1));
    let share = t * t * t * (t * (6.0 * t - 15.0) + 10.0);
    // Two slopes of 1 meet half-way at 0.5: no more is possible.
    nearest_f32(0.5 + from + share * (to - from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_is_smooth_within_its_bounds_and_the_seeds_own() {
        let way = |seed: u32| -> Vec<f32> {
            (-20_000..20_000)
                .map(|n| value(seed, f64::from(n) / 100.0))
                .collect()
        };
        let (one, other) = (way(1), way(2));
        assert!(one.iter().all(|value| (0.0..=1.0).contains(value)));
        let step = one
            .windows(2)
            .map(|two| (two[1] - two[0]).abs())
            .fold(0.0, f32::max);
        assert!(step < 0.03, "{step}");
        let (least, most) = one.iter().fold((1.0_f32, 0.0_f32), |(least, most), value| {
            (least.min(*value), most.max(*value))
        });
        assert!(least < 0.2 && most > 0.8, "{least} to {most}");
        assert_ne!(one, other);
        assert_eq!(value(1, 3.0), 0.5);
    }
}
