//! Matplotlib's colour map *magma* (CC0): as bright as the sound is loud, to every eye.

use netbend_dsp::number::{cut, nearest_f32};

/// The map at equal steps from dark to bright.
const STEPS: [[u8; 3]; 11] = [
    [0, 0, 4],
    [20, 14, 54],
    [59, 15, 112],
    [100, 26, 128],
    [140, 41, 129],
    [183, 55, 121],
    [222, 73, 104],
    [247, 112, 92],
    [254, 159, 109],
    [254, 207, 146],
    [252, 253, 191],
];

/// Red, green and blue of a level, 0–1; what is beyond is its nearer end, and what is no number is dark.
pub fn magma(level: f32) -> [u8; 3] {
    let level = if level > 0.0 { level.min(1.0) } else { 0.0 };
    let position = level * nearest_f32(STEPS.len() - 1);
    let below = cut::<usize>(position).min(STEPS.len() - 2);
    let share = position - nearest_f32(below);
    std::array::from_fn(|channel| {
        let [from, to] = [STEPS[below], STEPS[below + 1]].map(|colour| f32::from(colour[channel]));
        cut::<u8>((from + (to - from) * share).round())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_are_dark_and_bright_and_nothing_is_beyond_them() {
        for (level, colour) in [
            (0.0, STEPS[0]),
            (-3.0, STEPS[0]),
            (f32::NAN, STEPS[0]),
            (0.3, STEPS[3]),
            (1.0, STEPS[10]),
            (9.0, STEPS[10]),
        ] {
            assert_eq!(magma(level), colour, "{level}");
        }
    }
}
