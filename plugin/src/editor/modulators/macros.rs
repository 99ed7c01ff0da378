//! The macros: knobs of the host's that move others.

use egui::{Align, Id, Rect, Ui, pos2, vec2};
use netbend_dsp::number::nearest_f32;
use netbend_models::bends::modulation::Source;
use nice_plug::prelude::ParamSetter;

use super::sources;
use crate::editor::motion::Motion;
use crate::editor::theme::{self, Tone};
use crate::editor::{bar, entry, text};
use crate::params::macros::MacroParams;

/// Height of the row in points.
pub(super) const HEIGHT: f32 = 40.0;
const GAP: f32 = 6.0;
const NAME: f32 = 20.0;
/// Width of the word beside the name, and of the name where it is set.
const LABEL: f32 = 48.0;
const FIELD: f32 = 180.0;

/// Draws the row in `rect`. Which macro was clicked or taken.
pub(super) fn show(
    ui: &mut Ui,
    rect: Rect,
    knobs: &[MacroParams],
    motion: &Motion,
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
        let title = motion.title(source);
        let response = sources::handle(ui, name, (source, &title), Some(source) == chosen, carried);
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

/// Draws what is set on the macro of that number. What it is to be called, once that is typed.
pub(super) fn settings(ui: &mut Ui, rect: Rect, number: usize, motion: &Motion) -> Option<String> {
    let row = rect.with_max_y(rect.top() + theme::ROW);
    let label = row.with_max_x(row.left() + LABEL);
    text::line(ui, label, "Name", theme::SMALL, theme::MUTED, Align::Min);
    let field = row
        .with_min_x(label.right())
        .with_max_x((label.right() + FIELD).min(row.right()));
    let id = Id::unique(("macro name", number));
    let name = motion.title(Source::Macro(number));
    let tip = "What this macro is called, here and in presets; your host calls it by its number";
    let (_, typed) = entry::value(ui, field, id, &name, theme::TEXT, tip);
    let words = "A macro is a knob of its own, which your host automates: turn it, and all that it is drawn to follows";
    let below = rect.with_min_y(row.bottom() + 6.0);
    text::paragraph(ui, below, words, theme::MUTED);
    typed
}
