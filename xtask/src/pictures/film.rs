//! Pictures that move: a GIF of what a window shows, small enough for a page.

use std::collections::HashMap;

use anyhow::{Context, Result};
use color_quant::NeuQuant;
use gif::{DisposalMethod, Encoder, Frame, Repeat};
use image::RgbImage;
use image::imageops::{FilterType, resize};

/// The index of what stays as it was; those below it are colours.
const SAME: u8 = 255;
/// One in so many pixels teaches the palette; 1 is the best and slowest.
const SAMPLE: i32 = 5;
/// The film's frames that its palette is drawn from.
const TAUGHT_BY: usize = 4;

/// Frames of one size, in RGB, as they come.
pub struct Film {
    size: (u32, u32),
    frames: Vec<RgbImage>,
}

impl Film {
    /// An empty one, whose frames will be `width` pixels wide.
    pub fn new(width: u32) -> Self {
        Self {
            size: (width, 0),
            frames: Vec::new(),
        }
    }

    /// Adds a picture of `width` × `height` pixels, scaled to the film's width.
    ///
    /// # Errors
    /// Where there are not three bytes a pixel.
    pub fn add(&mut self, (width, height): (u32, u32), rgb: Vec<u8>) -> Result<()> {
        let whole = RgbImage::from_raw(width, height, rgb).context("a picture of another size")?;
        self.size.1 = (self.size.0 * height).div_ceil(width);
        self.frames.push(resize(
            &whole,
            self.size.0,
            self.size.1,
            FilterType::Triangle,
        ));
        Ok(())
    }

    /// The film as a GIF that goes round, `hundredths` of a second a frame.
    ///
    /// # Errors
    /// Where it has no frame, or one that is too large for a GIF.
    pub fn to_gif(&self, hundredths: u16) -> Result<Vec<u8>> {
        let (width, height) = (u16::try_from(self.size.0)?, u16::try_from(self.size.1)?);
        let palette = self.palette().context("a film without a frame")?;
        let mut known = HashMap::new();
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, width, height, &palette.color_map_rgb())?;
        encoder.set_repeat(Repeat::Infinite)?;
        let mut before: Vec<u8> = Vec::new();
        for frame in &self.frames {
            let now: Vec<u8> = frame
                .pixels()
                .map(|&image::Rgb([r, g, b])| {
                    *known.entry([r, g, b]).or_insert_with(|| {
                        u8::try_from(palette.index_of(&[r, g, b, 255])).unwrap_or(0)
                    })
                })
                .collect();
            let changed = now.iter().enumerate().map(|(at, &index)| {
                if before.get(at) == Some(&index) {
                    SAME
                } else {
                    index
                }
            });
            encoder.write_frame(&Frame {
                delay: hundredths,
                dispose: DisposalMethod::Keep,
                transparent: Some(SAME),
                width,
                height,
                buffer: changed.collect::<Vec<_>>().into(),
                ..Frame::default()
            })?;
            before = now;
        }
        drop(encoder);
        Ok(bytes)
    }

    /// Colours for the whole film, from frames spread over it.
    fn palette(&self) -> Option<NeuQuant> {
        let step = self.frames.len().div_ceil(TAUGHT_BY).max(1);
        let taught: Vec<u8> = self
            .frames
            .iter()
            .step_by(step)
            .flat_map(|frame| {
                frame
                    .pixels()
                    .flat_map(|&image::Rgb([r, g, b])| [r, g, b, 255])
            })
            .collect();
        (!taught.is_empty()).then(|| NeuQuant::new(SAMPLE, usize::from(SAME), &taught))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_film_is_a_gif_of_its_frames() {
        let mut film = Film::new(8);
        for shade in [0, 100, 200] {
            let mut pixels = vec![shade; 16 * 8 * 3];
            pixels[..3].copy_from_slice(&[255, 0, 0]);
            film.add((16, 8), pixels).unwrap();
        }
        let bytes = film.to_gif(10).unwrap();
        let mut options = gif::DecodeOptions::new();
        options.set_color_output(gif::ColorOutput::RGBA);
        let mut read = options.read_info(&bytes[..]).unwrap();
        assert_eq!((read.width(), read.height()), (8, 4));
        let mut shades = Vec::new();
        while let Some(frame) = read.read_next_frame().unwrap() {
            assert_eq!(frame.delay, 10);
            let last = &frame.buffer[frame.buffer.len() - 4..];
            shades.push(i32::from(last[0]));
        }
        assert_eq!(shades.len(), 3);
        for (found, wanted) in shades.into_iter().zip([0, 100, 200]) {
            assert!((found - wanted).abs() < 12, "{found} {wanted}");
        }
    }

    #[test]
    fn no_frames_are_no_film() {
        assert!(Film::new(8).to_gif(10).is_err());
        assert!(Film::new(8).add((2, 2), vec![0; 5]).is_err());
    }
}
