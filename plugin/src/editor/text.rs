//! Text that stays inside its place: what does not fit ends in an ellipsis.

use std::sync::Arc;

use egui::text::{LayoutJob, TextWrapping};
use egui::{Align, Color32, Galley, Rect, Ui, pos2};
use netbend_dsp::number::cut;

use super::theme;

/// Draws one line in `rect`, centred upright and at its left, middle or right.
pub fn line(ui: &Ui, rect: Rect, text: &str, points: f32, colour: Color32, align: Align) {
    let galley = layout(ui, text, points, colour, rect.width(), 1);
    let spare = rect.width() - galley.size().x;
    let left = rect.left() + spare * align.to_factor();
    let at = pos2(left, rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(at, galley, colour);
}

/// Draws lines from the top of `rect`, as many as fit.
pub fn paragraph(ui: &Ui, rect: Rect, text: &str, colour: Color32) {
    let font = theme::font(theme::SMALL);
    let height = ui.fonts_mut(|fonts| fonts.row_height(&font));
    let rows = cut::<usize>((rect.height() / height).floor().max(1.0));
    let galley = layout(ui, text, theme::SMALL, colour, rect.width(), rows);
    ui.painter().galley(rect.min, galley, colour);
}

fn layout(
    ui: &Ui,
    text: &str,
    points: f32,
    colour: Color32,
    width: f32,
    rows: usize,
) -> Arc<Galley> {
    let mut job = LayoutJob::simple(text.to_owned(), theme::font(points), colour, width);
    job.wrap = TextWrapping {
        max_width: width,
        max_rows: rows,
        break_anywhere: rows == 1,
        ..TextWrapping::default()
    };
    ui.painter().layout_job(job)
}
