//! A button that opens a menu, for too many values for a row of fields.

use egui::{
    Align, Button, CornerRadius, CursorIcon, Id, Layout, Popup, Rect, Response, RichText,
    ScrollArea, Sense, Shape, Stroke, Ui, pos2, vec2,
};
use netbend_dsp::number::nearest_f32;
use nice_plug::prelude::{Param, ParamSetter};

use super::Item;
use crate::editor::theme::{self, Tone};
use crate::editor::{gesture, keys, motion, text};

/// Around the items of an open menu.
const MARGIN: f32 = 6.0;
/// A longer menu scrolls.
const MAX_HEIGHT: f32 = 300.0;
/// Width of a menu whose lines have notes.
const NOTED_WIDTH: f32 = 330.0;
/// Room of the arrow.
const ARROW: f32 = 22.0;

/// A menu for a stepped `param`. Where it stands at none of the items, its own words are shown in amber.
pub fn menu<P: Param>(
    ui: &mut Ui,
    rect: Rect,
    setter: &ParamSetter<'_>,
    param: &P,
    items: &[Item<'_>],
    tone: Tone,
) {
    let chosen = super::chosen(param, items);
    let item = chosen.and_then(|place| items.get(place));
    let (name, tip) = match item {
        Some(item) => (item.name.to_string(), item.tip.as_ref()),
        None => {
            let value = param.modulated_normalized_value();
            let tip = "None of those that are offered: choose one";
            (param.normalized_value_to_string(value, true), tip)
        }
    };
    let colour = match item {
        Some(item) if !item.idle => tone.value(),
        _ => theme::WARNING,
    };
    let response = ui
        .interact(rect, Id::unique(("menu", param.name())), Sense::click())
        .on_hover_cursor(CursorIcon::PointingHand);
    let response = match tip {
        "" => response.on_hover_text(format!("{}: click to choose another", param.name())),
        tip => response.on_hover_text(tip),
    };
    gesture::wheel(ui, &response, setter, param);
    let fill = if response.hovered() {
        theme::HOVERED
    } else {
        theme::RAISED
    };
    ui.painter()
        .rect_filled(rect, CornerRadius::same(theme::RADIUS), fill);
    let place = rect
        .with_min_x(rect.left() + 8.0)
        .with_max_x(rect.right() - ARROW);
    text::line(ui, place, &name, theme::BODY, colour, Align::Min);
    let tip_of_arrow = pos2(rect.right() - 12.0, rect.center().y + 2.5);
    let arrow = [vec2(-4.0, -4.5), vec2(4.0, -4.5), vec2(0.0, 0.0)].map(|v| tip_of_arrow + v);
    ui.painter().add(Shape::convex_polygon(
        arrow.to_vec(),
        theme::MUTED,
        Stroke::NONE,
    ));
    if let Some(moved) = motion::touch(ui, &response, param) {
        moved.along(ui.painter(), rect);
    }
    if gesture::reset_clicked(ui, &response) {
        gesture::reset(setter, param);
    }
    let rows = Layout::top_down_justified(Align::Min);
    let has_notes = items.iter().any(|item| !item.note.is_empty());
    let width = if has_notes {
        NOTED_WIDTH.max(rect.width())
    } else {
        rect.width()
    };
    let has_focus = response.has_focus();
    let was_open = Popup::is_id_open(ui.ctx(), Popup::default_response_id(&response));
    Popup::menu(&response).width(width).layout(rows).show(|ui| {
        ui.set_min_width(width - 2.0 * MARGIN);
        let mut area = ScrollArea::vertical().max_height(MAX_HEIGHT);
        if !was_open && let Some(place) = chosen {
            // A long menu opens at the value chosen.
            let row = ui.spacing().interact_size.y + ui.spacing().item_spacing.y;
            area =
                area.vertical_scroll_offset((nearest_f32(place) * row - MAX_HEIGHT / 2.0).max(0.0));
        }
        area.show(ui, |ui| {
            let mut lines = Vec::with_capacity(items.len());
            for (place, item) in items.iter().enumerate() {
                let line = line(ui, item, Some(place) == chosen);
                if line.clicked() {
                    gesture::set(setter, param, item.unit);
                    // The menu closes; keys go on where they came from.
                    response.request_focus();
                }
                lines.push((line, item.name.as_ref()));
            }
            let id = response.id.with("lines");
            keys::list(ui, id, &lines, chosen, !was_open && has_focus);
        });
    });
}

/// Draws one line of an open menu.
fn line(ui: &mut Ui, item: &Item<'_>, is_chosen: bool) -> Response {
    let mut name = RichText::new(item.name.as_ref());
    match (item.idle, is_chosen) {
        (true, true) => name = name.color(theme::WARNING),
        (true, false) => name = name.color(theme::FAINT),
        (false, _) => {}
    }
    let button = Button::selectable(is_chosen, name).truncate();
    let mut response = ui.add(match item.note.as_ref() {
        "" => button,
        note => button.right_text(RichText::new(note).color(theme::MUTED)),
    });
    if !item.tip.is_empty() {
        response = response.on_hover_text(item.tip.as_ref());
    }
    response
}
