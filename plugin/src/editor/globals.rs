//! What concerns all slots: voice, latent play, mix, output gain, seed.

use egui::{Align2, CornerRadius, Id, Rect, Stroke, StrokeKind, Ui, pos2, vec2};
use nice_plug::prelude::{Param, ParamSetter};

use crate::params::{MAX_SEED, NetbendParams};

use super::knob::{self, Knob};
use super::theme::{self, Tone};
use super::{choice, entry, gesture, latent, slider};

/// Height of the row in points.
pub const HEIGHT: f32 = knob::SIZE.1 + 2.0 * 7.0;

/// Draws the row; `columns` are the edges of the slots above, so that both align.
pub fn show(
    ui: &mut Ui,
    columns: &[Rect; 4],
    top: f32,
    params: &NetbendParams,
    setter: &ParamSetter<'_>,
) {
    let panel = |from: usize, to: usize| {
        Rect::from_min_max(
            pos2(columns[from].left(), top),
            pos2(columns[to].right(), top + HEIGHT),
        )
    };
    for rect in [panel(0, 0), panel(1, 1), panel(2, 2), panel(3, 3)] {
        ui.painter().rect(
            rect,
            CornerRadius::same(6),
            theme::PANEL,
            Stroke::new(1.0, theme::OUTLINE),
            StrokeKind::Inside,
        );
    }
    voice(ui, panel(0, 0).shrink(theme::PADDING), params, setter);
    let inner = panel(1, 1).shrink(theme::PADDING);
    latent::show(ui, inner, &params.latent, setter);
    levels(ui, panel(2, 2), params, setter);
    seed(ui, panel(3, 3).shrink(theme::PADDING), params, setter);
}

fn voice(ui: &mut Ui, rect: Rect, params: &NetbendParams, setter: &ParamSetter<'_>) {
    const TIP: &str = "What you hear: Difference colours your own sound with the bend; Model plays \
                       the network's bent sound itself";
    let param = &params.voice;
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

fn seed(ui: &mut Ui, rect: Rect, params: &NetbendParams, setter: &ParamSetter<'_>) {
    let param = &params.seed;
    let used = params.slots.iter().any(|slot| {
        slot.on.value() && slot.selection.value() == crate::params::slot::SelectionChoice::Random
    });
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
    ui.painter()
        .rect_filled(field, CornerRadius::same(theme::RADIUS), theme::WELL);
    let tip = "Which features Random picks: the same seed always picks the same. Click to type, \
               control-click to reset";
    let text = param.value().to_string();
    let (response, typed) = entry::value(
        ui,
        field,
        Id::unique("seed value"),
        &text,
        tone.value(),
        tip,
    );
    gesture::wheel(ui, &response, setter, param);
    if gesture::reset_clicked(ui, &response) || response.double_clicked() {
        gesture::reset(setter, param);
    } else if let Some(unit) = typed.and_then(|typed| param.string_to_normalized_value(&typed)) {
        gesture::set(setter, param, unit);
    }
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
