//! Fields of what is no parameter of the host: bars, rows of choices, menus.

use egui::{
    Align, Button, CornerRadius, CursorIcon, Id, Layout, Popup, Rect, ScrollArea, Sense, Stroke,
    StrokeKind, Ui, pos2, vec2,
};
use netbend_dsp::number::nearest_f32;

use crate::editor::{keys, text, theme};

/// With shift held, travel counts this much.
const FINE: f32 = 0.1;
/// How far a step may lie from what was asked for.
const ROUNDED: f32 = 0.08;
/// Between a field of a row and what is lit of it.
const INSIDE: f32 = 2.0;
/// A longer menu scrolls.
const MAX_HEIGHT: f32 = 300.0;

/// What a bar shows.
#[derive(Debug, Clone, Copy)]
pub struct Bar<'a> {
    /// Its value in words.
    pub words: &'a str,
    /// Where it is filled from, 0–1.
    pub origin: f32,
    /// Where a double click puts it.
    pub usual: f32,
    /// What it does.
    pub tip: &'a str,
}

/// Draws a bar at `unit`, 0–1, dragged sideways. Where it is moved to, if it is.
pub fn bar(ui: &mut Ui, rect: Rect, id: Id, unit: f32, shown: Bar<'_>) -> Option<f32> {
    let response = ui
        .interact(rect, id, Sense::click_and_drag())
        .on_hover_and_drag_cursor(CursorIcon::ResizeHorizontal)
        .on_hover_text(shown.tip);
    let x = |unit: f32| rect.left() + rect.width() * unit;
    let radius = CornerRadius::same(3);
    let filled = rect
        .with_min_x(x(shown.origin.min(unit)))
        .with_max_x(x(shown.origin.max(unit)));
    ui.painter().rect_filled(rect, radius, theme::WELL);
    ui.painter()
        .rect_filled(filled, radius, theme::MOTION.gamma_multiply(0.4));
    if response.hovered() || response.dragged() {
        let stroke = Stroke::new(1.0, theme::MUTED);
        ui.painter()
            .rect_stroke(rect, radius, stroke, StrokeKind::Inside);
    }
    let align = Align::Center;
    text::line(
        ui,
        rect.shrink(2.0),
        shown.words,
        theme::TINY,
        theme::TEXT,
        align,
    );
    if response.double_clicked() {
        return Some(shown.usual);
    }
    // What was dragged so far, before it is rounded to a step.
    let held = id.with("held");
    if let Some(turn) = keys::turned(ui, &response) {
        let before: Option<f32> = ui.data(|data| data.get_temp(held));
        let before = before.filter(|before| (before - unit).abs() < ROUNDED);
        let to = turn.from(before.unwrap_or(unit), shown.usual);
        ui.data_mut(|data| data.insert_temp(held, to));
        return Some(to);
    }
    if response.drag_started() {
        ui.data_mut(|data| data.insert_temp(held, unit));
    }
    let (delta, fine) = (
        response.drag_delta().x,
        ui.input(|input| input.modifiers.shift),
    );
    if !response.dragged() || delta == 0.0 {
        return None;
    }
    let from = ui.data(|data| data.get_temp(held)).unwrap_or(unit);
    let share = delta / rect.width().max(1.0) * if fine { FINE } else { 1.0 };
    let to = (from + share).clamp(0.0, 1.0);
    ui.data_mut(|data| data.insert_temp(held, to));
    Some(to)
}

/// Draws a row of fields, one of them chosen. Which other one was clicked.
pub fn pick(
    ui: &mut Ui,
    rect: Rect,
    id: Id,
    names: &[(&str, &str)],
    chosen: usize,
) -> Option<usize> {
    let radius = CornerRadius::same(theme::RADIUS);
    ui.painter().rect_filled(rect, radius, theme::WELL);
    let widths = widths(ui, rect.width(), names);
    let (mut left, mut clicked) = (rect.left(), None);
    for (place, ((name, tip), width)) in names.iter().zip(widths).enumerate() {
        let field = Rect::from_min_size(pos2(left, rect.top()), vec2(width, rect.height()));
        left = field.right();
        let response = ui
            .interact(field, id.with(place), Sense::click())
            .on_hover_cursor(CursorIcon::PointingHand)
            .on_hover_text(*tip);
        let inside = field.shrink(INSIDE);
        let colour = match (place == chosen, response.hovered()) {
            (true, _) => {
                let radius = CornerRadius::same(theme::RADIUS - 1);
                ui.painter().rect_filled(inside, radius, theme::MOTION);
                theme::ON_ACCENT
            }
            (false, true) => theme::TEXT,
            (false, false) => theme::MUTED,
        };
        text::line(ui, field, name, theme::SMALL, colour, Align::Center);
        if response.clicked() && place != chosen {
            clicked = Some(place);
        }
    }
    clicked
}

/// How wide fields of these names are: all alike where each has room for its name, else as their names want to be.
fn widths(ui: &Ui, whole: f32, names: &[(&str, &str)]) -> Vec<f32> {
    let font = theme::font(theme::SMALL);
    let painter = ui.painter();
    let words = names.iter().map(|(name, _)| {
        let galley = painter.layout_no_wrap((*name).to_owned(), font.clone(), theme::TEXT);
        galley.size().x
    });
    let words: Vec<f32> = words.collect();
    let count = nearest_f32(names.len().max(1));
    let alike = whole / count;
    if words.iter().all(|own| *own + 2.0 * INSIDE <= alike) {
        return vec![alike; words.len()];
    }
    let spare = (whole - words.iter().sum::<f32>()) / count;
    words.iter().map(|own| own + spare).collect()
}

/// Draws a button that opens a menu of `names`. Which other one was clicked.
pub fn menu(
    ui: &mut Ui,
    rect: Rect,
    id: Id,
    names: &[String],
    chosen: usize,
    tip: &str,
) -> Option<usize> {
    let response = ui
        .interact(rect, id, Sense::click())
        .on_hover_cursor(CursorIcon::PointingHand)
        .on_hover_text(tip);
    let fill = match response.hovered() {
        true => theme::HOVERED,
        false => theme::RAISED,
    };
    let radius = CornerRadius::same(theme::RADIUS);
    ui.painter().rect_filled(rect, radius, fill);
    let name = names.get(chosen).map_or("", String::as_str);
    text::line(
        ui,
        rect.shrink(4.0),
        name,
        theme::SMALL,
        theme::TEXT,
        Align::Center,
    );
    let rows = Layout::top_down_justified(Align::Min);
    let menu = Popup::menu(&response).width(rect.width()).layout(rows);
    let shown = menu.show(|ui| {
        let area = ScrollArea::vertical().max_height(MAX_HEIGHT);
        area.show(ui, |ui| {
            let mut clicked = None;
            for (place, name) in names.iter().enumerate() {
                if ui.add(Button::selectable(place == chosen, name)).clicked() {
                    clicked = Some(place);
                }
            }
            clicked
        })
        .inner
    });
    let clicked = shown.and_then(|shown| shown.inner);
    clicked.filter(|place| *place != chosen)
}
