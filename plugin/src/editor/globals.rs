//! What concerns all slots, and the place for the dice: voice, transient lock, latent play, auto gain, ceiling, mix, output gain, meters, seed.

use egui::{Align2, Id, Rect, Ui, pos2, vec2};
use netbend_dsp::number::nearest_f32;
use nice_plug::prelude::{Param, ParamSetter};

use crate::params::slot::{SelectionChoice, SlotParams};
use crate::params::{MAX_SEED, NetbendParams};
use crate::report::meters::Meters;

use super::column::cut_right;
use super::knob::{self, Knob};
use super::theme::{self, Tone};
use super::{choice, entry, gesture, latent, meter, panel, seed, slider};

/// Height of the row in points.
pub const HEIGHT: f32 = knob::SIZE.1 + 2.0 * 7.0;

/// Shares of the width: voice, latent play, levels, seed.
const SHARES: [f32; 4] = [0.29, 0.24, 0.30, 0.17];
/// Width of the knob of the transient lock.
const LOCK: f32 = 84.0;
/// From the word left of the voice's value to the middle of that.
const DIFFERENCE: f32 = 90.0;
/// Width of the switches of auto gain and ceiling.
const AUTO_GAIN: f32 = 92.0;

/// Draws the row in `rect`. Returns the place for the dice.
pub fn show(
    ui: &mut Ui,
    rect: Rect,
    params: &NetbendParams,
    meters: &Meters,
    setter: &ParamSetter<'_>,
) -> Rect {
    let room = rect.width() - theme::GAP * nearest_f32(SHARES.len() - 1);
    let mut left = rect.left();
    let places = SHARES.map(|share| {
        let place = Rect::from_min_size(pos2(left, rect.top()), vec2(room * share, rect.height()));
        left = place.right() + theme::GAP;
        place
    });
    for place in places {
        panel::show(ui, place, theme::OUTLINE);
    }
    let mut inner = places[0].shrink(theme::PADDING);
    lock(ui, cut_right(&mut inner, LOCK), params, setter);
    inner.max.x -= 6.0;
    voice(ui, inner, params, setter);
    let inner = places[1].shrink(theme::PADDING);
    latent::show(ui, inner, &params.latent, setter);
    let mut inner = places[2].shrink(theme::PADDING);
    meter::show(ui, cut_right(&mut inner, meter::WIDTH), meters);
    levels(ui, inner, params, setter);
    features(ui, places[3].shrink(theme::PADDING), params, setter)
}

fn lock(ui: &mut Ui, rect: Rect, params: &NetbendParams, setter: &ParamSetter<'_>) {
    let tip = "Keeps the attacks of your own sound: at 100 % every hit stays as tight as it came, and only \
               what rings after it is bent";
    let cell = Rect::from_center_size(rect.center(), vec2(rect.width(), knob::SIZE.1));
    Knob::new(&params.voice.transient_lock, setter, "Transient lock", tip).show(ui, cell);
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
    // In the middle, where the word left of it leaves room.
    let field = Rect::from_center_size(
        pos2(
            rect.center().x.max(rect.left() + DIFFERENCE),
            rect.bottom() - 7.5,
        ),
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
    slider::show(ui, track, setter, param, id, TIP);
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
    let place = |y: f32| {
        let centre = pos2(rect.left() + AUTO_GAIN / 2.0, rect.center().y + y);
        Rect::from_center_size(centre, vec2(AUTO_GAIN, theme::ROW))
    };
    let (switch, ceiling) = (place(-theme::ROW * 0.65), place(theme::ROW * 0.65));
    let tip = "Bent sound stays as loud as what went in, however strong the bend";
    choice::switch(
        ui,
        switch,
        setter,
        &params.voice.auto_gain,
        "Auto gain",
        tip,
        theme::ACCENT,
    );
    let tip = "The output never exceeds full scale, or your input's own peak where that is higher: what would is turned down";
    let param = &params.ceiling;
    choice::switch(ui, ceiling, setter, param, "Ceiling", tip, theme::ACCENT);
    let knobs = rect.with_min_x(switch.right() + 6.0);
    let width = knobs.width() / 2.0;
    let cell = |column: usize| {
        Rect::from_center_size(
            pos2(
                knobs.left() + width * (nearest_f32(column) + 0.5),
                rect.center().y,
            ),
            vec2(width.min(72.0), knob::SIZE.1),
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
            SelectionChoice::Cluster | SelectionChoice::SoundCluster | SelectionChoice::Part => {
                slot.within.value() < 1.0
            }
        }
}

fn features(ui: &mut Ui, rect: Rect, params: &NetbendParams, setter: &ParamSetter<'_>) -> Rect {
    let param = &params.seed;
    let used = params.slots.iter().any(draws);
    let tone = if used { Tone::Active } else { Tone::Idle };
    ui.painter().text(
        pos2(rect.left(), rect.top() + 8.0),
        Align2::LEFT_CENTER,
        "Random features",
        theme::font(theme::SMALL),
        theme::MUTED,
    );
    let top = rect.top() + 17.0;
    let half = (rect.width() - theme::GAP) / 2.0;
    let field = Rect::from_min_size(pos2(rect.left(), top), vec2(half, theme::ROW));
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
    rect.with_min_y(rect.bottom() - theme::ROW)
}
