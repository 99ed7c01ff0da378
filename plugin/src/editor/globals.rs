//! What concerns all slots: voice, latent play, mix, output gain, seed.

use egui::{Align2, Id, Rect, Ui, pos2, vec2};
use nice_plug::prelude::{Param, ParamSetter};

use crate::params::slot::{SelectionChoice, SlotParams};
use crate::params::{MAX_SEED, NetbendParams};

use super::knob::{self, Knob};
use super::theme::{self, Tone};
use super::{choice, entry, gesture, latent, panel, seed, slider};

/// Height of the row in points.
pub const HEIGHT: f32 = knob::SIZE.1 + 2.0 * 7.0;

/// Draws the row in `rect`.
pub fn show(ui: &mut Ui, rect: Rect, params: &NetbendParams, setter: &ParamSetter<'_>) {
    let width = (rect.width() - theme::GAP * 3.0) / 4.0;
    let places: [Rect; 4] = std::array::from_fn(|place| {
        let left = rect.left() + (width + theme::GAP) * place as f32;
        Rect::from_min_size(pos2(left, rect.top()), vec2(width, rect.height()))
    });
    for place in places {
        panel::show(ui, place, theme::OUTLINE);
    }
    voice(ui, places[0].shrink(theme::PADDING), params, setter);
    let inner = places[1].shrink(theme::PADDING);
    latent::show(ui, inner, &params.latent, setter);
    levels(ui, places[2], params, setter);
    features(ui, places[3].shrink(theme::PADDING), params, setter);
}

fn voice(ui: &mut Ui, rect: Rect, params: &NetbendParams, setter: &ParamSetter<'_>) {
    const TIP: &str = "What you hear: Difference colours your own sound with the bend; Model plays \
                       the network's bent sound itself";
    let param = &params.voice.voice;
    let small = theme::font(theme::SMALL);
    let title = pos2(rect.left(), rect.top() + 8.0);
    ui.painter().text(
        title,
        Align2::LEFT_CENTER,
        "Voice",
        small.clone(),
        theme::MUTED,
    );
    let field = Rect::from_min_size(
        pos2(rect.center().x - 30.0, rect.bottom() - 16.0),
        vec2(60.0, 17.0),
    );
    let text = param.normalized_value_to_string(param.modulated_normalized_value(), true);
    let id = Id::unique("voice value");
    let tip = "Click to type a value: 0 % is Difference, 100 % is Model";
    let (_, typed) = entry::value(ui, field, id, &text, theme::TEXT, tip);
    if let Some(unit) = typed.and_then(|typed| param.string_to_normalized_value(&typed)) {
        gesture::set(setter, param, unit);
    }
    let track = Rect::from_min_max(
        pos2(rect.left() + 6.0, rect.center().y - 10.0),
        pos2(rect.right() - 6.0, rect.center().y + 10.0),
    );
    slider::show(ui, track, setter, param, TIP);
    let ends = rect.bottom() - 7.0;
    let body = theme::font(theme::BODY);
    let at_model = param.value();
    let colour = |near: bool| if near { theme::TEXT } else { theme::MUTED };
    let left = pos2(rect.left(), ends);
    ui.painter().text(
        left,
        Align2::LEFT_CENTER,
        "Difference",
        body.clone(),
        colour(at_model <= 0.5),
    );
    let right = pos2(rect.right(), ends);
    ui.painter().text(
        right,
        Align2::RIGHT_CENTER,
        "Model",
        body,
        colour(at_model >= 0.5),
    );
}

fn levels(ui: &mut Ui, rect: Rect, params: &NetbendParams, setter: &ParamSetter<'_>) {
    let width = rect.width() / 2.0;
    let cell = |column: usize| {
        Rect::from_center_size(
            pos2(rect.left() + width * (column as f32 + 0.5), rect.center().y),
            vec2(72.0, knob::SIZE.1),
        )
    };
    let tip = "Balance of the bent sound and your untouched input, which is delayed to match";
    Knob::new(&params.mix, setter, "Mix", tip).show(ui, cell(0));
    let tip = "Level of the output, dry sound included";
    Knob::new(&params.gain, setter, "Output", tip)
        .origin(params.gain.default_normalized_value())
        .show(ui, cell(1));
}

/// Whether the seed decides what the slot bends.
fn draws(slot: &SlotParams) -> bool {
    slot.on.value()
        && match slot.selection.value() {
            SelectionChoice::All => false,
            SelectionChoice::Random => true,
            SelectionChoice::Cluster | SelectionChoice::SoundCluster => slot.within.value() < 1.0,
        }
}

fn features(ui: &mut Ui, rect: Rect, params: &NetbendParams, setter: &ParamSetter<'_>) {
    let param = &params.seed;
    let used = params.slots.iter().any(draws);
    let tone = if used { Tone::Active } else { Tone::Idle };
    ui.painter().text(
        pos2(rect.left(), rect.top() + 8.0),
        Align2::LEFT_CENTER,
        "Seed of random features",
        theme::font(theme::SMALL),
        theme::MUTED,
    );
    let top = rect.center().y - 2.0;
    let half = (rect.width() - theme::GAP) / 2.0;
    let field = Rect::from_min_size(pos2(rect.left(), top), vec2(half, theme::ROW + 2.0));
    let tip = "Which features Random picks: the same seed always picks the same. Click to type, \
               control-click to reset";
    seed::show(ui, field, param, setter, tone, tip);
    let roll = Rect::from_min_size(pos2(field.right() + theme::GAP, top), field.size());
    if choice::button(
        ui,
        roll,
        "Re-roll",
        "Take the next seed: a new random set of features",
    ) {
        let next = (param.unmodulated_plain_value() + 1) % (MAX_SEED + 1);
        gesture::set(setter, param, param.preview_normalized(next));
    }
}
