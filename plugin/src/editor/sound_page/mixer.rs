//! The parts mixer: a fader, mute and solo for each of the model's parts, in place of the page's other columns while it is open.

use egui::{Align, Id, Rect, Ui, pos2, vec2};
use netbend_dsp::number::nearest_f32;
use netbend_models::bends::part_mix::PartFader;
use nice_plug::prelude::{Param, ParamSetter};

use crate::editor::column::head;
use crate::editor::theme;
use crate::editor::{choice, entry, gesture, slider, text};
use crate::params::part_mix::PartParams;
use crate::report::layout::PartLayout;
use crate::resources::PARTS_MODEL;

/// Width of the column that closes it.
const CLOSE: f32 = 84.0;
/// Widest fader.
const WIDEST: f32 = 170.0;
/// Between two faders.
const BETWEEN: f32 = 14.0;
/// Height of a line of text.
const LINE: f32 = 18.0;
/// Width of the button that opens it, beside the sidechain's.
const DOOR: f32 = 82.0;
/// Height of a line of the smallest text.
const TINY_LINE: f32 = 14.0;
/// Width of a value.
const VALUE: f32 = 58.0;

fn id() -> Id {
    Id::unique("parts mixer")
}

/// Whether the mixer is shown.
pub fn is_open(ui: &Ui) -> bool {
    ui.data(|data| data.get_temp(id())).unwrap_or(false)
}

fn open(ui: &Ui, is_open: bool) {
    ui.data_mut(|data| data.insert_temp(id(), is_open));
}

/// Draws the button that opens it beside the sidechain's in `column`; where the model has no parts, a line at the bottom that says so. Returns
/// what is left of the column.
pub fn door(ui: &mut Ui, column: Rect, faders: &[PartParams], parts: &[PartLayout]) -> Rect {
    if parts.is_empty() {
        let top = column.bottom() - TINY_LINE;
        let words = format!("No parts mixer: {PARTS_MODEL} has one");
        let line = column.with_min_y(top);
        text::line(ui, line, &words, theme::TINY, theme::FAINT, Align::Min);
        return column.with_max_y(top);
    }
    let (_, rest) = head(column);
    let place = Rect::from_min_max(
        pos2((rest.right() - DOOR).max(rest.left()), rest.top()),
        pos2(rest.right(), rest.top() + theme::ROW),
    );
    let moved = |fader: &PartParams| fader.fader() != PartFader::default();
    let name = match faders.iter().take(parts.len()).any(moved) {
        true => "Parts: mixed",
        false => "Parts mixer",
    };
    let names: Vec<_> = parts.iter().map(|part| part.name.as_str()).collect();
    let names = names.join(", ");
    let tip = format!("Faders for {names}: the network as a mixing desk");
    if choice::button_of(ui, place, id().with("door"), name, &tip) {
        open(ui, true);
    }
    column
}

/// Draws the mixer in `rect`.
pub fn show(
    ui: &mut Ui,
    rect: Rect,
    faders: &[PartParams],
    parts: &[PartLayout],
    setter: &ParamSetter<'_>,
) {
    let (desk, close) = rect.split_left_right_at_x(rect.right() - CLOSE);
    let count = nearest_f32(parts.len().max(1));
    let width = (desk.width() / count - BETWEEN).min(WIDEST);
    let mut left = desk.left();
    for (part, fader) in parts.iter().zip(faders) {
        let place = Rect::from_min_size(pos2(left, desk.top()), vec2(width, desk.height()));
        strip(ui, place, fader, &part.name, setter);
        left = place.right() + BETWEEN;
    }
    let words = close.with_max_y(close.bottom() - theme::ROW - 6.0);
    text::paragraph(ui, words, "Parts, from silent to +12 dB", theme::MUTED);
    let button = close.with_min_y(close.bottom() - theme::ROW);
    if choice::button_of(ui, button, id().with("close"), "Close", "Back to the sound") {
        open(ui, false);
    }
}

/// One part: its name and value, the fader, mute and solo.
fn strip(ui: &mut Ui, rect: Rect, fader: &PartParams, name: &str, setter: &ParamSetter<'_>) {
    let gain = &fader.gain;
    let head = Rect::from_min_size(rect.min, vec2(rect.width(), LINE));
    let (title, value) = head.split_left_right_at_x(head.right() - VALUE.min(head.width() / 2.0));
    text::line(ui, title, name, theme::BODY, theme::TEXT, Align::Min);
    let shown = gain.normalized_value_to_string(gain.modulated_normalized_value(), true);
    let place = id().with(("value", gain.name()));
    let tip = "Click to type decibels, or -inf";
    let (_, typed) = entry::value(ui, value, place, &shown, theme::TEXT, tip);
    if let Some(unit) = typed.and_then(|typed| gain.string_to_normalized_value(&typed)) {
        gesture::set(setter, gain, unit);
    }
    let middle = (head.bottom() + rect.bottom() - theme::ROW) / 2.0;
    let track = Rect::from_center_size(
        pos2(rect.center().x, middle),
        vec2(rect.width() - 12.0, 20.0),
    );
    let tip = format!("How loud the {name} is. Double-click for 0 dB");
    slider::show(ui, track, setter, gain, place, &tip);
    let foot = rect.with_min_y(rect.bottom() - theme::ROW);
    let (mute, solo) = foot.split_left_right_at_x(foot.center().x);
    let tip = format!("Silence the {name}");
    let place = mute.with_max_x(mute.right() - 2.0);
    choice::switch(ui, place, setter, &fader.mute, "Mute", &tip, theme::WARNING);
    let tip = format!("Hear the {name} and what else is soloed alone");
    let place = solo.with_min_x(solo.left() + 2.0);
    choice::switch(ui, place, setter, &fader.solo, "Solo", &tip, theme::ACCENT);
}
