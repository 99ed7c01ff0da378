//! Meters of what goes in and out: peaks that fall slowly, the highest held, and how far the ceiling turns down.

use egui::{Align2, CornerRadius, Id, Rect, Sense, Ui, pos2, vec2};
use netbend_dsp::number::nearest_f32;

use super::theme;
use crate::report::meters::{Meters, Peaks, decibels};

/// Width of both meters with their names.
pub const WIDTH: f32 = 2.0 * BAR + GAP;

const BAR: f32 = 20.0;
const GAP: f32 = 3.0;
/// Height of a name.
const NAME: f32 = 12.0;
/// What the bars show, in dB.
const RANGE_DB: (f32, f32) = (-48.0, 6.0);
/// How fast a peak falls, in dB per second.
const FALL_DB: f32 = 24.0;
/// How long the highest peak stays, in seconds.
const HOLD: f64 = 1.5;

/// What is shown, from picture to picture.
#[derive(Clone, Copy)]
struct Shown {
    /// Input and output, in dB.
    peaks: [f32; 2],
    /// Their highest of late, and when.
    held: [(f32, f64); 2],
    /// How far the ceiling turns down, in dB.
    reduction: f32,
}

impl Default for Shown {
    fn default() -> Self {
        Self {
            peaks: [RANGE_DB.0; 2],
            held: [(RANGE_DB.0, 0.0); 2],
            reduction: 0.0,
        }
    }
}

impl Shown {
    /// Takes what came, `seconds` after the picture before, at `now`.
    fn follow(&mut self, came: Peaks, seconds: f32, now: f64) {
        let fall = FALL_DB * seconds;
        let came_db = [came.input, came.output].map(decibels);
        for ((shown, held), came) in self.peaks.iter_mut().zip(&mut self.held).zip(came_db) {
            *shown = came.max(*shown - fall).max(RANGE_DB.0);
            if *shown >= held.0 || now - held.1 > HOLD {
                *held = (*shown, now);
            }
        }
        self.reduction = came.reduction_db.max(self.reduction - fall).max(0.0);
    }
}

/// Draws both in `rect`.
pub fn show(ui: &mut Ui, rect: Rect, meters: &Meters) {
    let id = Id::unique("meters");
    let (seconds, now) = ui.input(|input| (input.stable_dt, input.time));
    let mut shown = ui.data(|data| data.get_temp::<Shown>(id).unwrap_or_default());
    shown.follow(meters.take(), seconds.clamp(0.0, 0.5), now);
    ui.data_mut(|data| data.insert_temp(id, shown));

    let said = |name: &str, (db, _): (f32, f64)| match db <= RANGE_DB.0 {
        true => format!("{name}: silent"),
        false => format!("{name}: peak {db:.1} dB"),
    };
    let mut tip = format!(
        "{}\n{}",
        said("In", shown.held[0]),
        said("Out", shown.held[1])
    );
    if shown.reduction > 0.05 {
        tip += &format!("\nThe ceiling turns down by {:.1} dB", shown.reduction);
    }
    ui.interact(rect, id, Sense::hover()).on_hover_text(tip);
    for (place, name) in ["In", "Out"].into_iter().enumerate() {
        let left = rect.left() + nearest_f32(place) * (BAR + GAP);
        let bar = Rect::from_min_size(pos2(left, rect.top()), vec2(BAR, rect.height()));
        let (peak, (held, _)) = (shown.peaks[place], shown.held[place]);
        let reduction = if place == 1 { shown.reduction } else { 0.0 };
        bar_of(
            ui,
            bar.with_max_y(bar.bottom() - NAME),
            peak,
            held,
            reduction,
        );
        ui.painter().text(
            bar.center_bottom(),
            Align2::CENTER_BOTTOM,
            name,
            theme::font(theme::TINY),
            theme::MUTED,
        );
    }
}

fn bar_of(ui: &Ui, rect: Rect, peak: f32, held: f32, reduction: f32) {
    let rect = rect.shrink2(vec2(5.0, 0.0));
    let (low, high) = RANGE_DB;
    let y = |db: f32| rect.bottom() - rect.height() * ((db - low) / (high - low)).clamp(0.0, 1.0);
    let painter = ui.painter();
    painter.rect_filled(rect, CornerRadius::same(2), theme::WELL);
    let full = y(0.0);
    let filled = rect.with_min_y(y(peak).max(full));
    painter.rect_filled(filled, CornerRadius::ZERO, theme::IDLE);
    if peak > 0.0 {
        let over = rect.with_min_y(y(peak)).with_max_y(full);
        painter.rect_filled(over, CornerRadius::ZERO, theme::WARNING);
    }
    if held > low {
        let colour = if held > 0.0 {
            theme::WARNING
        } else {
            theme::TEXT
        };
        painter.hline(rect.x_range(), y(held), egui::Stroke::new(1.5, colour));
    }
    if reduction > 0.05 {
        let down = rect.with_max_y(y(high - reduction)).shrink2(vec2(2.0, 0.0));
        painter.rect_filled(down, CornerRadius::ZERO, theme::ACCENT);
    }
    painter.hline(rect.x_range(), full, egui::Stroke::new(1.0, theme::OUTLINE));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peaks_jump_up_and_fall_and_the_highest_is_held() {
        let mut shown = Shown::default();
        let loud = Peaks {
            input: 0.5,
            output: 1.0,
            reduction_db: 3.0,
        };
        shown.follow(loud, 0.025, 10.0);
        assert!((shown.peaks[1]).abs() < 1e-3 && (shown.peaks[0] + 6.02).abs() < 0.01);
        shown.follow(Peaks::default(), 0.5, 10.5);
        assert!((shown.peaks[1] + 12.0).abs() < 0.01 && shown.held[1].0.abs() < 1e-3);
        assert_eq!(shown.reduction, 0.0);
        shown.follow(Peaks::default(), 0.5, 12.0);
        assert!((shown.held[1].0 + 24.0).abs() < 0.01);
    }
}
