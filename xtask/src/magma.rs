//! Matplotlib's colour map *magma* (CC0): as bright as the sound is loud, to every eye.

use plotters::prelude::{ColorMap, DerivedColorMap, RGBColor};

/// The map at nine even steps.
pub const MAGMA: [RGBColor; 9] = [
    RGBColor(0, 0, 4),
    RGBColor(28, 16, 68),
    RGBColor(79, 18, 123),
    RGBColor(129, 37, 129),
    RGBColor(181, 54, 122),
    RGBColor(229, 80, 100),
    RGBColor(251, 135, 97),
    RGBColor(254, 194, 135),
    RGBColor(252, 253, 191),
];

/// The colours of levels in a range.
pub struct Colours {
    map: DerivedColorMap<RGBColor>,
    levels_db: std::ops::Range<f32>,
}

impl Colours {
    /// Black at the range's start, nearly white at its end, and so beyond.
    pub fn of(levels_db: std::ops::Range<f32>) -> Self {
        Self {
            map: DerivedColorMap::new(&MAGMA),
            levels_db,
        }
    }

    /// The colour of a level.
    pub fn of_level(&self, level_db: f32) -> RGBColor {
        let (quiet, loud) = (self.levels_db.start, self.levels_db.end);
        self.map
            .get_color_normalized(level_db.clamp(quiet, loud), quiet, loud)
    }
}
