//! An oscillator in full: its shape, which can be drawn, and its clock.

use egui::{CornerRadius, CursorIcon, Id, Rect, Sense, Shape as Drawing, Stroke, Ui, pos2};
use netbend_dsp::number::{cut, nearest_f32, nearest_f64};
use netbend_models::bends::modulation::{Lfo, POINTS, Shape};

use super::clock;
use crate::editor::motion::field;
use crate::editor::theme;
use crate::modulation::lfo_value;

const SHAPES: [(&str, &str); 7] = [
    ("Sine", "Up and down, roundly"),
    ("Triangle", "Up and down in straight lines"),
    ("Up", "Up in a line, then at once down"),
    ("Down", "At once up, then down in a line"),
    ("Square", "Up for half of the time, down for the other"),
    ("Hold", "A random value, another one in each cycle"),
    ("Draw", "Your own: draw it below"),
];
const GAP: f32 = 6.0;
/// Cycles that are shown of a shape.
const CYCLES: f32 = 2.0;

/// Draws it in `rect`. Whether it changed.
pub(super) fn show(ui: &mut Ui, rect: Rect, number: usize, lfo: &mut Lfo, value: f32) -> bool {
    let id = Id::unique(("lfo", number));
    let top = rect.with_max_y(rect.top() + theme::ROW);
    let chosen = Shape::ALL.iter().position(|shape| *shape == lfo.shape);
    let shape = field::pick(ui, top, id.with("shape"), &SHAPES, chosen.unwrap_or(0));
    let mut changed = false;
    if let Some(shape) = shape.and_then(|place| Shape::ALL.get(place)) {
        if *shape == Shape::Drawn && lfo.points == Lfo::default().points {
            // A line that is there is drawn over sooner than none.
            let sine =
                |n: usize| lfo_value(&Lfo::default(), nearest_f64(n) / nearest_f64(POINTS), 0);
            lfo.points = std::array::from_fn(sine);
        }
        lfo.shape = *shape;
        changed = true;
    }
    let foot = rect.with_min_y(rect.bottom() - clock::NAMED);
    let well = rect
        .with_min_y(top.bottom() + GAP)
        .with_max_y(foot.top() - GAP);
    changed |= picture(ui, well, id, lfo, value);
    let names = [
        ("Rate", 0.34),
        ("Phase", 0.14),
        ("Begins with", 0.36),
        ("Draw", 0.16),
    ];
    let [rate, phase, retrigger, seed] = clock::fields(ui, foot, names);
    changed |= clock::rate(ui, rate, id.with("rate"), &mut lfo.rate);
    let tip = "Where in the cycle it begins";
    changed |= clock::share(ui, phase, id.with("phase"), &mut lfo.phase, tip);
    changed |= clock::retrigger(ui, retrigger, id, &mut lfo.retrigger);
    changed | clock::seed(ui, seed, id.with("seed"), &mut lfo.seed)
}

/// Draws the shape, and lets the pointer draw one. Whether it did.
fn picture(ui: &mut Ui, well: Rect, id: Id, lfo: &mut Lfo, value: f32) -> bool {
    let radius = CornerRadius::same(theme::RADIUS);
    ui.painter().rect_filled(well, radius, theme::WELL);
    let is_drawn = lfo.shape == Shape::Drawn;
    let changed = is_drawn && draw(ui, well, id, lfo);
    let cycles = if is_drawn { 1.0 } else { CYCLES };
    let inside = well.shrink(4.0);
    let y = |value: f32| inside.bottom() - inside.height() * value;
    let steps = cut::<usize>(inside.width().max(1.0));
    let mut shown = *lfo;
    if is_drawn {
        shown.phase = 0.0;
    }
    let shown = &shown;
    let line = (0..=steps).map(|step| {
        let share = nearest_f32(step) / nearest_f32(steps);
        // The picture begins with the cycle, and ends just before the next one would.
        let at = f64::from(share * cycles).min(f64::from(cycles) - 1e-6);
        pos2(
            inside.left() + inside.width() * share,
            y(lfo_value(shown, at, 0)),
        )
    });
    let stroke = Stroke::new(1.5, theme::MOTION);
    ui.painter().add(Drawing::line(line.collect(), stroke));
    let now = Stroke::new(1.0, theme::TEXT.gamma_multiply(0.5));
    ui.painter().hline(inside.x_range(), y(value), now);
    changed
}

fn draw(ui: &mut Ui, well: Rect, id: Id, lfo: &mut Lfo) -> bool {
    let response = ui
        .interact(well, id.with("draw"), Sense::click_and_drag())
        .on_hover_cursor(CursorIcon::Crosshair)
        .on_hover_text("Draw one cycle: drag across");
    let Some(to) = response.interact_pointer_pos() else {
        return false;
    };
    if !response.is_pointer_button_down_on() {
        return false;
    }
    let (delta, is_first) =
        ui.input(|input| (input.pointer.delta(), input.pointer.primary_pressed()));
    let from = if is_first { to } else { to - delta };
    let inside = well.shrink(4.0);
    let place = |x: f32| {
        let share = ((x - inside.left()) / inside.width()).clamp(0.0, 0.999_9);
        cut::<usize>(share * nearest_f32(POINTS))
    };
    let height = |y: f32| ((inside.bottom() - y) / inside.height()).clamp(0.0, 1.0);
    let (first, last) = (place(from.x), place(to.x));
    let mut changed = false;
    for point in first.min(last)..=first.max(last) {
        let share = match first.abs_diff(last) {
            0 => 1.0,
            all => nearest_f32(point.abs_diff(first)) / nearest_f32(all),
        };
        let value = height(from.y + share * (to.y - from.y));
        let value = (100.0 * value).round() / 100.0;
        if let Some(own) = lfo.points.get_mut(point) {
            changed |= *own != value;
            *own = value;
        }
    }
    changed
}
