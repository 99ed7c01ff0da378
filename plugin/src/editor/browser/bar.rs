//! The preset's name and its neighbours, in the top line.

use egui::{Align, CornerRadius, CursorIcon, Id, Rect, Sense, Shape, Stroke, Ui, pos2, vec2};

use crate::editor::{text, theme};
use crate::params::NetbendParams;
use crate::params::snapshot::is_changed;

/// Width of an arrow.
const ARROW: f32 = 24.0;
const GAP: f32 = 3.0;

/// What was pressed.
pub(super) enum Pressed {
    Name,
    Previous,
    Next,
}

/// Draws name and arrows in `rect`.
pub(super) fn show(
    ui: &mut Ui,
    rect: Rect,
    params: &NetbendParams,
    is_open: bool,
) -> Option<Pressed> {
    let previous = rect.with_max_x(rect.left() + ARROW);
    let next = rect.with_min_x(rect.right() - ARROW);
    let name = rect
        .with_min_x(previous.right() + GAP)
        .with_max_x(next.left() - GAP);
    let is_previous = arrow(ui, previous, -1.0, "Hear the preset before");
    let is_next = arrow(ui, next, 1.0, "Hear the next preset");
    if show_name(ui, name, params, is_open) {
        Some(Pressed::Name)
    } else if is_previous {
        Some(Pressed::Previous)
    } else {
        is_next.then_some(Pressed::Next)
    }
}

fn show_name(ui: &mut Ui, rect: Rect, params: &NetbendParams, is_open: bool) -> bool {
    let is_changed = is_changed(params);
    let tip = match is_changed {
        true => "Presets. This one was changed since it was loaded",
        false => "Presets: find, hear, save and share them",
    };
    let response = ui
        .interact(rect, Id::unique("presets"), Sense::click())
        .on_hover_cursor(CursorIcon::PointingHand)
        .on_hover_text(tip);
    let fill = match (is_open, response.hovered()) {
        (true, _) => theme::ACCENT,
        (false, true) => theme::HOVERED,
        (false, false) => theme::RAISED,
    };
    let colour = if is_open {
        theme::ON_ACCENT
    } else {
        theme::TEXT
    };
    ui.painter()
        .rect_filled(rect, CornerRadius::same(theme::RADIUS), fill);
    let words = rect.shrink2(vec2(18.0, 0.0));
    params.preset.with_name(|name| {
        let name = if name.is_empty() { "Presets" } else { name };
        text::line(ui, words, name, theme::BODY, colour, Align::Center);
    });
    if is_changed {
        let lamp = pos2(rect.left() + 10.0, rect.center().y);
        let colour = if is_open {
            theme::ON_ACCENT
        } else {
            theme::ACCENT
        };
        ui.painter().circle_filled(lamp, 3.0, colour);
    }
    let tip = pos2(rect.right() - 11.0, rect.center().y + 2.5);
    let turn = if is_open { -1.0 } else { 1.0 };
    let corners = [vec2(-4.0, -4.5), vec2(4.0, -4.5), vec2(0.0, 0.0)];
    let middle = tip - vec2(0.0, 2.25);
    let corners = corners.map(|corner| middle + (corner + vec2(0.0, 2.25)) * turn);
    let colour = if is_open {
        theme::ON_ACCENT
    } else {
        theme::MUTED
    };
    ui.painter().add(Shape::convex_polygon(
        corners.to_vec(),
        colour,
        Stroke::NONE,
    ));
    response.clicked()
}

/// A button with an arrow that points right, or left where `direction` is −1.
fn arrow(ui: &mut Ui, rect: Rect, direction: f32, tip: &str) -> bool {
    let response = ui
        .interact(rect, Id::unique(("preset", tip)), Sense::click())
        .on_hover_cursor(CursorIcon::PointingHand)
        .on_hover_text(tip);
    let (fill, colour) = if response.is_pointer_button_down_on() {
        (theme::OUTLINE, theme::TEXT)
    } else if response.hovered() {
        (theme::HOVERED, theme::TEXT)
    } else {
        (theme::RAISED, theme::MUTED)
    };
    ui.painter()
        .rect_filled(rect, CornerRadius::same(theme::RADIUS), fill);
    let corners = [vec2(-2.5, -4.5), vec2(-2.5, 4.5), vec2(3.0, 0.0)];
    let corners = corners.map(|corner| rect.center() + vec2(corner.x * direction, corner.y));
    ui.painter().add(Shape::convex_polygon(
        corners.to_vec(),
        colour,
        Stroke::NONE,
    ));
    response.clicked()
}
