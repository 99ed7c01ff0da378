//! How large the editor's window is, and in which scale: what the host asks for and what the window itself says. Not saved, and of no meaning to
//! the sound. Any thread but the audio thread.

use crossbeam::atomic::AtomicCell;
use netbend_dsp::number::{cut, nearest_f32};

/// Width and height of a new editor in logical points: beneath a title bar it fits a screen of 1366 × 768.
pub const EDITOR_SIZE: (u32, u32) = (1080, 700);
/// The smallest width and height that the editor takes, in logical points.
pub const SMALLEST_EDITOR_SIZE: (u32, u32) = (720, 460);

/// Scales that are believed.
const SCALES: std::ops::RangeInclusive<f64> = 0.25..=8.0;

/// Width and height in physical pixels.
pub type Pixels = (u32, u32);

/// The window's size, whether it is open or not.
///
/// A *point* is a pixel at a scale of 1 and a zoom of 100 %; scale is the screen's, zoom the user's.
#[derive(Debug)]
pub struct WindowState {
    points: AtomicCell<(f32, f32)>,
    pixels: AtomicCell<Option<Pixels>>,
    system: AtomicCell<Option<f64>>,
    suggested: AtomicCell<Option<f64>>,
    wished: AtomicCell<Option<f64>>,
}

impl Default for WindowState {
    fn default() -> Self {
        let (width, height) = EDITOR_SIZE;
        Self {
            points: AtomicCell::new((nearest_f32(width), nearest_f32(height))),
            pixels: AtomicCell::default(),
            system: AtomicCell::default(),
            suggested: AtomicCell::default(),
            wished: AtomicCell::default(),
        }
    }
}

impl WindowState {
    /// Width and height in points, as the user or the host last chose.
    pub fn points(&self) -> (f32, f32) {
        self.points.load()
    }

    /// The user or the host chose another size.
    pub fn set_points(&self, width: f32, height: f32) {
        if width.is_finite() && height.is_finite() {
            self.points.store((width.max(1.0), height.max(1.0)));
        }
    }

    /// The size that the open window has; `None` while none is open.
    pub fn pixels(&self) -> Option<Pixels> {
        self.pixels.load()
    }

    /// The window has that size now, or is closed.
    pub fn set_pixels(&self, pixels: Option<Pixels>) {
        self.pixels.store(pixels);
    }

    /// The scale that the window's system has.
    pub fn set_system(&self, scale: f64) {
        self.system.store(believed(scale));
    }

    /// The scale that the host suggests.
    pub fn suggested(&self) -> Option<f64> {
        self.suggested.load()
    }

    /// The host suggests a scale. Whether it can be believed.
    pub fn suggest(&self, scale: f64) -> bool {
        let believed = believed(scale);
        if believed.is_some() {
            self.suggested.store(believed);
        }
        believed.is_some()
    }

    /// The user wishes for a scale whatever the system says. Whether it can be believed.
    pub fn wish(&self, scale: f64) -> bool {
        let believed = believed(scale);
        self.wished.store(believed);
        believed.is_some()
    }

    /// The system's scale, as far as it is known.
    pub fn system(&self) -> f64 {
        let known = self.system.load().or(self.suggested.load());
        known.unwrap_or(1.0)
    }

    /// What is drawn larger by than the system's scale says: 1, unless the user wishes otherwise.
    pub fn stretch(&self) -> f32 {
        let wished = self.wished.load();
        nearest_f32(wished.map_or(1.0, |wished| wished / self.system()))
    }

    /// The size in pixels at that zoom.
    pub fn pixels_at(&self, zoom: f32) -> Pixels {
        let (width, height) = self.points();
        let scale = f64::from(zoom * self.stretch()) * self.system();
        let pixels = |points: f32| cut((f64::from(points) * scale).round());
        (pixels(width), pixels(height))
    }
}

fn believed(scale: f64) -> Option<f64> {
    SCALES.contains(&scale).then_some(scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_are_points_in_scale_and_zoom() {
        let state = WindowState::default();
        assert_eq!(state.pixels_at(1.0), (1_080, 700));
        assert_eq!(state.pixels_at(1.5), (1_620, 1_050));
        assert!(state.suggest(2.0));
        assert_eq!(state.pixels_at(1.0), (2_160, 1_400), "the host's");
        state.set_system(1.5);
        assert_eq!(
            state.pixels_at(1.0),
            (1_620, 1_050),
            "the system knows better"
        );
        assert!(state.wish(2.0));
        assert_eq!(state.pixels_at(1.0), (2_160, 1_400), "the user knows best");
        assert_eq!(state.pixels_at(0.75), (1_620, 1_050));
    }

    #[test]
    fn scales_from_outside_are_not_believed() {
        let state = WindowState::default();
        for scale in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e9, 0.1] {
            assert!(!state.suggest(scale) && !state.wish(scale), "{scale}");
            state.set_system(scale);
            assert_eq!(state.pixels_at(1.0), (1_080, 700), "{scale}");
        }
        state.set_points(f32::NAN, 300.0);
        assert_eq!(state.points(), (1_080.0, 700.0));
    }
}
