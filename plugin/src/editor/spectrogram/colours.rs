//! The colours of a level, and of a change of level.

use std::sync::LazyLock;

use egui::{Color32, ColorImage};
use netbend_dsp::number::{cut, nearest_f32};

use crate::report::magma::magma;
use crate::report::scope::{RANGE_DB, ROWS};

/// A change of so many decibels has the brightest colour.
const CHANGE_DB: f32 = 24.0;
/// A change is as clear as the louder of both is, from the darkest level up to here.
const CLEAR: f32 = 0.5;
/// Louder, and softer: red and blue, which every eye tells apart.
const LOUDER: [f32; 3] = [255.0, 92.0, 72.0];
const SOFTER: [f32; 3] = [64.0, 150.0, 255.0];
const NOTHING: [f32; 3] = [13.0, 14.0, 19.0];

static LEVELS: LazyLock<[Color32; 256]> = LazyLock::new(|| {
    std::array::from_fn(|index| {
        let [r, g, b] = magma(nearest_f32(index) / 255.0);
        Color32::from_rgb(r, g, b)
    })
});

/// The colour of a level, 0–1.
pub fn level(level: f32) -> Color32 {
    // What is beyond the range is its nearer end, and NaN is 0.
    LEVELS[usize::from(cut::<u8>(level * 255.0))]
}

/// Decibels of a level, 0–1 over the scope's range.
pub fn decibels(level: f32) -> f32 {
    RANGE_DB.0 + level * (RANGE_DB.1 - RANGE_DB.0)
}

/// The colour of what became of a level: red where it is louder, blue where it is softer, dark where it is the same or neither is heard.
pub fn change(input: f32, output: f32) -> Color32 {
    let change = (decibels(output) - decibels(input)) / CHANGE_DB;
    let clear = (input.max(output) / CLEAR).clamp(0.0, 1.0);
    let share = change.clamp(-1.0, 1.0) * clear;
    let share = if share.is_nan() { 0.0 } else { share };
    let end = if share > 0.0 { LOUDER } else { SOFTER };
    let [r, g, b] = [0, 1, 2].map(|channel: usize| {
        let nothing = NOTHING[channel];
        cut::<u8>((nothing + (end[channel] - nothing) * share.abs()).round())
    });
    Color32::from_rgb(r, g, b)
}

/// Columns (lowest band first) as an image (highest band at the top); `colour` is told what came in and what went out.
pub fn image(
    [input, output]: [&[[f32; ROWS]]; 2],
    colour: impl Fn(f32, f32) -> Color32 + Copy,
) -> ColorImage {
    let columns = input.len();
    let pixels = (0..ROWS).rev().flat_map(|row| {
        let pairs = input.iter().zip(output);
        pairs.map(move |(input, output)| colour(input[row], output[row]))
    });
    ColorImage::new([columns, ROWS], pixels.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brightness_rises_with_level_and_nan_is_dark() {
        let luma = |share: f32| {
            let [r, g, b, _] = level(share).to_array();
            2 * u32::from(r) + 7 * u32::from(g) + u32::from(b)
        };
        let levels: Vec<_> = (0..=20).map(|step| luma(step as f32 / 20.0)).collect();
        assert!(
            levels.windows(2).all(|pair| pair[0] < pair[1]),
            "{levels:?}"
        );
        assert_eq!(level(f32::NAN), level(0.0));
        assert_eq!(level(7.0), level(1.0));
    }

    #[test]
    fn louder_is_red_softer_is_blue_and_the_same_is_dark() {
        let [up, down, same] = [change(0.5, 0.8), change(0.8, 0.5), change(0.8, 0.8)];
        assert!(up.r() > 200 && up.b() < 100, "{up:?}");
        assert!(down.b() > 200 && down.r() < 100, "{down:?}");
        assert_eq!(same, change(0.0, 0.0));
        assert_eq!(change(f32::NAN, f32::NAN), same);
        // What nobody hears is not shown as if it were loud.
        assert!(change(0.0, 0.05).r() < 60);
    }
}
