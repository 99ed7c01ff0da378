//! A horizontal slider between two named ends.

use egui::{CornerRadius, CursorIcon, Id, Rect, Sense, Stroke, StrokeKind, Ui, pos2, vec2};
use nice_plug::prelude::{Param, ParamSetter};

use super::gesture::{self, Travel};
use super::theme;
use super::{entry, keys, motion};

/// Draws `param` as a track along `rect`; a press moves the handle there. `field` is where its value can be typed.
pub fn show<P: Param>(
    ui: &mut Ui,
    rect: Rect,
    setter: &ParamSetter<'_>,
    param: &P,
    field: Id,
    tip: &str,
) {
    let response = ui
        .interact(
            rect,
            Id::unique(("slider", param.name())),
            Sense::click_and_drag(),
        )
        .on_hover_and_drag_cursor(CursorIcon::ResizeHorizontal)
        .on_hover_text(tip);
    gesture::adjust(ui, &response, setter, param, Travel::Track(rect.width()));
    entry::own(ui, field);
    let value = param.normalized_value_to_string(param.unmodulated_normalized_value(), true);
    keys::call_entry(ui, &response, field, &value);

    let painter = ui.painter().clone();
    let track = Rect::from_center_size(rect.center(), vec2(rect.width(), 6.0));
    painter.rect_filled(track, CornerRadius::same(3), theme::WELL);
    let x = |unit: f32| track.left() + track.width() * unit;
    let filled = track.with_max_x(x(param.modulated_normalized_value()));
    painter.rect_filled(filled, CornerRadius::same(3), theme::ACCENT);
    if let Some(moved) = motion::touch(ui, &response, param) {
        moved.along(&painter, track.expand2(vec2(0.0, 3.0)));
    }
    let centre = pos2(x(param.unmodulated_normalized_value()), track.center().y);
    let handle = Rect::from_center_size(centre, vec2(12.0, rect.height().min(18.0)));
    let fill = if response.hovered() || response.is_pointer_button_down_on() {
        theme::TEXT
    } else {
        theme::MUTED
    };
    painter.rect(
        handle,
        CornerRadius::same(theme::RADIUS),
        fill,
        Stroke::new(1.0, theme::BACKGROUND),
        StrokeKind::Outside,
    );
}
