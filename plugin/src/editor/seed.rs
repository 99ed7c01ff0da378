//! A seed: a number to type, or to turn with the wheel.

use egui::{CornerRadius, Id, Rect, Ui};
use nice_plug::prelude::{IntParam, Param, ParamSetter};

use super::theme::{self, Tone};
use super::{entry, gesture};

/// Draws `param` as a field.
pub fn show(
    ui: &mut Ui,
    rect: Rect,
    param: &IntParam,
    setter: &ParamSetter<'_>,
    tone: Tone,
    tip: &str,
) {
    ui.painter()
        .rect_filled(rect, CornerRadius::same(theme::RADIUS), theme::WELL);
    let text = param.value().to_string();
    let id = Id::unique(("seed", param.name()));
    let (response, typed) = entry::value(ui, rect, id, &text, tone.value(), tip);
    gesture::wheel(ui, &response, setter, param);
    if gesture::reset_clicked(ui, &response) || response.double_clicked() {
        gesture::reset(setter, param);
    } else if let Some(unit) = typed.and_then(|typed| param.string_to_normalized_value(&typed)) {
        gesture::set(setter, param, unit);
    }
}
