//! A row of fields, one per value.

use egui::{Color32, CornerRadius, CursorIcon, Id, Rect, Sense, Ui, pos2, vec2};
use netbend_dsp::number::nearest_f32;
use nice_plug::prelude::{Param, ParamSetter};

use super::Item;
use crate::editor::gesture;
use crate::editor::theme::{self, Tone};

/// The least room beside a field's name.
const SPARE: f32 = 7.0;

/// Whether the names of `items` fit a row of that width.
pub fn fields_fit(ui: &Ui, width: f32, items: &[Item<'_>]) -> bool {
    let names: f32 = items.iter().map(|item| galley(ui, item).size().x).sum();
    names + SPARE * nearest_f32(items.len()) <= width
}

/// A row of fields for a stepped `param`, as wide as their names want to be.
pub fn fields<P: Param>(
    ui: &mut Ui,
    rect: Rect,
    setter: &ParamSetter<'_>,
    param: &P,
    items: &[Item<'_>],
    tone: Tone,
) {
    let radius = CornerRadius::same(theme::RADIUS);
    ui.painter().rect_filled(rect, radius, theme::WELL);
    let chosen = super::chosen(param, items);
    let galleys: Vec<_> = items.iter().map(|item| galley(ui, item)).collect();
    let names: f32 = galleys.iter().map(|galley| galley.size().x).sum();
    let spare = (rect.width() - names) / nearest_f32(items.len().max(1));
    let mut left = rect.left();
    for (place, (item, galley)) in items.iter().zip(galleys).enumerate() {
        let size = vec2(galley.size().x + spare, rect.height());
        let field = Rect::from_min_size(pos2(left, rect.top()), size);
        left = field.right();
        let id = Id::unique(("field", param.name(), place));
        let response = ui
            .interact(field, id, Sense::click())
            .on_hover_cursor(CursorIcon::PointingHand)
            .on_hover_text(item.tip.as_ref());
        if gesture::reset_clicked(ui, &response) {
            gesture::reset(setter, param);
        } else if response.clicked() {
            gesture::set(setter, param, item.unit);
        }
        gesture::wheel(ui, &response, setter, param);
        let inside = field.shrink(2.0);
        let radius = CornerRadius::same(theme::RADIUS - 1);
        let colour = if Some(place) == chosen {
            let (fill, name) = if item.idle {
                (theme::WARNING, theme::ON_ACCENT)
            } else {
                (tone.fill(), tone.on_fill())
            };
            ui.painter().rect_filled(inside, radius, fill);
            name
        } else if response.hovered() {
            ui.painter().rect_filled(inside, radius, theme::RAISED);
            theme::TEXT
        } else if item.idle {
            theme::FAINT
        } else {
            tone.name()
        };
        let at = field.center() - galley.size() / 2.0;
        ui.painter().galley(at, galley, colour);
    }
}

fn galley(ui: &Ui, item: &Item<'_>) -> std::sync::Arc<egui::Galley> {
    let font = theme::font(theme::SMALL);
    ui.painter()
        .layout_no_wrap(item.name.to_string(), font, Color32::PLACEHOLDER)
}
