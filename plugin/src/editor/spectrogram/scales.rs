//! Frequencies beside the pictures, times below them.

use egui::{Align2, Color32, Rect, Stroke, Ui, pos2};
use netbend_dsp::number::{cut, nearest_f32};

use crate::editor::theme;
use crate::report::scope::RANGE_HZ;

/// Columns shown.
pub const VISIBLE: usize = 384;

/// Labelled frequencies in hertz.
const FREQUENCIES: [(f32, &str); 4] = [
    (100.0, "100 Hz"),
    (500.0, "500 Hz"),
    (2_000.0, "2 kHz"),
    (10_000.0, "10 kHz"),
];

/// The frequency in hertz at a share of the picture's height, from its bottom.
pub fn hertz(share: f32) -> f32 {
    RANGE_HZ.0 * (RANGE_HZ.1 / RANGE_HZ.0).powf(share)
}

fn grid() -> Stroke {
    Stroke::new(1.0, Color32::from_white_alpha(26))
}

/// Lines across a picture, and what they are at.
pub fn frequencies(ui: &Ui, rect: Rect) {
    for (hertz, name) in FREQUENCIES {
        let share = (hertz / RANGE_HZ.0).ln() / (RANGE_HZ.1 / RANGE_HZ.0).ln();
        let y = ui
            .painter()
            .round_to_pixel_center(rect.bottom() - share * rect.height());
        ui.painter().hline(rect.x_range(), y, grid());
        ui.painter().text(
            pos2(rect.left() - 6.0, y),
            Align2::RIGHT_CENTER,
            name,
            theme::font(10.5),
            theme::MUTED,
        );
    }
}

/// Lines down both pictures, and how long ago they are; `newest` names the right end.
pub fn times(ui: &Ui, pictures: [Rect; 2], frame_rate: f32, newest: &str) {
    let span = nearest_f32(VISIBLE) / frame_rate;
    let step = if span > 1.5 { 0.5 } else { 0.25 };
    let bottom = pictures[1].bottom() + 3.0;
    let text = |x: f32, align: Align2, text: String| {
        ui.painter().text(
            pos2(x, bottom),
            align,
            text,
            theme::font(10.5),
            theme::MUTED,
        );
    };
    text(pictures[1].right(), Align2::RIGHT_TOP, newest.to_owned());
    for mark in 1..cut::<usize>((span / step).ceil().min(20.0)) {
        let seconds = nearest_f32(mark) * step;
        let x = pictures[1].right() - seconds / span * pictures[1].width();
        if x < pictures[1].left() + 14.0 {
            break;
        }
        let x = ui.painter().round_to_pixel_center(x);
        for picture in pictures {
            ui.painter().vline(x, picture.y_range(), grid());
        }
        let digits = if step < 0.5 { 2 } else { 1 };
        text(x, Align2::CENTER_TOP, format!("−{seconds:.digits$} s"));
    }
}
