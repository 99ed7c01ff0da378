//! All modulators but the macros, each with its handle and where it stands.

use egui::{
    Align, Align2, CornerRadius, CursorIcon, Id, LayerId, Order, PointerButton, Pos2, Rect,
    Response, Sense, Stroke, StrokeKind, Ui, pos2, vec2,
};
use netbend_dsp::number::nearest_f32;
use netbend_models::bends::modulation::{MACROS, SOURCES, Source};

use crate::editor::motion::{self, Motion};
use crate::editor::{text, theme};

/// Width of a handle.
pub(super) const HANDLE: f32 = 16.0;
const METER: f32 = 34.0;
const COUNT: f32 = 16.0;
/// A list less high has a second column.
const LOWEST: f32 = 124.0;

/// The place behind all modulators but the macros.
const LAST_ROW: usize = SOURCES - MACROS;

/// In how many columns the list stands where there is that much height.
pub(super) fn columns(height: f32) -> usize {
    if height < LOWEST { 2 } else { 1 }
}

/// The place of a row of the list in `rect`.
fn row(rect: Rect, place: usize) -> Rect {
    let columns = columns(rect.height());
    let lines = (LAST_ROW + 1).div_ceil(columns);
    let size = vec2(
        rect.width() / nearest_f32(columns),
        rect.height() / nearest_f32(lines),
    );
    let at = vec2(nearest_f32(place / lines), nearest_f32(place % lines));
    Rect::from_min_size(rect.min + at * size, size - vec2(2.0, 2.0))
}

/// The row behind those of the sources.
pub(super) fn last_row(rect: Rect) -> Rect {
    row(rect, LAST_ROW)
}

/// Draws the list in `rect`, but for its last row. Which was clicked or taken; `carried` is what the pointer carries.
pub(super) fn show(
    ui: &mut Ui,
    rect: Rect,
    motion: &Motion,
    chosen: Option<Source>,
    carried: &mut Option<Source>,
) -> Option<Source> {
    let sources: Vec<_> = Source::all()
        .filter(|source| !matches!(source, Source::Macro(_)))
        .collect();
    let mut touched = None;
    for (place, source) in sources.into_iter().enumerate() {
        let row = row(rect, place);
        let name = motion::title(source);
        let response = handle(ui, row, (source, &name), Some(source) == chosen, carried);
        let meter = row
            .with_min_x(row.right() - METER - 4.0)
            .with_max_x(row.right() - 4.0);
        level(ui, meter, motion.values.get(source.index()).copied());
        let routes = motion.modulation.routes.iter();
        let count = routes.filter(|route| route.from == source).count();
        if count > 0 {
            let place = meter.translate(vec2(-COUNT - 2.0, 0.0));
            let place = place.with_max_x(place.left() + COUNT);
            let words = count.to_string();
            text::line(ui, place, &words, theme::TINY, theme::MOTION, Align::Max);
        }
        if response.clicked() || response.drag_started() {
            touched = Some(source);
        }
    }
    touched
}

/// Draws a row with the name of a source that can be carried off.
pub(super) fn handle(
    ui: &mut Ui,
    row: Rect,
    (source, name): (Source, &str),
    is_chosen: bool,
    carried: &mut Option<Source>,
) -> Response {
    let tip = format!("{name}: click to set it, drag it to what it is to move");
    let response = ui
        .interact(row, Id::unique(("source", source)), Sense::click_and_drag())
        .on_hover_cursor(CursorIcon::Grab)
        .on_hover_text(tip);
    let fill = match (is_chosen, response.hovered()) {
        (true, _) => theme::HOVERED,
        (false, true) => theme::RAISED,
        (false, false) => theme::BACK,
    };
    let radius = CornerRadius::same(theme::RADIUS);
    ui.painter().rect_filled(row, radius, fill);
    for n in 0..6_u8 {
        let (column, line) = (f32::from(n % 2), f32::from(n / 2));
        let at = pos2(
            row.left() + 6.0 + 4.0 * column,
            row.center().y - 4.0 + 4.0 * line,
        );
        ui.painter().circle_filled(at, 1.2, theme::MOTION);
    }
    let place = row.with_min_x(row.left() + HANDLE);
    let colour = if is_chosen { theme::TEXT } else { theme::MUTED };
    text::line(ui, place, name, theme::SMALL, colour, Align::Min);
    let goes_on = response.dragged_by(PointerButton::Primary);
    if let Some(pointer) = response.interact_pointer_pos().filter(|_| goes_on) {
        *carried = Some(source);
        ui.set_cursor_icon(CursorIcon::Grabbing);
        label(ui, pointer, &format!("{name}: drop it on a control"));
    }
    response
}

/// Draws where a source stands.
fn level(ui: &Ui, rect: Rect, value: Option<f32>) {
    let track = Rect::from_center_size(rect.center(), vec2(rect.width(), 4.0));
    let radius = CornerRadius::same(2);
    ui.painter().rect_filled(track, radius, theme::WELL);
    let end = track.left() + track.width() * value.unwrap_or(0.0).clamp(0.0, 1.0);
    ui.painter()
        .rect_filled(track.with_max_x(end), radius, theme::MOTION);
}

/// Says beside the pointer what it carries.
fn label(ui: &Ui, pointer: Pos2, words: &str) {
    let layer = LayerId::new(Order::Tooltip, Id::unique("carried source"));
    let painter = ui.ctx().layer_painter(layer);
    let font = theme::font(theme::SMALL);
    let galley = painter.layout_no_wrap(words.to_owned(), font, theme::TEXT);
    let size = galley.size() + vec2(12.0, 6.0);
    let free = ui.ctx().content_rect();
    let wanted = Align2::CENTER_BOTTOM.anchor_size(pointer - vec2(0.0, 12.0), size);
    let left = (free.right() - size.x).min(wanted.left()).max(free.left());
    let rect = Rect::from_min_size(pos2(left, wanted.top()), size);
    let stroke = Stroke::new(1.0, theme::MOTION);
    let radius = CornerRadius::same(theme::RADIUS);
    painter.rect(rect, radius, theme::RAISED, stroke, StrokeKind::Inside);
    painter.galley(rect.min + vec2(6.0, 3.0), galley, theme::TEXT);
}
