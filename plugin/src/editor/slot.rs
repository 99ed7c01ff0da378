//! One slot in full: where it bends, which features, how, and how much.

mod features;
mod layer;
mod transform;

use egui::{Align, Rect, Ui, vec2};
use nice_plug::prelude::ParamSetter;

use crate::params::slot::SlotParams;
use crate::params::sound_clusters::SoundClusterStore;

use super::theme::{self, Tone};
use super::warning::{self, About, Model, Warning};
use super::{knob, panel, text};

/// Height of the panel in points.
pub const HEIGHT: f32 = theme::PADDING * 2.0 + theme::ROW + LINE_GAP + knob::SIZE.1;

/// Between two lines of controls.
pub const LINE_GAP: f32 = 7.0;
/// Shares of the width: where, which, how.
pub const COLUMNS: [f32; 3] = [0.30, 0.33, 0.37];

/// A slot, and what it is shown with.
pub struct Slot<'a> {
    /// 1-based.
    pub number: usize,
    /// Its parameters.
    pub params: &'a SlotParams,
    /// The model, where one is loaded.
    pub model: Option<Model<'a>>,
    /// The clusters learned from a sound.
    pub sound: &'a SoundClusterStore,
    /// How parameters are set.
    pub setter: &'a ParamSetter<'a>,
}

impl Slot<'_> {
    /// Draws the slot in `rect`, whose ground is there already.
    pub fn show(&self, ui: &mut Ui, rect: Rect) {
        let warning = warning::slot(self.params, self.model);
        let inner = rect.shrink(theme::PADDING);
        let [layer, features, transform] = panel::columns(ui, inner, COLUMNS);
        layer::show(self, ui, layer, about(&warning, About::Layer));
        features::show(self, ui, features, about(&warning, About::Features));
        transform::show(self, ui, transform, about(&warning, About::Transform));
    }

    fn tone(&self) -> Tone {
        if self.params.on.value() {
            Tone::Active
        } else {
            Tone::Idle
        }
    }

    /// The tone of what acts only where it is `used`.
    fn used(&self, used: bool) -> Tone {
        if used { self.tone() } else { Tone::Unused }
    }
}

/// The text of the warning, if it is about that choice.
pub fn about(warning: &Option<Warning>, choice: About) -> Option<&str> {
    warning
        .as_ref()
        .filter(|warning| warning.about == choice)
        .map(|warning| warning.text.as_str())
}

/// Draws the name of a line of controls at its left; returns the rest.
pub fn named(ui: &Ui, line: Rect, name: &str, width: f32, tone: Tone) -> Rect {
    text::line(
        ui,
        line.with_max_x(line.left() + width),
        name,
        theme::SMALL,
        tone.name(),
        Align::Min,
    );
    line.with_min_x(line.left() + width)
}

/// The first line of a column, and what is below it.
pub fn head(column: Rect) -> (Rect, Rect) {
    let head = Rect::from_min_size(column.min, vec2(column.width(), theme::ROW));
    (head, column.with_min_y(head.bottom() + LINE_GAP))
}

/// Cuts `width` off the right of `rest`, for a knob.
pub fn cut_right(rest: &mut Rect, width: f32) -> Rect {
    let cut = rest.with_min_x(rest.right() - width);
    rest.max.x -= width;
    cut
}
