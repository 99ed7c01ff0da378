//! Small PNGs: every pixel one of a few colours.

use anyhow::Result;
use plotters::prelude::RGBColor;

/// A picture's pixels, row by row, three bytes each.
pub struct Pixels {
    /// Width and height.
    pub size: (u32, u32),
    /// Red, green, blue.
    pub rgb: Vec<u8>,
}

impl Pixels {
    /// A PNG of the pixels in the colours of `palette` that are nearest to theirs.
    ///
    /// # Errors
    /// If the palette is empty or has more than 256 colours.
    pub fn to_png(&self, palette: &[RGBColor]) -> Result<Vec<u8>> {
        let mut known = std::collections::HashMap::new();
        let indices: Vec<u8> = self
            .rgb
            .chunks_exact(3)
            .map(|rgb| {
                let rgb = [rgb[0], rgb[1], rgb[2]];
                *known.entry(rgb).or_insert_with(|| nearest(palette, rgb))
            })
            .collect();
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.size.0, self.size.1);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_palette(
            palette
                .iter()
                .flat_map(|colour| [colour.0, colour.1, colour.2])
                .collect::<Vec<u8>>(),
        );
        encoder.set_compression(png::Compression::Best);
        encoder.set_filter(png::FilterType::NoFilter); // indices are no shades: their differences mean nothing
        encoder.write_header()?.write_image_data(&indices)?;
        Ok(bytes)
    }
}

fn nearest(palette: &[RGBColor], [r, g, b]: [u8; 3]) -> u8 {
    let distance = |colour: &RGBColor| {
        let parts = [(colour.0, r), (colour.1, g), (colour.2, b)];
        parts
            .map(|(a, b)| (i32::from(a) - i32::from(b)).pow(2))
            .iter()
            .sum::<i32>()
    };
    let nearest = palette.iter().enumerate().min_by_key(|(_, c)| distance(c));
    nearest.map_or(0, |(index, _)| index as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_become_the_nearest_colours_of_the_palette() {
        let palette = [
            RGBColor(0, 0, 0),
            RGBColor(255, 0, 0),
            RGBColor(255, 255, 255),
        ];
        let pixels = Pixels {
            size: (3, 1),
            rgb: vec![10, 0, 0, 200, 30, 30, 250, 255, 240],
        };
        let png = pixels.to_png(&palette).unwrap();
        let mut reader = png::Decoder::new(&png[..]).read_info().unwrap();
        let mut indices = vec![0; 3];
        reader.next_frame(&mut indices).unwrap();
        assert_eq!(indices, [0, 1, 2]);
    }
}
