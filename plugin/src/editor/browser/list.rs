//! The presets that are asked for, a line each. Those that cannot be loaded say why.

use std::path::Path;

use egui::{
    Align, Color32, CornerRadius, CursorIcon, Id, Rect, ScrollArea, Sense, Shape, Stroke, Ui,
    UiBuilder, pos2, vec2,
};
use netbend_dsp::number::{cut, nearest_f32};

use crate::editor::{text, theme};
use crate::error::Origin;
use crate::resources::library::{Entry, Library};

/// Height of a line.
const LINE: f32 = 20.0;
/// Width of the star before it.
const STAR: f32 = 22.0;
/// Shares of the rest: name, folder or author; tags have what is left.
const NAME: f32 = 0.4;
const FOLDER: f32 = 0.25;

/// What was pressed; numbers are places in the library.
pub(super) enum Pressed {
    Hear(usize),
    Keep,
    Star(usize),
}

/// Draws the entries at the places `found` in `rect`; scrolls to the one at the path `chosen` where `reveals` says so.
pub(super) fn show(
    ui: &mut Ui,
    rect: Rect,
    library: &Library,
    entries: &[Entry],
    found: &[usize],
    chosen: Option<&Path>,
    reveals: bool,
) -> Option<Pressed> {
    ui.painter()
        .rect_filled(rect, CornerRadius::same(theme::RADIUS), theme::WELL);
    if found.is_empty() {
        let words = match entries.is_empty() {
            true => "No presets yet: press Save… to make one",
            false => "No preset is like that",
        };
        text::line(ui, rect, words, theme::BODY, theme::MUTED, Align::Center);
        return None;
    }
    let inner = rect.shrink(3.0);
    let mut pressed = None;
    ui.scope_builder(UiBuilder::new().max_rect(inner), |ui| {
        let area = ScrollArea::vertical().id_salt("presets").auto_shrink(false);
        area.show_viewport(ui, |ui, seen| {
            ui.set_height(LINE * nearest_f32(found.len()));
            let top = ui.max_rect().top();
            let place_of = |line: usize| {
                let top = top + LINE * nearest_f32(line);
                Rect::from_min_size(
                    pos2(ui.max_rect().left(), top),
                    vec2(ui.max_rect().width(), LINE),
                )
            };
            let is_chosen = |place: &usize| {
                let path = entries.get(*place).map(|entry| entry.path.as_path());
                chosen.is_some() && path == chosen
            };
            if reveals && let Some(line) = found.iter().position(is_chosen) {
                ui.scroll_to_rect(place_of(line), None);
            }
            let first = cut::<usize>((seen.top() / LINE).floor().max(0.0));
            let last = cut::<usize>((seen.bottom() / LINE).ceil().max(0.0));
            let lines: Vec<_> = found.iter().enumerate().take(last).skip(first).collect();
            let lines: Vec<_> = lines
                .into_iter()
                .map(|(line, place)| (place_of(line), *place))
                .collect();
            for (area, place) in lines {
                if let Some(entry) = entries.get(place) {
                    let is_favourite = library.is_favourite(entry);
                    match line(ui, area, place, entry, is_chosen(&place), is_favourite) {
                        Some(Click::Star) => pressed = Some(Pressed::Star(place)),
                        Some(Click::Once) => pressed = Some(Pressed::Hear(place)),
                        Some(Click::Twice) => pressed = Some(Pressed::Keep),
                        None => {}
                    }
                }
            }
        });
    });
    pressed
}

enum Click {
    Star,
    Once,
    Twice,
}

fn line(
    ui: &mut Ui,
    rect: Rect,
    place: usize,
    entry: &Entry,
    is_chosen: bool,
    is_favourite: bool,
) -> Option<Click> {
    let star = rect.with_max_x(rect.left() + STAR);
    let rest = rect.with_min_x(star.right());
    let response = ui
        .interact(rest, Id::unique(("preset", place)), Sense::click())
        .on_hover_cursor(CursorIcon::PointingHand);
    let starred = ui
        .interact(star, Id::unique(("star", place)), Sense::click())
        .on_hover_cursor(CursorIcon::PointingHand);
    let is_hovered = response.hovered() || starred.hovered();
    let fill = match (is_chosen, is_hovered) {
        (true, _) => theme::ACCENT.gamma_multiply(0.3),
        (false, true) => theme::RAISED,
        (false, false) => Color32::TRANSPARENT,
    };
    ui.painter()
        .rect_filled(rect, CornerRadius::same(theme::RADIUS), fill);
    if is_favourite || is_hovered {
        let colour = match (is_favourite, starred.hovered()) {
            (true, _) => theme::ACCENT,
            (false, true) => theme::MUTED,
            (false, false) => theme::FAINT,
        };
        draw_star(ui, star, colour);
    }
    words(ui, rest.shrink2(vec2(4.0, 0.0)), entry);
    if starred.clicked() {
        Some(Click::Star)
    } else if response.double_clicked() {
        Some(Click::Twice)
    } else {
        response.clicked().then_some(Click::Once)
    }
}

fn words(ui: &Ui, rect: Rect, entry: &Entry) {
    let name = rect.with_max_x(rect.left() + rect.width() * NAME);
    let rest = rect.with_min_x(name.right() + theme::PADDING);
    if let Some(problem) = &entry.problem {
        text::line(
            ui,
            name,
            entry.name(),
            theme::BODY,
            theme::WARNING,
            Align::Min,
        );
        text::line(ui, rest, problem, theme::SMALL, theme::WARNING, Align::Min);
        return;
    }
    text::line(ui, name, entry.name(), theme::BODY, theme::TEXT, Align::Min);
    let folder = rest.with_max_x(rest.left() + rect.width() * FOLDER);
    let words = match (entry.folder.as_str(), entry.origin) {
        ("", Origin::Own) => "yours",
        ("", Origin::Shipped) => "factory",
        (folder, _) => folder,
    };
    text::line(ui, folder, words, theme::SMALL, theme::FAINT, Align::Min);
    let tags = rest.with_min_x(folder.right() + theme::PADDING);
    let words = entry.metadata.tags.join("  ");
    text::line(ui, tags, &words, theme::SMALL, theme::MUTED, Align::Min);
}

/// Draws a star in the middle of `rect`.
pub(super) fn draw_star(ui: &Ui, rect: Rect, colour: Color32) {
    const OUTER: f32 = 6.0;
    const INNER: f32 = 2.6;
    let middle = rect.center();
    let corner = |number: usize, radius: f32| {
        let angle = nearest_f32(number) * std::f32::consts::PI / 5.0 - std::f32::consts::FRAC_PI_2;
        middle + vec2(angle.cos(), angle.sin()) * radius
    };
    // Five points around a pentagon: each is convex, which the whole is not.
    let pentagon = (0..5).map(|point| corner(2 * point + 1, INNER)).collect();
    ui.painter()
        .add(Shape::convex_polygon(pentagon, colour, Stroke::NONE));
    for point in 0..5 {
        let corners = [
            corner(2 * point + 9, INNER),
            corner(2 * point, OUTER),
            corner(2 * point + 1, INNER),
        ];
        ui.painter().add(Shape::convex_polygon(
            corners.to_vec(),
            colour,
            Stroke::NONE,
        ));
    }
}
