//! A contact sheet: a spectrogram of each variation, numbered, in rows.

use std::path::Path;

use anyhow::{Context as _, Result};
use netbend_audio_file::Audio;
use netbend_dsp::StftGeometry;
use netbend_dsp::number::{cut, low_bits, nearest_f32};
use netbend_dsp::spectrogram::{analyze, magnitudes};

use crate::replace::replace;
use netbend::offline::audition::magma;

/// A picture, in pixels, and between two.
const TILE: (usize, usize) = (240, 120);
const GAP: usize = 8;
/// Rows of a number above each picture.
const HEAD: usize = 14;
/// From black to white, in dB below a full-scale sine.
const RANGE_DB: (f32, f32) = (-75.0, -10.0);
/// What is shown, in Hz, on an axis of octaves.
const RANGE_HZ: (f32, f32) = (40.0, 18_000.0);
/// Frames of the pictures.
const FRAME: (usize, u32) = (2_048, 44_100);
/// Digits, three pixels wide: five rows from above, whose highest bit is left.
const DIGITS: [[u8; 5]; 10] = [
    [7, 5, 5, 5, 7],
    [2, 6, 2, 2, 7],
    [7, 1, 7, 4, 7],
    [7, 1, 7, 1, 7],
    [5, 5, 7, 1, 1],
    [7, 4, 7, 1, 7],
    [7, 4, 7, 5, 7],
    [7, 1, 1, 2, 2],
    [7, 5, 7, 5, 7],
    [7, 5, 7, 1, 7],
];
const INK: [u8; 3] = [220, 220, 220];
const GROUND: [u8; 3] = [18, 18, 20];

/// Takes sounds in order.
pub(super) struct Sheet {
    columns: usize,
    size: (usize, usize),
    pixels: Vec<u8>,
    added: usize,
    geometry: StftGeometry,
}

impl Sheet {
    /// For `count` sounds at the rate of `audio`.
    pub(super) fn new(count: u32, audio: &Audio) -> Result<Self> {
        let count = usize::try_from(count)?.max(1);
        let columns = (1..)
            .find(|columns| columns * columns >= count)
            .unwrap_or(1);
        let rows = count.div_ceil(columns);
        let size = (
            columns * (TILE.0 + GAP) + GAP,
            rows * (TILE.1 + HEAD + GAP) + GAP,
        );
        Ok(Self {
            columns,
            pixels: GROUND.repeat(size.0 * size.1),
            size,
            added: 0,
            geometry: StftGeometry::for_model(nearest_f32(audio.sample_rate), FRAME.0, FRAME.1)?,
        })
    }

    /// Adds the picture of a sound, `[channel][sample]`.
    pub(super) fn add(&mut self, channels: &[Vec<f32>]) -> Result<()> {
        let (row, column) = (self.added / self.columns, self.added % self.columns);
        let left = GAP + column * (TILE.0 + GAP);
        let top = GAP + row * (TILE.1 + HEAD + GAP);
        self.added += 1;
        self.number(left, top, self.added);
        let samples = channels.first().map_or(0, Vec::len);
        let mono: Vec<f32> = (0..samples)
            .map(|n| channels.iter().filter_map(|channel| channel.get(n)).sum())
            .map(|sum: f32| sum / nearest_f32(channels.len().max(1)))
            .collect();
        let heard = magnitudes(&analyze(&mono, self.geometry)?);
        let bin_hz = self.geometry.sample_rate / nearest_f32(self.geometry.fft_size);
        let octaves = (RANGE_HZ.1 / RANGE_HZ.0).log2();
        for x in 0..TILE.0 {
            let of = |x: usize| x * heard.nrows() / TILE.0;
            let frames = of(x)..of(x + 1).max(of(x) + 1).min(heard.nrows());
            for y in 0..TILE.1 {
                let hz = |y: usize| {
                    let share = nearest_f32(y) / nearest_f32(TILE.1);
                    RANGE_HZ.0 * (octaves * share).exp2()
                };
                let bin = |hz: f32| cut::<usize>((hz / bin_hz).round());
                let bins = bin(hz(y))..bin(hz(y + 1)).max(bin(hz(y)) + 1);
                let cells = frames.clone().flat_map(|frame| {
                    let heard = &heard;
                    bins.clone().filter_map(move |bin| heard.get((frame, bin)))
                });
                let loudest = cells.fold(0.0_f32, |loudest, cell| loudest.max(*cell));
                let db = 20.0 * loudest.max(1e-7).log10();
                let share = (db - RANGE_DB.0) / (RANGE_DB.1 - RANGE_DB.0);
                self.dot(left + x, top + HEAD + TILE.1 - 1 - y, magma(share));
            }
        }
        Ok(())
    }

    /// Writes it as a PNG.
    pub(super) fn write(&self, path: &Path) -> Result<()> {
        let mut file = Vec::new();
        let size = (low_bits::<u32>(self.size.0), low_bits::<u32>(self.size.1));
        let mut encoder = png::Encoder::new(&mut file, size.0, size.1);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let named = || path.display().to_string();
        let mut writer = encoder.write_header().with_context(named)?;
        writer.write_image_data(&self.pixels).with_context(named)?;
        writer.finish().with_context(named)?;
        replace(path, &file)
    }

    fn number(&mut self, left: usize, top: usize, number: usize) {
        for (place, digit) in format!("{number:02}").bytes().enumerate() {
            let rows = DIGITS.get(usize::from(digit.wrapping_sub(b'0')));
            for (y, row) in rows.into_iter().flatten().enumerate() {
                for x in (0..3).filter(|x| row & (4 >> x) != 0) {
                    let at = (left + (place * 4 + x) * 2, top + y * 2);
                    for (right, down) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                        self.dot(at.0 + right, at.1 + down, INK);
                    }
                }
            }
        }
    }

    fn dot(&mut self, x: usize, y: usize, colour: [u8; 3]) {
        let place = 3 * (y * self.size.0 + x);
        if let Some(pixel) = self.pixels.get_mut(place..place + 3) {
            pixel.copy_from_slice(&colour);
        }
    }
}
