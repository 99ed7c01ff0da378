//! A value as a filled bar, for where a knob has no room.

use egui::{CornerRadius, CursorIcon, Id, Rect, Response, Sense, Ui};
use nice_plug::prelude::{Param, ParamSetter};

use super::gesture::{self, Travel};
use super::text;
use super::theme::{self, Tone};
use super::{entry, keys, motion};

/// Draws `param` as a bar with its value in it, filled from the normalized value `origin`; dragged sideways.
pub fn show<P: Param>(
    ui: &mut Ui,
    rect: Rect,
    setter: &ParamSetter<'_>,
    param: &P,
    origin: f32,
    tone: Tone,
    tip: &str,
) -> Response {
    let id = Id::unique(("bar", param.name()));
    let response = ui
        .interact(rect, id, Sense::click_and_drag())
        .on_hover_and_drag_cursor(CursorIcon::ResizeHorizontal)
        .on_hover_text(tip);
    gesture::adjust(ui, &response, setter, param, Travel::Bar(rect.width()));

    let radius = CornerRadius::same(3);
    let unit = param.modulated_normalized_value();
    let x = |unit: f32| rect.left() + rect.width() * unit;
    let filled = rect
        .with_min_x(x(origin.min(unit)))
        .with_max_x(x(origin.max(unit)));
    let (fill, value) = match tone {
        Tone::Active => (theme::ACCENT.gamma_multiply(0.55), theme::TEXT),
        Tone::Idle | Tone::Unused => (theme::RAISED, tone.value()),
    };
    ui.painter().rect_filled(rect, radius, theme::WELL);
    ui.painter().rect_filled(filled, radius, fill);
    if response.hovered() || response.is_pointer_button_down_on() {
        let stroke = egui::Stroke::new(1.0, theme::MUTED);
        ui.painter()
            .rect_stroke(rect, radius, stroke, egui::StrokeKind::Inside);
    }
    if let Some(moved) = motion::touch(ui, &response, param) {
        moved.along(ui.painter(), rect);
    }
    let words = param.normalized_value_to_string(unit, true);
    let align = egui::Align::Center;
    text::line(ui, rect.shrink(2.0), &words, theme::TINY, value, align);
    let field = id.with("value");
    keys::call_entry(ui, &response, field, &words);
    let typed = entry::opened(ui, rect, field);
    if let Some(unit) = typed.and_then(|typed| param.string_to_normalized_value(&typed)) {
        gesture::set(setter, param, unit);
    }
    response
}
