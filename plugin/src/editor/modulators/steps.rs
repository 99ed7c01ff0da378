//! A sequencer in full: its steps, drawn, and its clock.

use egui::{CornerRadius, CursorIcon, Id, Rect, Sense, Stroke, Ui, pos2, vec2};
use netbend_dsp::number::{cut, nearest_f32};
use netbend_models::bends::modulation::{STEPS, Sequencer};

use super::clock;
use crate::editor::motion::field::{self, Bar};
use crate::editor::theme;

const GAP: f32 = 6.0;

/// Draws it in `rect`. Whether it changed.
pub(super) fn show(
    ui: &mut Ui,
    rect: Rect,
    number: usize,
    sequencer: &mut Sequencer,
    value: f32,
) -> bool {
    let id = Id::unique(("steps", number));
    let foot = rect.with_min_y(rect.bottom() - clock::NAMED);
    let well = rect.with_max_y(foot.top() - GAP);
    let mut changed = draw(ui, well, id, sequencer, value);
    let names = [
        ("Step", 0.28),
        ("Length", 0.10),
        ("Glide", 0.13),
        ("Swing", 0.13),
        ("Begins with", 0.36),
    ];
    let [rate, length, glide, swing, retrigger] = clock::fields(ui, foot, names);
    changed |= clock::rate(ui, rate, id.with("rate"), &mut sequencer.step);
    let span = nearest_f32(STEPS - 1);
    let shown = Bar {
        words: &sequencer.length.to_string(),
        origin: 0.0,
        usual: 1.0,
        tip: "How many steps are played",
    };
    let unit = nearest_f32(sequencer.length.saturating_sub(1)) / span;
    if let Some(unit) = field::bar(ui, length, id.with("length"), unit, shown) {
        sequencer.length = 1 + cut::<usize>((span * unit).round());
        changed = true;
    }
    let tip = "The share of a step over which it is reached";
    changed |= clock::share(ui, glide, id.with("glide"), &mut sequencer.glide, tip);
    let tip = "How late every second step is";
    changed |= clock::share(ui, swing, id.with("swing"), &mut sequencer.swing, tip);
    changed | clock::retrigger(ui, retrigger, id, &mut sequencer.retrigger)
}

/// Draws the steps, which the pointer sets. Whether it did.
fn draw(ui: &mut Ui, well: Rect, id: Id, sequencer: &mut Sequencer, value: f32) -> bool {
    let response = ui
        .interact(well, id.with("draw"), Sense::click_and_drag())
        .on_hover_cursor(CursorIcon::Crosshair)
        .on_hover_text("Set steps: press, and drag across. With Alt a step is all or nothing");
    let width = well.width() / nearest_f32(STEPS);
    let mut changed = false;
    if let Some(at) = response.interact_pointer_pos()
        && response.is_pointer_button_down_on()
    {
        let (delta, is_first, whole) = ui.input(|input| {
            let pointer = &input.pointer;
            (
                pointer.delta(),
                pointer.primary_pressed(),
                input.modifiers.alt,
            )
        });
        // A fast pointer passes over steps between two pictures.
        let from = if is_first { at } else { at - delta };
        let place = |x: f32| cut::<usize>(((x - well.left()) / width).max(0.0)).min(STEPS - 1);
        let (first, last) = (place(from.x), place(at.x));
        for step in first.min(last)..=first.max(last) {
            let share = match first.abs_diff(last) {
                0 => 1.0,
                all => nearest_f32(step.abs_diff(first)) / nearest_f32(all),
            };
            let y = from.y + share * (at.y - from.y);
            let height = ((well.bottom() - y) / well.height()).clamp(0.0, 1.0);
            let set = match whole {
                true => height.round(),
                false => (100.0 * height).round() / 100.0,
            };
            if let Some(own) = sequencer.values.get_mut(step) {
                changed |= *own != set;
                *own = set;
            }
        }
    }
    let radius = CornerRadius::same(theme::RADIUS);
    ui.painter().rect_filled(well, radius, theme::WELL);
    for (place, own) in sequencer.values.iter().enumerate() {
        let left = well.left() + width * nearest_f32(place);
        let cell = Rect::from_min_size(pos2(left, well.top()), vec2(width, well.height()));
        let cell = cell.shrink(2.0);
        let is_played = place < sequencer.length;
        let ground = match (is_played, place % 4) {
            (true, 0) => theme::RAISED,
            (true, _) => theme::BACK,
            (false, _) => theme::WELL,
        };
        let radius = CornerRadius::same(2);
        ui.painter().rect_filled(cell, radius, ground);
        let top = cell.bottom() - (cell.height() - 2.0) * own - 2.0;
        let colour = match is_played {
            true => theme::MOTION,
            false => theme::FAINT,
        };
        ui.painter()
            .rect_filled(cell.with_min_y(top), radius, colour);
    }
    let now = well.bottom() - well.height() * value;
    let stroke = Stroke::new(1.0, theme::TEXT.gamma_multiply(0.5));
    ui.painter().hline(well.x_range(), now, stroke);
    changed
}
