//! The top line behind the name: preset, undo and comparison, model, latency mode, bypass.

use egui::{Align, Align2, Rect, Ui, vec2};
use nice_plug::prelude::ParamSetter;

use crate::params::NetbendParams;

use super::browser::Browser;
use super::edits::{self, Edits};
use super::theme::{self, Tone};
use super::{choice, text};

/// Height of the line in points.
pub const HEIGHT: f32 = 28.0;

/// In the order of the parameter's values, of which the last is the shortest.
const LATENCIES: [(&str, &str); 4] = [
    (
        "Live",
        "Little delay, for playing: about 70 ms, and much work for the processor",
    ),
    (
        "Tight",
        "About 0.2 s of delay, which the host makes up for: for mixing",
    ),
    (
        "Studio",
        "About 0.8 s of delay and the least work for the processor: for many instances",
    ),
    (
        "Direct",
        "Least delay, for playing by hand: about 46 ms, and the most work for the processor",
    ),
];

/// Width of the preset's name and its neighbours, the least and the most.
const PRESET: (f32, f32) = (200.0, 290.0);
/// Between two groups.
const APART: f32 = 14.0;

/// Draws the line in `rect`, behind the plugin's name; `model` is the model's name and version.
pub fn show(
    ui: &mut Ui,
    rect: Rect,
    params: &NetbendParams,
    setter: &ParamSetter<'_>,
    model: &str,
    browser: &mut Browser,
    edits: &mut Edits,
) {
    let row = rect.shrink2(vec2(0.0, (rect.height() - theme::ROW) / 2.0));
    let mut right = row.right();
    let mut take = |width: f32| {
        let taken = row.with_max_x(right).with_min_x(right - width);
        right -= width;
        taken
    };
    let bypass = take(84.0);
    let tip = "Hear your untouched input, delayed as the bent sound is";
    choice::switch(
        ui,
        bypass,
        setter,
        &params.bypass,
        "Bypass",
        tip,
        theme::WARNING,
    );
    take(20.0);
    let mut latencies = choice::even(&LATENCIES);
    latencies.rotate_right(1);
    choice::fields(
        ui,
        take(216.0),
        setter,
        &params.latency,
        &latencies,
        Tone::Active,
    );
    let named = take(58.0);

    let preset = row.with_min_x(rect.left());
    let spare = right - preset.left() - edits::WIDTH - 2.0 * APART;
    let preset = preset.with_max_x(preset.left() + spare.clamp(PRESET.0, PRESET.1));
    browser.bar(ui, preset, setter);
    let done = row.with_min_x(preset.right() + APART);
    let done = done.with_max_x(done.left() + edits::WIDTH);
    edits.show(ui, done, browser, setter);
    // The modes say of themselves what they are; their name stands where there is room.
    if done.right() + 4.0 <= named.left() {
        name(ui, named, "Latency");
    }

    // Names of models are free text: where there is no room, the bottom line says it alone.
    let space = row
        .with_min_x(done.right() + APART)
        .with_max_x(right - APART);
    let font = theme::font(theme::SMALL);
    let galley = ui
        .painter()
        .layout_no_wrap(model.to_owned(), font, theme::MUTED);
    if galley.size().x <= space.width() {
        text::line(ui, space, model, theme::SMALL, theme::MUTED, Align::Min);
    }
}

fn name(ui: &Ui, rect: Rect, text: &str) {
    let at = rect.right_center() - vec2(8.0, 0.0);
    ui.painter().text(
        at,
        Align2::RIGHT_CENTER,
        text,
        theme::font(theme::SMALL),
        theme::MUTED,
    );
}
