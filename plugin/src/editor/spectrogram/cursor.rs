//! The cursor over the pictures: note, hertz, and how loud that is as it comes in and as it goes out.

use egui::{Align2, Color32, CornerRadius, Pos2, Rect, Stroke, Ui, pos2, vec2};
use netbend_dsp::number::{cut, nearest_f32};
use netbend_models::bends::pads::note_name;

use super::colours::decibels;
use super::scales::hertz;
use crate::editor::theme;
use crate::report::scope::{RANGE_DB, ROWS};

/// What the pointer is over.
pub struct Cursor {
    /// Share of a picture's width, from its left.
    pub across: f32,
    /// Share of its height, from its bottom.
    pub up: f32,
}

impl Cursor {
    /// Where `at` lies in `picture`.
    pub fn new(picture: Rect, at: Pos2) -> Self {
        Self {
            across: ((at.x - picture.left()) / picture.width()).clamp(0.0, 1.0),
            up: ((picture.bottom() - at.y) / picture.height()).clamp(0.0, 1.0),
        }
    }

    /// The row it is over.
    pub fn row(&self) -> usize {
        cut::<usize>((self.up * nearest_f32(ROWS)).floor()).min(ROWS - 1)
    }

    /// Lines through both pictures, and words beside the pointer that stay inside of `bounds`.
    pub fn show(&self, ui: &Ui, pictures: [Rect; 2], at: Pos2, bounds: Rect, words: &str) {
        let stroke = Stroke::new(1.0, Color32::from_white_alpha(110));
        for picture in pictures {
            let y = picture.bottom() - self.up * picture.height();
            let x = picture.left() + self.across * picture.width();
            ui.painter().hline(picture.x_range(), y, stroke);
            ui.painter().vline(x, picture.y_range(), stroke);
        }
        let font = theme::font(theme::SMALL);
        let galley = ui
            .painter()
            .layout_no_wrap(words.to_owned(), font, theme::TEXT);
        let size = galley.size() + vec2(14.0, 8.0);
        // Right of and above the pointer, or where there is room.
        let left = if at.x + 14.0 + size.x > bounds.right() {
            at.x - 14.0 - size.x
        } else {
            at.x + 14.0
        };
        let top = if at.y - 10.0 - size.y < bounds.top() {
            at.y + 14.0
        } else {
            at.y - 10.0 - size.y
        };
        let ground = Rect::from_min_size(pos2(left.max(bounds.left()), top), size);
        let radius = CornerRadius::same(theme::RADIUS);
        ui.painter()
            .rect_filled(ground, radius, Color32::from_black_alpha(210));
        ui.painter()
            .galley(ground.min + vec2(7.0, 4.0), galley, theme::TEXT);
    }
}

/// What is at a share `up` of a picture's height, `seconds` ago: levels in and out, 0–1.
pub fn words(up: f32, [input, output]: [f32; 2], seconds: Option<f32>) -> String {
    let hertz = hertz(up);
    let frequency = if hertz < 1_000.0 {
        format!("{hertz:.0} Hz")
    } else {
        format!("{:.2} kHz", hertz / 1_000.0)
    };
    let change = decibels(output) - decibels(input);
    let change = if is_floor(input) && is_floor(output) {
        String::from("silent")
    } else if change.abs() < 0.05 {
        String::from("as it was")
    } else {
        let sign = if change < 0.0 { "−" } else { "+" };
        format!("{sign}{:.1} dB", change.abs())
    };
    let ago = seconds.map_or_else(String::new, |seconds| format!("   −{seconds:.2} s"));
    format!(
        "{}   {frequency}{ago}\nin {}   out {}   {change}",
        note(hertz),
        level(input),
        level(output)
    )
}

/// The note of equal temperament that is nearest; note 69 is 440 Hz.
fn note(hertz: f32) -> String {
    note_name(cut::<u8>((12.0 * (hertz / 440.0).log2() + 69.0).round()))
}

fn is_floor(level: f32) -> bool {
    level <= 0.0
}

fn level(level: f32) -> String {
    if is_floor(level) {
        format!("< −{:.0} dB", -RANGE_DB.0)
    } else {
        let decibels = decibels(level);
        let sign = if decibels < -0.05 { "−" } else { "" };
        format!("{sign}{:.1} dB", decibels.abs())
    }
}

/// The pointer over either picture, if it is over one.
pub fn over(pictures: [Rect; 2], at: Option<Pos2>) -> Option<(Cursor, Pos2)> {
    let at = at?;
    let picture = pictures.into_iter().find(|picture| picture.contains(at))?;
    Some((Cursor::new(picture, at), at))
}

/// The words beside a title: what a click does.
pub fn hint(ui: &Ui, at: Pos2, words: &str) {
    let font = theme::font(theme::TINY);
    ui.painter()
        .text(at, Align2::RIGHT_BOTTOM, words, font, theme::MUTED);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::scope::RANGE_HZ;

    #[test]
    fn notes_are_those_of_equal_temperament() {
        for (hertz, name) in [
            (440.0, "A3"),
            (41.2, "E0"),
            (261.6, "C3"),
            (246.9, "B2"),
            (65.4, "C1"),
            (14_080.0, "A8"),
            (17_740.0, "C#9"),
        ] {
            assert_eq!(note(hertz), name, "{hertz} Hz");
        }
    }

    #[test]
    fn the_words_say_what_became_of_a_level() {
        let said = words(0.0, [0.5, 0.75], Some(1.234));
        assert_eq!(
            said,
            "D#0   40 Hz   −1.23 s\nin −40.0 dB   out −20.0 dB   +20.0 dB"
        );
        let said = words(1.0, [0.0, 0.0], None);
        assert_eq!(said, "C#9   18.00 kHz\nin < −80 dB   out < −80 dB   silent");
        assert!(words(0.5, [1.0, 1.0], None).contains("in 0.0 dB   out 0.0 dB   as it was"));
    }

    #[test]
    fn the_cursors_row_is_the_scopes() {
        let picture = Rect::from_min_max(pos2(10.0, 10.0), pos2(110.0, 106.0));
        let at = |y: f32| Cursor::new(picture, pos2(60.0, y)).row();
        assert_eq!((at(105.5), at(10.0), at(1e9)), (0, ROWS - 1, 0));
        assert_eq!(at(58.0), ROWS / 2);
        assert!((hertz(1.0) - RANGE_HZ.1).abs() < 1.0);
    }
}
