//! The lock of a card, which dice leave alone while it is shut.

use egui::{CornerRadius, CursorIcon, Id, Rect, Sense, Stroke, Ui, pos2, vec2};

use super::theme;

/// Draws the lock of a card in `rect`, and turns it where it was clicked. It is faint while it is open and nobody points at `card`.
pub fn show(ui: &mut Ui, rect: Rect, card: Rect, name: &str, is_locked: &mut bool) {
    let tip = match is_locked {
        true => "Dice leave this card alone: click to let them roll it",
        false => "Click to keep this card when dice roll",
    };
    let response = ui
        .interact(rect, Id::unique(("lock", name)), Sense::click())
        .on_hover_cursor(CursorIcon::PointingHand)
        .on_hover_text(tip);
    if response.clicked() {
        *is_locked = !*is_locked;
    }
    let is_near = ui.rect_contains_pointer(card);
    let colour = match (*is_locked, response.hovered(), is_near) {
        (true, ..) => theme::ACCENT,
        (false, true, _) => theme::TEXT,
        (false, false, true) => theme::MUTED,
        (false, false, false) => return,
    };
    let painter = ui.painter();
    let body = Rect::from_center_size(rect.center() + vec2(0.0, 2.0), vec2(8.0, 6.0));
    painter.rect_filled(body, CornerRadius::same(1), colour);
    let lift = if *is_locked { 0.0 } else { 1.5 };
    let (left, right) = (body.left() + 1.5, body.right() - 1.5);
    let top = body.top() - 4.0 - lift;
    let stroke = Stroke::new(1.3, colour);
    painter.line_segment(
        [pos2(left, body.top() - lift), pos2(left, top + 1.0)],
        stroke,
    );
    painter.line_segment([pos2(left, top), pos2(right, top)], stroke);
    painter.line_segment([pos2(right, top + 1.0), pos2(right, body.top())], stroke);
}
