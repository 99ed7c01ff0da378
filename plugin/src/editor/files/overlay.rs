//! What is said while files are dragged over the window: what a drop would do.

use std::path::PathBuf;

use egui::{Align2, CornerRadius, Id, LayerId, Order, Stroke, StrokeKind, Ui, vec2};

use super::kind;
use crate::editor::theme;

/// Height of the words' middle above that of the names'.
const LINE: f32 = 26.0;
const TITLE: f32 = 22.0;

/// Draws it over everything, where files are dragged. It cannot be clicked. `takes_loops` where there is a player.
pub fn show(ui: &Ui, takes_loops: bool) {
    let paths: Vec<PathBuf> = ui.input(|input| {
        let files = input.raw.hovered_files.iter();
        files.filter_map(|file| file.path.clone()).collect()
    });
    if paths.is_empty() {
        return;
    }
    let is_taken = kind::of(&paths, takes_loops).is_ok();
    let colour = if is_taken {
        theme::ACCENT
    } else {
        theme::WARNING
    };
    let layer = LayerId::new(Order::Foreground, Id::unique("dragged files"));
    let painter = ui.ctx().layer_painter(layer);
    let rect = ui.ctx().viewport_rect();
    painter.rect_filled(rect, CornerRadius::ZERO, theme::WELL.gamma_multiply(0.93));
    let frame = rect.shrink(theme::MARGIN);
    let stroke = Stroke::new(2.0, colour);
    painter.rect_stroke(frame, CornerRadius::same(8), stroke, StrokeKind::Inside);
    let centre = rect.center();
    let at = centre - vec2(0.0, LINE / 2.0);
    let font = theme::font(TITLE);
    painter.text(
        at,
        Align2::CENTER_CENTER,
        kind::promise(&paths, takes_loops),
        font,
        colour,
    );
    let names: Vec<_> = paths.iter().take(4).map(|path| kind::name(path)).collect();
    let more = if paths.len() > names.len() {
        ", …"
    } else {
        ""
    };
    let names = format!("{}{more}", names.join(", "));
    let at = centre + vec2(0.0, LINE / 2.0);
    let font = theme::font(theme::BODY);
    painter.text(at, Align2::CENTER_CENTER, names, font, theme::MUTED);
}
