//! One weight slot in full: which tensor, how many of its points, what is done to them.

mod tensor;
mod transform;

use egui::{Rect, Ui, vec2};
use nice_plug::prelude::ParamSetter;

use crate::model_facts::ModelFacts;
use crate::params::weights::{WeightChoice, WeightParams};

use super::knob::{self, Knob};
use super::slot::{COLUMNS, LINE_GAP, about, cut_right, head, named};
use super::theme::{self, Tone};
use super::warning::{self, About};
use super::{panel, seed, text};

pub use transform::name;

const NAME: f32 = 38.0;

/// A weight slot, and what it is shown with.
pub struct WeightSlot<'a> {
    /// 1-based.
    pub number: usize,
    /// Its parameters.
    pub params: &'a WeightParams,
    /// What the model is made of, where one is loaded.
    pub facts: Option<&'a ModelFacts>,
    /// How parameters are set.
    pub setter: &'a ParamSetter<'a>,
}

impl WeightSlot<'_> {
    /// Draws the slot in `rect`, whose ground is there already.
    pub fn show(&self, ui: &mut Ui, rect: Rect) {
        let warning = warning::weights(self.params, self.facts);
        let inner = rect.shrink(theme::PADDING);
        let [tensor, points, transform] = panel::columns(ui, inner, COLUMNS);
        tensor::show(self, ui, tensor, about(&warning, About::Layer));
        self.points(ui, points);
        transform::show(self, ui, transform);
    }

    fn tone(&self) -> Tone {
        if self.params.on.value() {
            Tone::Active
        } else {
            Tone::Idle
        }
    }

    fn points(&self, ui: &mut Ui, column: Rect) {
        let params = self.params;
        let tone = if params.transform.value() == WeightChoice::Randomise {
            self.tone()
        } else {
            Tone::Unused
        };
        let (line, mut rest) = head(column);
        let field = named(ui, line, "Seed", NAME, tone);
        let tip = "Draws the noise: the same seed is always the same noise. Acts when the transform is Randomise";
        seed::show(ui, field, &params.seed, self.setter, tone, tip);

        let tip = "How many of the tensor's numbers are changed, evenly spaced";
        Knob::new(&params.percentage, self.setter, "Percent", tip)
            .tone(self.tone())
            .show(ui, cut_right(&mut rest, knob::SIZE.0));
        rest.max.x -= 6.0;
        let words = Rect::from_min_size(rest.min + vec2(0.0, LINE_GAP), rest.size());
        let words = words.with_max_y(column.bottom());
        text::paragraph(
            ui,
            words,
            "Weights are the network itself: a few per cent of one tensor are enough to hear",
            theme::MUTED,
        );
    }
}
