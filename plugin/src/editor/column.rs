//! A slot's panel is three columns of lines: how they are laid out, whatever the slot.

use egui::{Align, Rect, Ui, vec2};

use super::theme::{self, Tone};
use super::warning::{About, Warning};
use super::{knob, text};

/// Height of the panel in points.
pub const HEIGHT: f32 = theme::PADDING * 2.0 + theme::ROW + LINE_GAP + knob::SIZE.1;
/// Between two lines of controls.
pub const LINE_GAP: f32 = 7.0;
/// Shares of the width: where, which, how.
pub const COLUMNS: [f32; 3] = [0.30, 0.33, 0.37];

/// The text of the warning, if it is about that choice.
pub fn about(warning: &Option<Warning>, choice: About) -> Option<&str> {
    warning
        .as_ref()
        .filter(|warning| warning.about == choice)
        .map(|warning| warning.text.as_str())
}

/// Draws the name of a line of controls at its left; returns the rest.
pub fn named(ui: &Ui, line: Rect, name: &str, width: f32, tone: Tone) -> Rect {
    text::line(
        ui,
        line.with_max_x(line.left() + width),
        name,
        theme::SMALL,
        tone.name(),
        Align::Min,
    );
    line.with_min_x(line.left() + width)
}

/// The first line of a column, and what is below it.
pub fn head(column: Rect) -> (Rect, Rect) {
    let head = Rect::from_min_size(column.min, vec2(column.width(), theme::ROW));
    (head, column.with_min_y(head.bottom() + LINE_GAP))
}

/// Cuts `width` off the right of `rest`, for a knob.
pub fn cut_right(rest: &mut Rect, width: f32) -> Rect {
    let cut = rest.with_min_x(rest.right() - width);
    rest.max.x -= width;
    cut
}
