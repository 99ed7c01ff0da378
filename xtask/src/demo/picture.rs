//! Draws the dry sound, the bent sound and the automation, one above the other on one time axis.

use std::path::Path;

use anyhow::{Context, Result};
use epaint_default_fonts::UBUNTU_LIGHT;
use netbend_tests::audio::Audio;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::register_font;

use super::score::Score;
use crate::magma::{Colours, MAGMA};
use crate::spectrogram::Spectrogram;

type Area<'a> = DrawingArea<BitMapBackend<'a>, Shift>;

const SIZE: (u32, u32) = (1500, 1200);
const SPECTROGRAM_HEIGHT: u32 = 480;
const LEVEL_SCALE_WIDTH: u32 = 130;
const LABEL_WIDTH: u32 = 84;
const MARGIN: u32 = 14;
const FONT: &str = "sans-serif";
const FREQUENCIES_HZ: std::ops::Range<f64> = 40.0..16_000.0;
const LEVELS_DB: std::ops::Range<f32> = -90.0..0.0;

/// Writes the picture as a PNG.
pub fn draw(path: &Path, dry: &Audio, bent: &Audio, score: &Score) -> Result<()> {
    // The machine may have no font at all, so the picture brings its own.
    register_font(FONT, FontStyle::Normal, UBUNTU_LIGHT)
        .map_err(|_| anyhow::anyhow!("the built-in font could not be read"))?;
    let root = BitMapBackend::new(path, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let (upper, rest) = root.split_vertically(SPECTROGRAM_HEIGHT);
    let (lower, controls) = rest.split_vertically(SPECTROGRAM_HEIGHT);
    draw_spectrogram(&upper, "dry", dry)?;
    draw_spectrogram(&lower, "bent", bent)?;
    draw_score(&controls, score, dry.seconds())?;
    root.present()
        .with_context(|| format!("could not write {}", path.display()))
}

fn draw_spectrogram(area: &Area<'_>, title: &str, audio: &Audio) -> Result<()> {
    let spectrogram = Spectrogram::of(audio)?;
    let colours = Colours::of(LEVELS_DB);
    let (area, scale) = area.split_horizontally(SIZE.0 - LEVEL_SCALE_WIDTH);
    let mut chart = ChartBuilder::on(&area)
        .caption(title, (FONT, 26))
        .margin(MARGIN)
        .x_label_area_size(50)
        .y_label_area_size(LABEL_WIDTH)
        .build_cartesian_2d(0.0..audio.seconds(), FREQUENCIES_HZ.log_scale())?;

    let plot = chart.plotting_area().strip_coord_spec();
    let (width, height) = plot.dim_in_pixel();
    let octaves = (FREQUENCIES_HZ.end / FREQUENCIES_HZ.start).log2();
    for x in 0..width {
        let seconds = audio.seconds() * f64::from(x) / f64::from(width);
        for y in 0..height {
            let up = 1.0 - f64::from(y) / f64::from(height);
            let hz = FREQUENCIES_HZ.start * (up * octaves).exp2();
            let colour = colours.of_level(spectrogram.level_db(seconds, hz));
            plot.draw_pixel((x as i32, y as i32), &colour)?;
        }
    }
    chart
        .configure_mesh()
        .disable_mesh()
        .label_style((FONT, 18))
        .axis_desc_style((FONT, 20))
        .x_desc("time / s")
        .y_desc("frequency / Hz")
        .x_label_formatter(&|seconds| format!("{seconds:.0}"))
        .y_label_formatter(&|&hz| label_hz(hz))
        .y_labels(20)
        .draw()?;
    draw_level_scale(&scale, &colours)
}

/// Labels 1, 2 and 5 of each decade: more would run into each other.
fn label_hz(hz: f64) -> String {
    let leading = (hz / 10f64.powf(hz.log10().floor())).round();
    if [1.0, 2.0, 5.0].contains(&leading) {
        format!("{hz:.0}")
    } else {
        String::new()
    }
}

fn draw_level_scale(area: &Area<'_>, colours: &Colours) -> Result<()> {
    let mut chart = ChartBuilder::on(area)
        .caption(" ", (FONT, 26))
        .margin(MARGIN)
        .margin_bottom(MARGIN + 50)
        .right_y_label_area_size(70)
        .build_cartesian_2d(0.0..1.0, LEVELS_DB)?;
    let plot = chart.plotting_area().strip_coord_spec();
    let (width, height) = plot.dim_in_pixel();
    for y in 0..height {
        let up = 1.0 - y as f32 / height as f32;
        let level_db = LEVELS_DB.start + up * (LEVELS_DB.end - LEVELS_DB.start);
        let line = [(0, y as i32), (width as i32, y as i32)];
        plot.draw(&PathElement::new(line, colours.of_level(level_db)))?;
    }
    chart
        .configure_mesh()
        .disable_mesh()
        .label_style((FONT, 18))
        .axis_desc_style((FONT, 20))
        .y_desc("level / dB")
        .y_label_formatter(&|level_db| format!("{level_db:.0}"))
        .draw()?;
    Ok(())
}

fn draw_score(area: &Area<'_>, score: &Score, seconds: f64) -> Result<()> {
    let (area, _) = area.split_horizontally(SIZE.0 - LEVEL_SCALE_WIDTH);
    let mut chart = ChartBuilder::on(&area)
        .caption(score.caption(), (FONT, 22))
        .margin(MARGIN)
        .x_label_area_size(50)
        .y_label_area_size(LABEL_WIDTH)
        .build_cartesian_2d(0.0..seconds, 0.0..1.0)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .label_style((FONT, 18))
        .axis_desc_style((FONT, 20))
        .x_desc("time / s")
        .x_label_formatter(&|seconds| format!("{seconds:.0}"))
        .y_labels(3)
        .draw()?;
    for (curve, colour) in score.curves().iter().zip([MAGMA[4], MAGMA[2]]) {
        let points = (0..=200).map(|step| f64::from(step) / 200.0);
        let line = points.map(|t| (t * seconds, (curve.value)(t)));
        chart
            .draw_series(LineSeries::new(line, colour.stroke_width(3)))?
            .label(curve.name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 24, y)], colour.stroke_width(3)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .label_font((FONT, 20))
        .background_style(WHITE.mix(0.8))
        .border_style(TRANSPARENT)
        .draw()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_needs_no_font_on_the_machine() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("picture.png");
        let dry = super::super::drum_loop();
        draw(&path, &dry, &dry, &Score::new(dry.samples())).unwrap();
        assert!(std::fs::metadata(&path).unwrap().len() > 0);
    }
}
