//! The macros: knobs of the host's that move others.

use egui::{Rect, Ui, pos2, vec2};
use netbend_dsp::number::nearest_f32;
use netbend_models::bends::modulation::Source;
use nice_plug::prelude::ParamSetter;

use super::sources;
use crate::editor::bar;
use crate::editor::theme::Tone;
use crate::params::macros::MacroParams;

/// Height of the row in points.
pub(super) const HEIGHT: f32 = 40.0;
const GAP: f32 = 6.0;
const NAME: f32 = 20.0;

/// Draws the row in `rect`. Which macro was clicked or taken.
pub(super) fn show(
    ui: &mut Ui,
    rect: Rect,
    knobs: &[MacroParams],
    chosen: Option<Source>,
    carried: &mut Option<Source>,
    setter: &ParamSetter<'_>,
) -> Option<Source> {
    let count = nearest_f32(knobs.len().max(1));
    let width = (rect.width() - GAP * (count - 1.0)) / count;
    let mut touched = None;
    for (place, knob) in knobs.iter().enumerate() {
        let source = Source::Macro(place);
        let left = rect.left() + (width + GAP) * nearest_f32(place);
        let cell = Rect::from_min_size(pos2(left, rect.top()), vec2(width, rect.height()));
        let name = cell.with_max_y(cell.top() + NAME);
        let response = sources::handle(ui, name, source, Some(source) == chosen, carried);
        if response.clicked() || response.drag_started() {
            touched = Some(source);
        }
        let track = cell.with_min_y(name.bottom() + 3.0);
        let tip = "A macro: drag it, or automate it";
        let bar = bar::show(ui, track, setter, &knob.value, 0.0, Tone::Active, tip);
        if bar.clicked() {
            touched = Some(source);
        }
    }
    touched
}
