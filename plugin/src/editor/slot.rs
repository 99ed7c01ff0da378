//! One slot in full: where it bends, which features, how, and how much.

mod features;
mod layer;
mod sound_name;
mod subject;
mod transform;

use egui::{Rect, Ui};

use super::column::{COLUMNS, about};
use super::panel;
use super::theme;
use super::warning::{self, About};

pub use sound_name::Renamed;
pub use subject::Slot;

impl Slot<'_> {
    /// Draws the slot in `rect`, whose ground is there already. A sound cluster that is to be called otherwise.
    pub fn show(&self, ui: &mut Ui, rect: Rect) -> Option<Renamed> {
        let warning = warning::slot(self.params, self.model);
        let inner = rect.shrink(theme::PADDING);
        let [layer, features, transform] = panel::columns(ui, inner, COLUMNS);
        layer::show(self, ui, layer, about(&warning, About::Layer));
        let renamed = features::show(self, ui, features, about(&warning, About::Features));
        transform::show(self, ui, transform, about(&warning, About::Transform));
        renamed
    }
}
