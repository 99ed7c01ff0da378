//! What was done in the last minute, a line each, in place of the spectrograms: a click goes back to what was set then.

use std::time::{Duration, Instant};

use egui::{
    Align, Color32, CornerRadius, CursorIcon, Id, Key, Modifiers, Rect, ScrollArea, Sense, Ui,
    UiBuilder, pos2, vec2,
};
use netbend_dsp::number::nearest_f32;

use super::Recent;
use crate::editor::{choice, panel, text, theme};

const GAP: f32 = 6.0;
const BUTTON: f32 = 76.0;
/// Height of a line.
const LINE: f32 = 20.0;
/// Width of what says how long ago it was.
const AGO: f32 = 84.0;
/// Share of the rest that says what was done.
const WHAT: f32 = 0.45;

/// What was pressed.
pub enum Pressed {
    /// What was set before so many of the newest lines.
    Before(usize),
    /// The panel is to go.
    Close,
}

/// Draws the panel in `rect`.
pub fn show(ui: &mut Ui, rect: Rect, recent: &Recent) -> Option<Pressed> {
    panel::show(ui, rect, theme::OUTLINE);
    let inner = rect.shrink(theme::PADDING);
    let top = inner.with_max_y(inner.top() + theme::ROW);
    let close = top.with_min_x(top.right() - BUTTON);
    let mut pressed = None;
    let is_typed = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape));
    if choice::button(ui, close, "Close", "Go on with what you hear") || is_typed {
        pressed = Some(Pressed::Close);
    }
    let words = "The last minute: click a line to go back to what was set then. What the host automates stays";
    let words_at = top.with_max_x(close.left() - GAP);
    text::line(ui, words_at, words, theme::BODY, theme::TEXT, Align::Min);
    let field = inner.with_min_y(top.bottom() + GAP);
    ui.painter()
        .rect_filled(field, CornerRadius::same(theme::RADIUS), theme::WELL);
    let count = recent.newest_first().len();
    if count == 0 {
        let words = "Nothing was changed here in the last minute";
        text::line(ui, field, words, theme::BODY, theme::MUTED, Align::Center);
        return pressed;
    }
    let now = Instant::now();
    ui.scope_builder(UiBuilder::new().max_rect(field.shrink(3.0)), |ui| {
        let area = ScrollArea::vertical().id_salt("recent").auto_shrink(false);
        area.show(ui, |ui| {
            ui.set_height(LINE * nearest_f32(count + 1));
            let all = ui.max_rect();
            let place_of = |place: usize| {
                let at = pos2(all.left(), all.top() + LINE * nearest_f32(place));
                Rect::from_min_size(at, vec2(all.width(), LINE))
            };
            for (place, entry) in recent.newest_first().enumerate() {
                let words = &entry.words;
                let how = match words.from.as_str() {
                    "" => String::new(),
                    from => format!("{from} › {}", words.to),
                };
                let ago = ago(now.duration_since(entry.when));
                if line(ui, place_of(place), place, [&ago, &words.what, &how]) {
                    pressed = Some(Pressed::Before(place));
                }
            }
            let words = ["before", "What was set before all of this", ""];
            if line(ui, place_of(count), count, words) {
                pressed = Some(Pressed::Before(count));
            }
        });
    });
    pressed
}

/// Draws one line. Returns whether it was clicked; the newest is what is set already.
fn line(ui: &mut Ui, rect: Rect, place: usize, [ago, what, how]: [&str; 3]) -> bool {
    let is_now = place == 0;
    let response = ui.interact(rect, Id::unique(("recent", place)), Sense::click());
    let response = match is_now {
        true => response,
        false => response
            .on_hover_cursor(CursorIcon::PointingHand)
            .on_hover_text("Go back to this moment"),
    };
    let fill = match (is_now, response.hovered()) {
        (true, _) => theme::ACCENT.gamma_multiply(0.3),
        (false, true) => theme::RAISED,
        (false, false) => Color32::TRANSPARENT,
    };
    ui.painter()
        .rect_filled(rect, CornerRadius::same(theme::RADIUS), fill);
    let inner = rect.shrink2(vec2(8.0, 0.0));
    let first = inner.with_max_x(inner.left() + AGO);
    let rest = inner.with_min_x(first.right());
    let second = rest.with_max_x(rest.left() + rest.width() * WHAT - GAP);
    let third = rest.with_min_x(second.right() + GAP);
    text::line(ui, first, ago, theme::BODY, theme::MUTED, Align::Min);
    text::line(ui, second, what, theme::BODY, theme::TEXT, Align::Min);
    text::line(ui, third, how, theme::BODY, theme::MUTED, Align::Min);
    response.clicked() && !is_now
}

/// `12 s ago`.
fn ago(time: Duration) -> String {
    match time.as_secs() {
        0 => "now".to_owned(),
        seconds @ 1..60 => format!("{seconds} s ago"),
        seconds => format!("{} min {} s ago", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_in_seconds() {
        let words = [0, 1, 59, 60, 61].map(|seconds| ago(Duration::from_secs(seconds)));
        let expected = [
            "now",
            "1 s ago",
            "59 s ago",
            "1 min 0 s ago",
            "1 min 1 s ago",
        ];
        assert_eq!(words, expected);
    }
}
