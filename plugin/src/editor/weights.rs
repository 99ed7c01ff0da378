//! One weight slot in full: which tensor, how many of its points, what is done to them.

mod subject;
mod tensor;
mod transform;
mod words;

use egui::{Align, Rect, Ui};
use netbend_models::bends::selection::share_count;

use super::column::{COLUMNS, about, cut_right, head, named};
use super::knob::{self, Knob};
use super::theme;
use super::warning::{self, About};
use super::{panel, text};

pub use subject::WeightSlot;
pub use transform::name;

const NAME: f32 = 46.0;

impl WeightSlot<'_> {
    /// Draws the slot in `rect`, whose ground is there already.
    pub fn show(&self, ui: &mut Ui, rect: Rect) {
        let warning = warning::weights(self.params, self.layout);
        let inner = rect.shrink(theme::PADDING);
        let [tensor, points, transform] = panel::columns(ui, inner, COLUMNS);
        tensor::show(self, ui, tensor, about(&warning, About::Layer));
        self.points(ui, points);
        transform::show(self, ui, transform);
    }

    fn points(&self, ui: &mut Ui, column: Rect) {
        let params = self.params;
        let (line, mut rest) = head(column);
        let place = named(ui, line, "Points", NAME, self.tone());
        let words = match self.tensor() {
            Some(tensor) => {
                let share = params.percentage.value();
                let count = share_count(tensor.points, share);
                let (count, all) = (words::number(count), words::number(tensor.points));
                format!("{count} of {all}, evenly spaced")
            }
            None => "evenly spaced".to_owned(),
        };
        text::line(ui, place, &words, theme::SMALL, theme::MUTED, Align::Min);

        let tip = "How many of the tensor's numbers are changed, evenly spaced";
        Knob::new(&params.percentage, self.setter, "Percent", tip)
            .tone(self.tone())
            .show(ui, cut_right(&mut rest, knob::SIZE.0));
        rest.max.x -= 6.0;
        let words =
            "Weights are the network itself: a few per cent of one tensor are enough to hear";
        text::paragraph(ui, rest, words, theme::MUTED);
    }
}
