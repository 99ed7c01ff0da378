//! One route, in a line: what it is called, how far it goes, which way, and off with it.

use egui::{Align, CornerRadius, CursorIcon, Id, Rect, Sense, Ui};
use netbend_models::bends::modulation::{Polarity, Route};

use super::field::{self, Bar};
use crate::editor::{text, theme};

/// Share of a line for the name.
const NAME: f32 = 0.46;
/// Width of a button.
const BUTTON: f32 = 22.0;
const GAP: f32 = 4.0;

/// What was done to a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// It is another one now.
    Changed,
    /// It is to go.
    Removed,
}

/// Draws it in `rect`; `place` tells two lines of one route apart.
pub fn show(ui: &mut Ui, rect: Rect, route: &mut Route, name: &str, place: &str) -> Option<Said> {
    let id = Id::unique(("route", place, route.from, route.to));
    let split = rect.left() + rect.width() * NAME;
    let title = rect.with_max_x(split - GAP);
    text::line(ui, title, name, theme::SMALL, theme::TEXT, Align::Min);
    let off = rect.with_min_x(rect.right() - BUTTON);
    let way = off.translate(egui::vec2(-BUTTON - GAP, 0.0));
    let depth = rect.with_min_x(split).with_max_x(way.left() - GAP);
    let mut said = None;
    let shown = Bar {
        words: &format!("{:+.0} %", 100.0 * route.depth),
        origin: 0.5,
        usual: 0.75,
        tip: "How far it moves, of the knob's way: drag. Left of the middle it goes down",
    };
    let unit = (route.depth + 1.0) / 2.0;
    if let Some(unit) = field::bar(ui, depth, id.with("depth"), unit, shown) {
        route.depth = (200.0 * unit - 100.0).round() / 100.0;
        said = Some(Said::Changed);
    }
    let (name, tip, other) = match route.polarity {
        Polarity::Unipolar => (
            "+",
            "One way from where the knob stands: click for both",
            Polarity::Bipolar,
        ),
        Polarity::Bipolar => (
            "±",
            "Both ways from where the knob stands: click for one",
            Polarity::Unipolar,
        ),
    };
    if small(ui, way, id.with("way"), name, tip) {
        route.polarity = other;
        said = Some(Said::Changed);
    }
    if small(ui, off, id.with("off"), "×", "Moves this no more") {
        said = Some(Said::Removed);
    }
    said
}

fn small(ui: &mut Ui, rect: Rect, id: Id, name: &str, tip: &str) -> bool {
    let response = ui
        .interact(rect, id, Sense::click())
        .on_hover_cursor(CursorIcon::PointingHand)
        .on_hover_text(tip);
    let (fill, colour) = match response.hovered() {
        true => (theme::HOVERED, theme::TEXT),
        false => (theme::RAISED, theme::MUTED),
    };
    let radius = CornerRadius::same(theme::RADIUS);
    ui.painter().rect_filled(rect, radius, fill);
    text::line(ui, rect, name, theme::BODY, colour, Align::Center);
    response.clicked()
}
