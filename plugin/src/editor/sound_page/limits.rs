//! Limits and smoothing of what the difference does to a sound.

use egui::{Align, Rect, Ui};
use netbend_dsp::number::nearest_f32;
use nice_plug::prelude::ParamSetter;

use crate::editor::column::head;
use crate::editor::knob::Knob;
use crate::editor::text;
use crate::editor::theme::{self, Tone};
use crate::params::voice::VoiceParams;

const NAME: f32 = 68.0;

/// Draws the column.
pub fn show(ui: &mut Ui, column: Rect, params: &VoiceParams, setter: &ParamSetter<'_>) {
    // At the model's end of the voice the difference is not heard.
    let heard = params.voice.value() < 1.0;
    let tone = if heard { Tone::Active } else { Tone::Unused };
    let (line, rest) = head(column);
    let name = line.with_max_x(line.left() + NAME);
    text::line(
        ui,
        name,
        "Difference",
        theme::BODY,
        tone.value(),
        Align::Min,
    );
    let words = if heard { "limits" } else { "not heard" };
    let place = line.with_min_x(name.right());
    text::line(ui, place, words, theme::SMALL, theme::MUTED, Align::Max);

    let width = rest.width() / 3.0;
    let cell = |place: usize| {
        let left = rest.left() + width * nearest_f32(place);
        rest.with_min_x(left).with_max_x(left + width)
    };
    let tip = "How deep a bend may cut into your sound: raise it to keep the body in";
    Knob::new(&params.floor, setter, "Floor", tip)
        .tone(tone)
        .origin(1.0)
        .show(ui, cell(0));
    let tip = "How far a bend may push a part of your sound up: lower it where bends shriek";
    Knob::new(&params.ceiling, setter, "Ceiling", tip)
        .tone(tone)
        .show(ui, cell(1));
    let tip = "Calms the bend: less flicker and grit, softer changes";
    Knob::new(&params.smoothing, setter, "Smooth", tip)
        .tone(tone)
        .show(ui, cell(2));
}
