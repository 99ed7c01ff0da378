//! Smooth random in full: its way, and its clock.

use egui::{CornerRadius, Id, Rect, Shape, Stroke, Ui, pos2};
use netbend_dsp::number::{cut, nearest_f32};
use netbend_models::bends::modulation::Wander;

use super::clock;
use crate::editor::theme;
use crate::modulation::wander_value;

const GAP: f32 = 6.0;
/// Cycles that are shown of the way.
const CYCLES: f32 = 8.0;

/// Draws it in `rect`. Whether it changed.
pub(super) fn show(ui: &mut Ui, rect: Rect, wander: &mut Wander, value: f32) -> bool {
    let id = Id::unique("wander");
    let foot = rect.with_min_y(rect.bottom() - clock::NAMED);
    let well = rect.with_max_y(foot.top() - GAP);
    let radius = CornerRadius::same(theme::RADIUS);
    ui.painter().rect_filled(well, radius, theme::WELL);
    let inside = well.shrink(4.0);
    let y = |value: f32| inside.bottom() - inside.height() * value;
    let steps = cut::<usize>(inside.width().max(1.0));
    let line = (0..=steps).map(|step| {
        let share = nearest_f32(step) / nearest_f32(steps);
        let at = f64::from(share * CYCLES);
        pos2(
            inside.left() + inside.width() * share,
            y(wander_value(wander.seed, at)),
        )
    });
    let stroke = Stroke::new(1.5, theme::MOTION);
    ui.painter().add(Shape::line(line.collect(), stroke));
    let now = Stroke::new(1.0, theme::TEXT.gamma_multiply(0.5));
    ui.painter().hline(inside.x_range(), y(value), now);
    let names = [("Rate", 0.42), ("Begins with", 0.36), ("Way", 0.22)];
    let [rate, retrigger, seed] = clock::fields(ui, foot, names);
    let mut changed = clock::rate(ui, rate, id.with("rate"), &mut wander.rate);
    changed |= clock::retrigger(ui, retrigger, id, &mut wander.retrigger);
    changed | clock::seed(ui, seed, id.with("seed"), &mut wander.seed)
}
