//! How large everything is drawn: the screen's scale, the user's zoom, and what is drawn smaller so that a small window holds it. GUI thread.
//!
//! What is laid out needs [`LEAST`] points. A window of fewer is drawn smaller, by steps down to [`SMALLEST`]; one that is smaller still, as where
//! a host refuses the size that a zoom asks for, scrolls.

use std::sync::Arc;

use egui::{Context, Key, KeyboardShortcut, Modifiers, Vec2, ViewportCommand, vec2};
use netbend_dsp::number::nearest_f32;
use nice_plug_egui::Frame;

use super::preferences::Preferences;
use crate::params::window::{Pixels, WindowState};

/// Width and height that the layout needs, in points: [`SMALLEST_EDITOR_SIZE`](crate::params::SMALLEST_EDITOR_SIZE) drawn at [`SMALLEST`].
pub const LEAST: Vec2 = vec2(960.0, 613.0);
/// No further is anything drawn smaller.
pub const SMALLEST: f32 = 0.75;
/// By how much: not by any amount, since each has letters of its own to be drawn.
const STEP: f32 = 0.05;

const LARGER: [KeyboardShortcut; 2] = [
    KeyboardShortcut::new(Modifiers::COMMAND, Key::Plus),
    KeyboardShortcut::new(Modifiers::COMMAND, Key::Equals),
];
const SMALLER: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Minus);
const AS_MADE: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Num0);

/// The zoom of one window.
pub struct Zoom {
    state: Arc<WindowState>,
    /// What the user chose.
    pub preferences: Preferences,
    /// The size of the last picture.
    seen: Option<Pixels>,
    /// Sizes that a zoom leads to and from: in those, the user chose no other size.
    own: [Option<Pixels>; 2],
}

impl Zoom {
    /// For a window of that state.
    pub fn new(state: Arc<WindowState>) -> Self {
        Self {
            state,
            preferences: Preferences::default(),
            seen: None,
            own: [None; 2],
        }
    }

    /// A window opens.
    pub fn open(&mut self, context: &Context) {
        self.preferences = Preferences::read();
        (self.seen, self.own) = (None, [None; 2]);
        context.memory_mut(|memory| {
            let options = &mut memory.options;
            options.zoom_factor = self.preferences.zoom() * self.state.stretch();
            // Its steps are others, and nobody would remember them.
            options.zoom_with_keyboard = false;
        });
    }

    /// Follows the window's size and the keys. Once a picture, before anything is laid out.
    pub fn follow(&mut self, context: &Context, frame: &Frame) {
        let size = frame.baseview_window().size();
        let pixels = (size.physical.width, size.physical.height);
        self.state.set_system(size.scale_factor);
        self.state.set_pixels(Some(pixels));
        let per_point = self.preferences.zoom() * self.per_point();
        let points = of(pixels) / per_point;
        if self.seen.is_some_and(|seen| seen != pixels) && !self.own.contains(&Some(pixels)) {
            self.state.set_points(points.x, points.y);
            self.own = [None; 2];
        }
        self.seen = Some(pixels);
        let zoom = self.preferences.zoom() * self.state.stretch() * fit(points);
        if (context.zoom_factor() - zoom).abs() > 1e-4 {
            context.set_zoom_factor(zoom);
        }
        if let Some(zoom) = self.typed(context) {
            self.choose(context, zoom);
        }
    }

    /// Chooses a zoom, keeps it, and asks for the window to be as large as it is then.
    pub fn choose(&mut self, context: &Context, zoom: f32) {
        self.preferences.set_zoom(zoom);
        self.preferences.write();
        let wanted = self.state.pixels_at(self.preferences.zoom());
        self.own = [self.seen, Some(wanted)];
        let per_point = nearest_f32(self.state.system()) * context.zoom_factor();
        let size = of(wanted) / per_point;
        context.send_viewport_cmd(ViewportCommand::InnerSize(size));
    }

    /// Pixels of a point at 100 %.
    fn per_point(&self) -> f32 {
        nearest_f32(self.state.system()) * self.state.stretch()
    }

    fn typed(&self, context: &Context) -> Option<f32> {
        context.input_mut(|input| {
            if LARGER.iter().any(|keys| input.consume_shortcut(keys)) {
                return Some(self.preferences.zoom_beside(1));
            }
            if input.consume_shortcut(&SMALLER) {
                return Some(self.preferences.zoom_beside(-1));
            }
            input.consume_shortcut(&AS_MADE).then_some(1.0)
        })
    }
}

fn of((width, height): Pixels) -> Vec2 {
    vec2(nearest_f32(width), nearest_f32(height))
}

/// By what a window of so many points is drawn smaller, so that the layout has room.
fn fit(points: Vec2) -> f32 {
    let room = (points.x / LEAST.x).min(points.y / LEAST.y);
    // A rounding to whole pixels does not make a step.
    let stepped = ((room + 2e-3) / STEP).floor() * STEP;
    stepped.clamp(SMALLEST, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::SMALLEST_EDITOR_SIZE;
    use crate::params::window::EDITOR_SIZE;

    #[test]
    fn the_smallest_window_holds_what_is_laid_out() {
        let (width, height) = SMALLEST_EDITOR_SIZE;
        let points = vec2(width as f32, height as f32);
        assert_eq!(fit(points), SMALLEST);
        let laid_out = points / fit(points);
        assert!(laid_out.x >= LEAST.x - 0.5 && laid_out.y >= LEAST.y - 0.5);
    }

    #[test]
    fn a_window_as_it_opens_and_larger_is_drawn_as_it_is() {
        let (width, height) = EDITOR_SIZE;
        assert_eq!(fit(vec2(width as f32, height as f32)), 1.0);
        assert_eq!(fit(LEAST), 1.0);
        assert_eq!(fit(vec2(4_000.0, 3_000.0)), 1.0);
    }

    #[test]
    fn in_between_there_is_room_at_every_step() {
        for height in 460..613 {
            for width in [720.0, 800.0, 900.0, 1_000.0] {
                let points = vec2(width, height as f32);
                let laid_out = points / fit(points);
                assert!(laid_out.x > LEAST.x - 3.0 && laid_out.y > LEAST.y - 3.0);
            }
        }
        assert_eq!(fit(vec2(100.0, 100.0)), SMALLEST, "then it scrolls");
    }
}
