//! The top line: name, model, latency mode, bypass.

use egui::text::{LayoutJob, TextFormat};
use egui::{Align2, Rect, Ui, pos2, vec2};
use nice_plug::prelude::ParamSetter;

use crate::params::NetbendParams;

use super::choice;
use super::theme::{self, Tone};

/// Height of the line in points.
pub const HEIGHT: f32 = 28.0;

const LATENCIES: [(&str, &str); 3] = [
    (
        "Live",
        "Least delay, for playing: about 70 ms, and the most work for the processor",
    ),
    (
        "Tight",
        "About 0.2 s of delay, which the host makes up for: for mixing",
    ),
    (
        "Studio",
        "About 0.8 s of delay and the least work for the processor: for many instances",
    ),
];

/// Draws the line in `rect`; `model` is the model's name and version.
pub fn show(
    ui: &mut Ui,
    rect: Rect,
    params: &NetbendParams,
    setter: &ParamSetter<'_>,
    model: &str,
) {
    let mut wordmark = LayoutJob::default();
    let format = TextFormat {
        font_id: theme::font(20.0),
        color: theme::TEXT,
        extra_letter_spacing: 3.0,
        ..TextFormat::default()
    };
    wordmark.append("NET", 0.0, format.clone());
    wordmark.append(
        "BEND",
        0.0,
        TextFormat {
            color: theme::ACCENT,
            ..format
        },
    );
    let galley = ui.painter().layout_job(wordmark);
    let size = galley.size();
    let origin = pos2(rect.left(), rect.center().y - size.y / 2.0);
    ui.painter().galley(origin, galley, theme::TEXT);

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
    choice::fields(
        ui,
        take(168.0),
        setter,
        &params.latency,
        &choice::even(&LATENCIES),
        Tone::Active,
    );
    name(ui, take(58.0), "Latency");

    // Names of models are free text: never run into the selectors.
    let space = Rect::from_min_max(pos2(rect.left() + size.x + 16.0, rect.top()), rect.max)
        .with_max_x(right - 12.0);
    ui.painter_at(space).text(
        space.left_center() + vec2(0.0, 2.0),
        Align2::LEFT_CENTER,
        model,
        theme::font(theme::BODY),
        theme::MUTED,
    );
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
