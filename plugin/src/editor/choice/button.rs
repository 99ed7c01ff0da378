//! A switch and a button.

use egui::{
    Align, Align2, Color32, CornerRadius, CursorIcon, Id, Painter, Rect, Response, Sense, Stroke,
    Ui, pos2,
};
use nice_plug::prelude::{BoolParam, Param, ParamSetter};

use crate::editor::{gesture, motion, text, theme};

/// A bar that switches `param`; the whole bar is the target. Returns the response for more tips.
pub fn switch(
    ui: &mut Ui,
    rect: Rect,
    setter: &ParamSetter<'_>,
    param: &BoolParam,
    name: &str,
    tip: &str,
    on_colour: Color32,
) -> Response {
    let response = ui
        .interact(rect, Id::unique(("switch", param.name())), Sense::click())
        .on_hover_cursor(CursorIcon::PointingHand)
        .on_hover_text(tip);
    toggle(ui, &response, setter, param);
    let is_on = param.modulated_plain_value();
    let (fill, text) = match (is_on, response.hovered()) {
        (true, _) => (on_colour, theme::ON_ACCENT),
        (false, true) => (theme::HOVERED, theme::TEXT),
        (false, false) => (theme::RAISED, theme::MUTED),
    };
    let painter = ui.painter();
    painter.rect_filled(rect, CornerRadius::same(theme::RADIUS), fill);
    let lamp = pos2(rect.left() + 13.0, rect.center().y);
    painter.circle_stroke(lamp, 4.0, Stroke::new(1.5, text));
    if is_on {
        painter.circle_filled(lamp, 4.0, text);
    }
    let font = theme::font(theme::BODY);
    let left = pos2(rect.left() + 25.0, rect.center().y);
    painter.text(left, Align2::LEFT_CENTER, name, font, text);
    if let Some(moved) = motion::touch(ui, &response, param) {
        moved.along(ui.painter(), rect);
    }
    response
}

/// Switches `param` where `response` was clicked.
pub fn toggle(ui: &Ui, response: &Response, setter: &ParamSetter<'_>, param: &BoolParam) {
    if gesture::reset_clicked(ui, response) {
        gesture::reset(setter, param);
    } else if response.clicked() {
        let on = param.unmodulated_plain_value();
        gesture::set(setter, param, if on { 0.0 } else { 1.0 });
    }
}

/// A button. Returns whether it was pressed.
pub fn button(ui: &mut Ui, rect: Rect, name: &str, tip: &str) -> bool {
    button_of(ui, rect, Id::unique(("button", name)), name, tip)
}

/// A button whose name changes or that there are several of, told apart by `id`.
pub fn button_of(ui: &mut Ui, rect: Rect, id: Id, name: &str, tip: &str) -> bool {
    let response = ui
        .interact(rect, id, Sense::click())
        .on_hover_cursor(CursorIcon::PointingHand)
        .on_hover_text(tip);
    let fill = if response.is_pointer_button_down_on() {
        theme::OUTLINE
    } else if response.hovered() {
        theme::HOVERED
    } else {
        theme::RAISED
    };
    ui.painter()
        .rect_filled(rect, CornerRadius::same(theme::RADIUS), fill);
    label(ui.painter(), rect, name, theme::TEXT);
    response.clicked()
}

/// A word that can be chosen, told apart by `id`; `grounds` are the colours behind it where it is chosen, and where it is not. Returns whether it was
/// pressed.
pub fn word(
    ui: &mut Ui,
    rect: Rect,
    id: Id,
    (word, tip): (&str, &str),
    is_chosen: bool,
    grounds: [Color32; 2],
) -> bool {
    let response = ui
        .interact(rect, id, Sense::click())
        .on_hover_cursor(CursorIcon::PointingHand)
        .on_hover_text(tip);
    let (fill, colour) = match (is_chosen, response.hovered()) {
        (true, _) => (grounds[0], theme::ON_ACCENT),
        (false, true) => (theme::HOVERED, theme::TEXT),
        (false, false) => (grounds[1], theme::MUTED),
    };
    ui.painter()
        .rect_filled(rect, CornerRadius::same(theme::RADIUS), fill);
    text::line(ui, rect, word, theme::SMALL, colour, Align::Center);
    response.clicked()
}

fn label(painter: &Painter, rect: Rect, text: &str, colour: Color32) {
    let font = theme::font(theme::SMALL);
    painter.text(rect.center(), Align2::CENTER_CENTER, text, font, colour);
}
