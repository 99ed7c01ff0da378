//! What is decoded in place of your sound: freeze, source, blend, seed, rate.

use egui::{Align, Rect, Ui, pos2, vec2};
use netbend_dsp::number::nearest_f32;
use nice_plug::prelude::ParamSetter;

use crate::params::latent::{LatentParams, SourceChoice};

use super::choice;
use super::knob::{self, Knob};
use super::theme::{self, Tone};
use super::{seed, text};

const LINE_GAP: f32 = 5.0;
/// Width of the name beside the seed.
const NAME: f32 = 30.0;

const SOURCES: [(&str, &str); 2] = [
    ("Random", "A loop the network makes up: the seed says which"),
    ("Walk", "A loop that slowly turns into another and another"),
];

/// Draws the group in `rect`.
pub fn show(ui: &mut Ui, rect: Rect, params: &LatentParams, setter: &ParamSetter<'_>) {
    let drawn = params.blend.value() > 0.0;
    let walks = params.source.value() == SourceChoice::Walk;
    let tone = if drawn { Tone::Active } else { Tone::Idle };

    let rect = Rect::from_center_size(rect.center(), vec2(rect.width(), knob::SIZE.1));
    let knobs = rect.right() - 2.0 * knob::SIZE.0;
    let column = rect.with_max_x(knobs - 6.0);
    let row = |line: usize| {
        let top = column.top() + (theme::ROW + LINE_GAP) * nearest_f32(line);
        Rect::from_min_size(pos2(column.left(), top), vec2(column.width(), theme::ROW))
    };
    let tip = "Hold the last 0.7 s and play them round and round. Heard with the voice at Model; at \
               Difference the loop colours your sound";
    choice::switch(
        ui,
        row(0),
        setter,
        &params.freeze,
        "Freeze",
        tip,
        theme::ACCENT,
    );
    choice::fields(
        ui,
        row(1),
        setter,
        &params.source,
        &choice::even(&SOURCES),
        tone,
    );
    let line = row(2);
    text::line(ui, line, "Seed", theme::SMALL, tone.name(), Align::Min);
    let field = line.with_min_x(line.left() + NAME);
    let tip = "Which sound the network makes up: the same seed is always the same sound. Click to type, \
               turn the wheel for the next, control-click to reset";
    seed::show(ui, field, &params.seed, setter, tone, tip);

    let cell = |place: usize| {
        let left = knobs + knob::SIZE.0 * nearest_f32(place);
        Rect::from_min_size(pos2(left, rect.top()), vec2(knob::SIZE.0, knob::SIZE.1))
    };
    let tip = "Blend of latents: from your sound, or the one held, to one the network makes up";
    Knob::new(&params.blend, setter, "Latent", tip).show(ui, cell(0));
    let tip = "How many sounds the walk passes in a second; acts when the source is Walk";
    Knob::new(&params.rate, setter, "Rate", tip)
        .tone(if walks { tone } else { Tone::Unused })
        .show(ui, cell(1));
}
