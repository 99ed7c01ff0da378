//! A preset's picture: the synthesised loop bent by it, as small as it can be seen.

use anyhow::Result;
use netbend_dsp::metrics::{BandLevels, CRITICAL_BANDS};
use plotters::prelude::RGBColor;

use crate::magma::Colours;
use crate::pictures::Pixels;

const WIDTH: usize = 160;
/// Pixels of a band, and of a moment.
const BAND: usize = 2;
const MOMENT: usize = 2;
const LEVELS_DB: std::ops::Range<f32> = -75.0..-10.0;
const SHADES: usize = 16;

/// A PNG of critical bands over time, the lowest at the bottom.
///
/// # Errors
/// Where it cannot be written.
pub fn draw(levels: &BandLevels) -> Result<Vec<u8>> {
    let colours = Colours::of(LEVELS_DB);
    let palette: Vec<RGBColor> = (0..SHADES).map(|shade| colour(&colours, shade)).collect();
    let height = CRITICAL_BANDS * BAND;
    let frames = levels.levels_db.nrows();
    let mut rgb = Vec::with_capacity(3 * WIDTH * height);
    for y in 0..height {
        let band = CRITICAL_BANDS - 1 - y / BAND;
        for x in 0..WIDTH {
            let moment = x / MOMENT;
            let from = moment * MOMENT * frames / WIDTH;
            let to = ((moment + 1) * MOMENT * frames / WIDTH)
                .max(from + 1)
                .min(frames);
            let moments = (from..to).map(|frame| levels.levels_db[[frame, band]]);
            let loudest = moments.fold(LEVELS_DB.start, f32::max);
            let share = (loudest - LEVELS_DB.start) / (LEVELS_DB.end - LEVELS_DB.start);
            let shade = (share.clamp(0.0, 1.0) * (SHADES - 1) as f32).round() as usize;
            let RGBColor(red, green, blue) = palette[shade];
            rgb.extend([red, green, blue]);
        }
    }
    Pixels {
        size: (WIDTH as u32, height as u32),
        rgb,
    }
    .to_png(&palette)
}

fn colour(colours: &Colours, shade: usize) -> RGBColor {
    let share = shade as f32 / (SHADES - 1) as f32;
    colours.of_level(LEVELS_DB.start + share * (LEVELS_DB.end - LEVELS_DB.start))
}

#[cfg(test)]
mod tests {
    use netbend_dsp::signal::sine;

    use super::*;

    #[test]
    fn a_picture_is_small() {
        let tone = sine(44_100.0, 2.0, 440.0, 0.5);
        let levels = BandLevels::of(&[tone], 44_100.0).unwrap();
        let png = draw(&levels).unwrap();
        assert!(png.len() < 4_000, "{} bytes", png.len());
        assert!(draw(&BandLevels::of(&[], 44_100.0).unwrap()).is_ok());
    }
}
