//! What a weight slot does to its points, and how far.

use egui::{Rect, Ui};
use nice_plug::prelude::{Enum as _, Param as _};

use super::subject::WeightSlot;
use crate::editor::choice;
use crate::editor::column::{cut_right, head, named};
use crate::editor::knob::Knob;
use crate::editor::theme::{self, Tone};
use crate::editor::{seed, text};
use crate::params::weights::WeightChoice;

const NAME: f32 = 62.0;
const AMOUNT: f32 = 56.0;
/// Width of the seed and its name.
const SEED: f32 = 130.0;

/// Draws the column.
pub fn show(slot: &WeightSlot<'_>, ui: &mut Ui, column: Rect) {
    let params = slot.params;
    let (line, mut rest) = head(column);
    let menu = named(ui, line, "Transform", NAME, slot.tone());
    let words: Vec<_> = WeightChoice::variants()
        .iter()
        .enumerate()
        .map(|(index, name)| (*name, tip_of(WeightChoice::from_index(index))))
        .collect();
    let items = choice::even(&words);
    choice::menu(
        ui,
        menu,
        slot.setter,
        &params.transform,
        &items,
        slot.tone(),
    );
    let tip = "How far the weights go, to either side: 0 % leaves them as they are";
    Knob::new(&params.amount, slot.setter, "Amount", tip)
        .tone(slot.tone())
        .origin(params.amount.preview_normalized(0.0))
        .show(ui, cut_right(&mut rest, AMOUNT));
    rest.max.x -= 6.0;
    let choice = params.transform.value();
    let tone = if choice == WeightChoice::Randomise {
        slot.tone()
    } else {
        Tone::Unused
    };
    let line = rest
        .with_min_y(rest.bottom() - theme::ROW)
        .with_max_x(rest.left() + SEED);
    let field = named(ui, line, "Seed", 34.0, tone);
    let tip = "Draws the noise: the same seed is always the same noise. Acts when the transform is Randomise. \
               Click to type, turn the wheel for the next, control-click to reset";
    seed::show(ui, field, &params.seed, slot.setter, tone, tip);
    let words = rest.with_max_y(line.top() - 4.0);
    text::paragraph(ui, words, tip_of(choice), theme::MUTED);
}

/// What the choice is called.
pub fn name(choice: WeightChoice) -> &'static str {
    WeightChoice::variants()
        .get(choice.to_index())
        .copied()
        .unwrap_or_default()
}

/// What the transform does to the network.
fn tip_of(choice: WeightChoice) -> &'static str {
    match choice {
        WeightChoice::Offset => {
            "Pushes the weights up or down together: drones, and sounds that lean one way"
        }
        WeightChoice::Randomise => {
            "Mixes the weights with noise: the network forgets, a little or altogether"
        }
        WeightChoice::Invert => "Mixes the weights with their opposites: half-way they cancel",
        WeightChoice::Multiply => {
            "Makes the weights larger or smaller; far below 0 % they turn over"
        }
        WeightChoice::Roll => "Shifts the weights along their tensor: right sounds in wrong places",
        WeightChoice::Flip => "Mixes the weights with their tensor read backwards",
    }
}
