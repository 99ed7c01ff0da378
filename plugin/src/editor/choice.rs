//! Selectors: a row of fields, a menu, a switch.

use egui::{
    Align, Align2, Color32, CornerRadius, CursorIcon, Id, Layout, Painter, Popup, Rect, Response,
    Sense, Shape, Stroke, Ui, pos2, vec2,
};
use nice_plug::prelude::{BoolParam, Param, ParamSetter};

use super::gesture;
use super::theme::{self, Tone};

/// Around the items of an open menu.
const MENU_MARGIN: f32 = 6.0;

/// Name, and what it does to the sound.
pub type Item<'a> = (&'a str, &'a str);

/// The index of the item that `param`, spread evenly over `count` items, stands at.
fn index<P: Param>(param: &P, count: usize) -> usize {
    let last = count.saturating_sub(1);
    ((param.modulated_normalized_value() * last as f32).round() as usize).min(last)
}

fn choose<P: Param>(setter: &ParamSetter<'_>, param: &P, item: usize, count: usize) {
    gesture::set(
        setter,
        param,
        item as f32 / count.saturating_sub(1).max(1) as f32,
    );
}

/// A row of fields, one per value of a stepped `param`, as wide as their names want to be.
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
    let chosen = index(param, items.len());
    let galleys: Vec<_> = items
        .iter()
        .map(|(name, _)| {
            let font = theme::font(theme::SMALL);
            ui.painter()
                .layout_no_wrap((*name).to_owned(), font, Color32::PLACEHOLDER)
        })
        .collect();
    let names: f32 = galleys.iter().map(|galley| galley.size().x).sum();
    let spare = (rect.width() - names) / items.len().max(1) as f32;
    let mut left = rect.left();
    for (item, ((_, tip), galley)) in items.iter().zip(galleys).enumerate() {
        let size = vec2(galley.size().x + spare, rect.height());
        let field = Rect::from_min_size(pos2(left, rect.top()), size);
        left = field.right();
        let id = Id::unique(("field", param.name(), item));
        let response = ui
            .interact(field, id, Sense::click())
            .on_hover_cursor(CursorIcon::PointingHand)
            .on_hover_text(*tip);
        if gesture::reset_clicked(ui, &response) {
            gesture::reset(setter, param);
        } else if response.clicked() {
            choose(setter, param, item, items.len());
        }
        gesture::wheel(ui, &response, setter, param);
        let inside = field.shrink(2.0);
        let colour = if item == chosen {
            ui.painter()
                .rect_filled(inside, CornerRadius::same(theme::RADIUS - 1), tone.fill());
            on(tone)
        } else if response.hovered() {
            ui.painter()
                .rect_filled(inside, CornerRadius::same(theme::RADIUS - 1), theme::RAISED);
            theme::TEXT
        } else {
            tone.name()
        };
        let at = field.center() - galley.size() / 2.0;
        ui.painter().galley(at, galley, colour);
    }
}

/// A button that opens a menu, for a stepped `param` with too many values for [`fields`].
pub fn menu<P: Param>(
    ui: &mut Ui,
    rect: Rect,
    setter: &ParamSetter<'_>,
    param: &P,
    items: &[Item<'_>],
    tone: Tone,
) {
    let chosen = index(param, items.len());
    let (name, tip) = items.get(chosen).copied().unwrap_or_default();
    let response = ui
        .interact(rect, Id::unique(("menu", param.name())), Sense::click())
        .on_hover_cursor(CursorIcon::PointingHand)
        .on_hover_text(tip);
    gesture::wheel(ui, &response, setter, param);
    let fill = if response.hovered() {
        theme::HOVERED
    } else {
        theme::RAISED
    };
    ui.painter()
        .rect_filled(rect, CornerRadius::same(theme::RADIUS), fill);
    let font = theme::font(theme::BODY);
    let left = pos2(rect.left() + 8.0, rect.center().y);
    ui.painter()
        .text(left, Align2::LEFT_CENTER, name, font, tone.value());
    let tip_of_arrow = pos2(rect.right() - 12.0, rect.center().y + 2.5);
    let arrow = [vec2(-4.0, -4.5), vec2(4.0, -4.5), vec2(0.0, 0.0)].map(|v| tip_of_arrow + v);
    ui.painter().add(Shape::convex_polygon(
        arrow.to_vec(),
        theme::MUTED,
        Stroke::NONE,
    ));
    if gesture::reset_clicked(ui, &response) {
        gesture::reset(setter, param);
    }
    let rows = Layout::top_down_justified(Align::Min);
    Popup::menu(&response)
        .width(rect.width())
        .layout(rows)
        .show(|ui| {
            ui.set_min_width(rect.width() - 2.0 * MENU_MARGIN);
            for (item, (name, tip)) in items.iter().enumerate() {
                if ui
                    .selectable_label(item == chosen, *name)
                    .on_hover_text(*tip)
                    .clicked()
                {
                    choose(setter, param, item, items.len());
                }
            }
        });
}

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
    if gesture::reset_clicked(ui, &response) {
        gesture::reset(setter, param);
    } else if response.clicked() {
        gesture::set(
            setter,
            param,
            if param.unmodulated_plain_value() {
                0.0
            } else {
                1.0
            },
        );
    }
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
    response
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

fn on(tone: Tone) -> Color32 {
    match tone {
        Tone::Active | Tone::Idle => theme::ON_ACCENT,
        Tone::Unused => theme::MUTED,
    }
}

fn label(painter: &Painter, rect: Rect, text: &str, colour: Color32) {
    let font = theme::font(theme::SMALL);
    painter.text(rect.center(), Align2::CENTER_CENTER, text, font, colour);
}
