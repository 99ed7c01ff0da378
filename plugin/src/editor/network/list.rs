//! The groups of one layer by name, each with a button that solos it and one that mutes it. GUI thread.

use egui::{
    Align, Color32, CornerRadius, CursorIcon, Id, Rect, Sense, Stroke, StrokeKind, Ui, pos2, vec2,
};
use netbend_dsp::number::nearest_f32;

use super::groups::Named;
use super::isolation::{Group, Heard, Isolation};
use crate::editor::{text, theme};

/// Height of a line, the most and the least.
const LINE: (f32, f32) = (19.0, 12.0);
const TITLE: f32 = 20.0;
const DOT: f32 = 8.0;
const BUTTON: f32 = 16.0;
/// How long the pointer rests on a button before what it does is tried.
const REST_SECONDS: f64 = 0.5;

/// What the pointer does in the list.
#[derive(Debug, Default)]
pub struct Touched {
    /// The place of the group under it.
    pub hovered: Option<usize>,
    /// The group whose name was clicked.
    pub clicked: Option<usize>,
    /// The button it has rested on: what it does is tried.
    pub tried: Option<(Group, Heard)>,
}

/// Since when the pointer rests on which button.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rest(Option<(Id, f64)>);

/// Draws the list.
pub fn show(
    ui: &mut Ui,
    rect: Rect,
    title: &str,
    groups: &[Named],
    isolation: &mut Isolation,
    rest: &mut Rest,
) -> Touched {
    let mut touched = Touched::default();
    let head = Rect::from_min_size(rect.min, vec2(rect.width(), TITLE));
    text::line(ui, head, title, theme::SMALL, theme::MUTED, Align::Min);
    let body = rect.with_min_y(head.bottom());
    if groups.is_empty() {
        let words =
            "This layer has no groups. Click a feature or the layer's name to aim the slot at it.";
        text::paragraph(ui, body, words, theme::FAINT);
        return touched;
    }
    let line = (body.height() / nearest_f32(groups.len())).clamp(LINE.1, LINE.0);
    let mut rested = Rest::default();
    for (place, group) in groups.iter().enumerate() {
        let top = body.top() + nearest_f32(place) * line;
        let row = Rect::from_min_size(pos2(body.left(), top), vec2(body.width(), line));
        if row.bottom() > rect.bottom() + 1.0 {
            break;
        }
        let name = row.with_max_x(row.right() - 2.0 * (BUTTON + 3.0));
        let response = ui
            .interact(name, Id::unique(("group", place)), Sense::click())
            .on_hover_cursor(CursorIcon::PointingHand)
            .on_hover_text(format!("{}\nClick to aim the slot at it", group.tip));
        if response.hovered() {
            touched.hovered = Some(place);
            ui.painter()
                .rect_filled(row, CornerRadius::same(3), theme::RAISED);
        }
        if response.clicked() {
            touched.clicked = Some(place);
        }
        let heard = isolation.of(&group.group);
        let dot = Rect::from_center_size(pos2(row.left() + 6.0, row.center().y), vec2(DOT, DOT));
        ui.painter()
            .rect_filled(dot, CornerRadius::same(2), group.colour);
        let words = name.with_min_x(row.left() + 15.0);
        let colour = if heard == Some(Heard::Mute) {
            theme::FAINT
        } else {
            theme::TEXT
        };
        text::line(ui, words, &group.name, theme::SMALL, colour, Align::Min);
        for (step, sort, letter, tip) in [
            (2.0, Heard::Solo, "S", "Solo: hear it alone"),
            (1.0, Heard::Mute, "M", "Mute: hear all but it"),
        ] {
            let left = row.right() - step * (BUTTON + 3.0);
            let button = Rect::from_min_size(pos2(left, row.top() + 1.0), vec2(BUTTON, line - 2.0));
            let id = Id::unique(("isolate", place, letter));
            let response = ui
                .interact(button, id, Sense::click())
                .on_hover_cursor(CursorIcon::PointingHand)
                .on_hover_text(format!("{tip}. Rest here to try it"));
            let is_on = heard == Some(sort);
            let (fill, text) = colours(is_on, sort, response.hovered());
            ui.painter()
                .rect_filled(button, CornerRadius::same(3), fill);
            text::line(ui, button, letter, theme::TINY, text, Align::Center);
            if response.clicked() {
                isolation.turn(&group.group, sort);
                // What was pressed is not tried on top of it.
                rested = Rest(Some((id, f64::INFINITY)));
            } else if response.hovered() {
                touched.hovered = Some(place);
                let now = ui.input(|input| input.time);
                let since = rest
                    .0
                    .filter(|(at, _)| *at == id)
                    .map_or(now, |(_, since)| since);
                rested = Rest(Some((id, since)));
                if now - since >= REST_SECONDS && !is_on {
                    touched.tried = Some((group.group.clone(), sort));
                    let stroke = Stroke::new(1.0, theme::WARNING);
                    let radius = CornerRadius::same(3);
                    ui.painter()
                        .rect_stroke(button, radius, stroke, StrokeKind::Outside);
                }
            }
        }
    }
    *rest = rested;
    touched
}

fn colours(is_on: bool, sort: Heard, is_hovered: bool) -> (Color32, Color32) {
    match (is_on, sort, is_hovered) {
        (true, Heard::Solo, _) => (theme::WARNING, theme::ON_ACCENT),
        (true, Heard::Mute, _) => (theme::ACCENT, theme::ON_ACCENT),
        (false, _, true) => (theme::HOVERED, theme::TEXT),
        (false, _, false) => (theme::WELL, theme::MUTED),
    }
}
