//! What is decoded in place of your sound: freeze, source, blend, seed, rate.

use egui::{Align2, CornerRadius, Id, Rect, Ui, pos2, vec2};
use nice_plug::prelude::{Param, ParamSetter};

use crate::params::latent::{LatentParams, SourceChoice};

use super::choice::{self, Item};
use super::knob::{self, Knob};
use super::theme::{self, Tone};
use super::{entry, gesture};

const LINE_GAP: f32 = 5.0;
/// Width of the name beside the seed.
const NAME: f32 = 30.0;

const SOURCES: [Item<'static>; 2] = [
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
        let top = column.top() + (theme::ROW + LINE_GAP) * line as f32;
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
    choice::fields(ui, row(1), setter, &params.source, &SOURCES, tone);
    seed(ui, row(2), params, setter, tone);

    let cell = |place: usize| {
        let left = knobs + knob::SIZE.0 * place as f32;
        Rect::from_min_size(pos2(left, rect.top()), vec2(knob::SIZE.0, knob::SIZE.1))
    };
    let tip = "Blend of latents: from your sound, or the one held, to one the network makes up";
    Knob::new(&params.blend, setter, "Latent", tip).show(ui, cell(0));
    let tip = "How many sounds the walk passes in a second; acts when the source is Walk";
    Knob::new(&params.rate, setter, "Rate", tip)
        .tone(if walks { tone } else { Tone::Unused })
        .show(ui, cell(1));
}

fn seed(ui: &mut Ui, rect: Rect, params: &LatentParams, setter: &ParamSetter<'_>, tone: Tone) {
    let param = &params.seed;
    ui.painter().text(
        rect.left_center(),
        Align2::LEFT_CENTER,
        "Seed",
        theme::font(theme::SMALL),
        tone.name(),
    );
    let field = rect.with_min_x(rect.left() + NAME);
    ui.painter()
        .rect_filled(field, CornerRadius::same(theme::RADIUS), theme::WELL);
    let tip = "Which sound the network makes up: the same seed is always the same sound. Click to type, \
               turn the wheel for the next, control-click to reset";
    let text = param.value().to_string();
    let id = Id::unique("latent seed value");
    let (response, typed) = entry::value(ui, field, id, &text, tone.value(), tip);
    gesture::wheel(ui, &response, setter, param);
    if gesture::reset_clicked(ui, &response) || response.double_clicked() {
        gesture::reset(setter, param);
    } else if let Some(unit) = typed.and_then(|typed| param.string_to_normalized_value(&typed)) {
        gesture::set(setter, param, unit);
    }
}
