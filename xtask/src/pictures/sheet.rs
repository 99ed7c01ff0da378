//! A sheet of spectrograms: a grid of sounds on the same axes and one scale of colours.

use std::rc::Rc;

use anyhow::{Context, Result};
use epaint_default_fonts::UBUNTU_LIGHT;
use netbend_tests::audio::Audio;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::register_font;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::palette::Pixels;
use super::scenes::Scene;
use crate::magma::Colours;
use crate::spectrogram::Spectrogram;

type Area<'a> = DrawingArea<BitMapBackend<'a>, Shift>;

const WIDTH: i32 = 1120;
/// Height of one spectrogram.
const CELL_HEIGHT: i32 = 156;
/// Pixels that show one moment: 25 ms or so, about a frame of the network, in half as many bytes.
const STEP: i32 = 2;
/// Between spectrograms.
const GAP: i32 = 8;
const TOP: i32 = 32;
const BOTTOM: i32 = 36;
const LEFT: i32 = 92;
const RIGHT: i32 = 76;
const SCALE_WIDTH: i32 = 16;
const TICK: i32 = 5;

const FONT: &str = "sans-serif";
const TEXT: f64 = 18.0;

const LOWEST_HZ: f64 = 30.0;
const HIGHEST_HZ: f64 = 16_000.0;
const FREQUENCIES: [(f64, &str); 4] = [
    (100.0, "100 Hz"),
    (500.0, "500 Hz"),
    (2_000.0, "2 kHz"),
    (10_000.0, "10 kHz"),
];
const LEVELS_DB: std::ops::Range<f32> = -80.0..-5.0;
const LEVEL_TICK_DB: i32 = 20;
/// Colours of the level scale, and greys of the letters.
const SHADES: usize = 20;
const GREYS: usize = 8;

/// Draws the sounds, `[row][column]`, as a PNG.
pub fn draw(scene: &Scene, sounds: &[Vec<Rc<Audio>>]) -> Result<Vec<u8>> {
    // The machine may have no font at all, so the picture brings its own.
    register_font(FONT, FontStyle::Normal, UBUNTU_LIGHT)
        .map_err(|_| anyhow::anyhow!("the built-in font could not be read"))?;
    let columns = scene.columns.len() as i32;
    let rows = scene.rows.len() as i32;
    let sheet = Sheet {
        cell_width: (WIDTH - LEFT - RIGHT - (columns - 1) * GAP) / columns,
        bottom: TOP + rows * CELL_HEIGHT + (rows - 1) * GAP,
        colours: Colours::of(LEVELS_DB),
    };
    let size = (WIDTH as u32, (sheet.bottom + BOTTOM) as u32);
    let mut rgb = vec![255; size.0 as usize * size.1 as usize * 3];
    {
        let area = BitMapBackend::with_buffer(&mut rgb, size).into_drawing_area();
        sheet.draw(&area, scene, sounds)?;
        area.present().context("could not draw")?;
    }
    Pixels { size, rgb }.to_png(&sheet.palette())
}

struct Sheet {
    cell_width: i32,
    /// Of the lowest row.
    bottom: i32,
    colours: Colours,
}

impl Sheet {
    fn draw(&self, area: &Area<'_>, scene: &Scene, sounds: &[Vec<Rc<Audio>>]) -> Result<()> {
        for (row, sounds) in sounds.iter().enumerate() {
            let top = TOP + row as i32 * (CELL_HEIGHT + GAP);
            for (column, sound) in sounds.iter().enumerate() {
                self.spectrogram(area, (self.left(column), top), sound)?;
            }
            let middle = top + CELL_HEIGHT / 2;
            let name = text(HPos::Center, VPos::Top).transform(FontTransform::Rotate270);
            area.draw_text(&scene.rows[row], &name, (12, middle))?;
            self.frequencies(area, top)?;
        }
        for (column, title) in scene.columns.iter().enumerate() {
            let middle = self.left(column) + self.cell_width / 2;
            let above = text(HPos::Center, VPos::Bottom);
            area.draw_text(title, &above, (middle, TOP - 6))?;
            let seconds = sounds[0][column].seconds();
            self.times(area, self.left(column), seconds)?;
        }
        self.levels(area)
    }

    fn left(&self, column: usize) -> i32 {
        LEFT + column as i32 * (self.cell_width + GAP)
    }

    fn spectrogram(&self, area: &Area<'_>, (left, top): (i32, i32), sound: &Audio) -> Result<()> {
        let spectrogram = Spectrogram::of(sound)?;
        for x in 0..self.cell_width {
            let middle = f64::from(x - x % STEP) + f64::from(STEP) / 2.0;
            let seconds = sound.seconds() * middle / f64::from(self.cell_width);
            for y in 0..CELL_HEIGHT {
                // Overlapping, so that noise is less grainy.
                let band = hz_of_row(y + 2)..hz_of_row(y);
                let colour = self.shade(spectrogram.band_level_db(seconds, band));
                area.draw_pixel((left + x, top + y), &colour)?;
            }
        }
        Ok(())
    }

    /// The nearest of the scale's colours.
    fn shade(&self, level_db: f32) -> RGBColor {
        let (quiet, loud) = (LEVELS_DB.start, LEVELS_DB.end);
        let share = ((level_db - quiet) / (loud - quiet)).clamp(0.0, 1.0);
        let last = (SHADES - 1) as f32;
        let share = (share * last).round() / last;
        self.colours.of_level(quiet + share * (loud - quiet))
    }

    fn palette(&self) -> Vec<RGBColor> {
        let shades = (0..SHADES).map(|step| {
            let share = step as f32 / (SHADES - 1) as f32;
            self.shade(LEVELS_DB.start + share * (LEVELS_DB.end - LEVELS_DB.start))
        });
        let greys = (0..GREYS).map(|step| {
            let grey = (255 * step / (GREYS - 1)) as u8;
            RGBColor(grey, grey, grey)
        });
        shades.chain(greys).collect()
    }

    fn frequencies(&self, area: &Area<'_>, top: i32) -> Result<()> {
        for (hz, label) in FREQUENCIES {
            let up = (erb(hz) - erb(LOWEST_HZ)) / (erb(HIGHEST_HZ) - erb(LOWEST_HZ));
            let y = top + (f64::from(CELL_HEIGHT) * (1.0 - up)).round() as i32;
            tick(area, (LEFT - TICK, y), (LEFT - 1, y))?;
            let before = text(HPos::Right, VPos::Center);
            area.draw_text(label, &before, (LEFT - TICK - 4, y))?;
        }
        Ok(())
    }

    fn times(&self, area: &Area<'_>, left: i32, seconds: f64) -> Result<()> {
        // A label at the right edge would run into the next column's first.
        for second in 0..=(seconds - 0.2) as i32 {
            let x = left + (f64::from(self.cell_width) * f64::from(second) / seconds) as i32;
            tick(area, (x, self.bottom), (x, self.bottom + TICK))?;
            let label = if second == 0 {
                String::from("0")
            } else {
                format!("{second} s")
            };
            let below = text(HPos::Center, VPos::Top);
            area.draw_text(&label, &below, (x, self.bottom + TICK + 4))?;
        }
        Ok(())
    }

    fn levels(&self, area: &Area<'_>) -> Result<()> {
        let left = WIDTH - RIGHT + 2 * GAP;
        let span = LEVELS_DB.end - LEVELS_DB.start;
        let height = self.bottom - TOP;
        for y in 0..height {
            let up = 1.0 - y as f32 / height as f32;
            let line = [(left, TOP + y), (left + SCALE_WIDTH, TOP + y)];
            let colour = self.shade(LEVELS_DB.start + up * span);
            area.draw(&PathElement::new(line, colour))?;
        }
        let ticks = LEVELS_DB.start as i32..=LEVELS_DB.end as i32;
        for level_db in ticks.filter(|level_db| level_db % LEVEL_TICK_DB == 0) {
            let up = (level_db as f32 - LEVELS_DB.start) / span;
            let y = TOP + (height as f32 * (1.0 - up)).round() as i32;
            let right = left + SCALE_WIDTH;
            tick(area, (right, y), (right + TICK, y))?;
            let behind = text(HPos::Left, VPos::Center);
            area.draw_text(&level_db.to_string(), &behind, (right + TICK + 4, y))?;
        }
        let unit = text(HPos::Left, VPos::Bottom);
        area.draw_text("dB", &unit, (left, TOP - 6))?;
        Ok(())
    }
}

/// Frequency as the ear divides it, in equivalent rectangular bandwidths (Glasberg and Moore 1990, eq. 4): between
/// even and logarithmic, as the network's bins are even and pitch is not.
fn erb(hz: f64) -> f64 {
    21.4 * (1.0 + 0.004_37 * hz).log10()
}

/// The frequency at the upper edge of a spectrogram's pixel row.
fn hz_of_row(row: i32) -> f64 {
    let up = 1.0 - f64::from(row) / f64::from(CELL_HEIGHT);
    let erb = erb(LOWEST_HZ) + up * (erb(HIGHEST_HZ) - erb(LOWEST_HZ));
    (10f64.powf(erb / 21.4) - 1.0) / 0.004_37
}

fn tick(area: &Area<'_>, from: (i32, i32), to: (i32, i32)) -> Result<()> {
    area.draw(&PathElement::new([from, to], BLACK))?;
    Ok(())
}

fn text(horizontal: HPos, vertical: VPos) -> TextStyle<'static> {
    (FONT, TEXT)
        .into_text_style(&(WIDTH as u32, TOP as u32))
        .color(&BLACK)
        .pos(Pos::new(horizontal, vertical))
}
