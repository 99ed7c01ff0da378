//! Smooth random: gradient noise over time.

use netbend_dsp::number::nearest_f32;
use netbend_models::bends::draws;

/// The value, 0–1, after so many `cycles`. It is 0.5 at every whole one.
pub(crate) fn value(seed: u32, cycles: f64) -> f32 {
    nearest_f32(0.5 + draws::noise(u64::from(seed), super::snapped(cycles)))
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
