//! Which of the decoder's tensors a weight slot bends.

use egui::{Align, Rect, Ui, vec2};

use super::WeightSlot;
use crate::editor::choice::{self, Item};
use crate::editor::slot::{LINE_GAP, head, named};
use crate::editor::{text, theme};
use crate::model_facts::{ModelFacts, WeightFacts};
use crate::params::weights::MAX_WEIGHT_LAYER;
use nice_plug::prelude::IntParam;

const SWITCH: f32 = 104.0;
const NAME: f32 = 46.0;

/// Draws the column.
pub fn show(slot: &WeightSlot<'_>, ui: &mut Ui, column: Rect, warning: Option<&str>) {
    let param = &slot.params.layer;
    let (line, rest) = head(column);
    let switch = line.with_max_x(line.left() + SWITCH);
    choice::switch(
        ui,
        switch,
        slot.setter,
        &slot.params.on,
        &format!("Weights {}", slot.number),
        "Switch this bend on or off",
        theme::ACCENT,
    );
    let tensor = usize::try_from(param.value() - 1)
        .ok()
        .and_then(|place| slot.facts?.weights.get(place));
    if let Some(tensor) = tensor {
        let size = line.with_min_x(switch.right() + 8.0);
        let words = points(tensor.points);
        text::line(ui, size, &words, theme::SMALL, theme::MUTED, Align::Max);
    }
    let line = Rect::from_min_size(rest.min, vec2(rest.width(), theme::ROW));
    let menu = named(ui, line, "Tensor", NAME, slot.tone());
    let items = items(param, slot.facts);
    choice::menu(ui, menu, slot.setter, param, &items, slot.tone());
    let place = rest.with_min_y(line.bottom() + LINE_GAP);
    match warning {
        Some(warning) => text::paragraph(ui, place, warning, theme::WARNING),
        None => {
            let words = "The weights behind every sound of the network, low numbers deepest";
            text::paragraph(ui, place, words, theme::MUTED);
        }
    }
}

/// The model's tensors; every number there is where it does not list them.
fn items(param: &IntParam, facts: Option<&ModelFacts>) -> Vec<Item<'static>> {
    let tensors = facts.map_or(&[][..], |facts| &facts.weights);
    let count = match tensors.len() {
        0 => MAX_WEIGHT_LAYER,
        count => i32::try_from(count).map_or(MAX_WEIGHT_LAYER, |count| count.min(MAX_WEIGHT_LAYER)),
    };
    (1..=count)
        .map(|number| {
            let tensor = usize::try_from(number - 1)
                .ok()
                .and_then(|place| tensors.get(place));
            let (name, tip) = words(number, tensor);
            choice::numbered(param, number, name, tip)
        })
        .collect()
}

/// What tensor number `number` is called, and a sentence about it.
fn words(number: i32, tensor: Option<&WeightFacts>) -> (String, String) {
    match tensor {
        Some(tensor) if !tensor.name.is_empty() => (
            format!("{number}  {}", tensor.name),
            format!("{}, {}", tensor.name, points(tensor.points)),
        ),
        Some(tensor) => (format!("Tensor {number}"), points(tensor.points)),
        None => (format!("Tensor {number}"), String::new()),
    }
}

/// `4 608 points`.
fn points(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{2009}');
        }
        text.push(digit);
    }
    format!("{text} {}", if count == 1 { "point" } else { "points" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::weights::WeightParams;
    use nice_plug::prelude::Param;

    #[test]
    fn tensors_stand_under_their_names_or_else_their_numbers() {
        let slot = WeightParams::new(1);
        let tensor = |name: &str| WeightFacts {
            name: name.into(),
            points: 4608,
        };
        let facts = ModelFacts {
            weights: vec![tensor("conv.weight"), tensor("")],
            ..ModelFacts::default()
        };
        let items_of = |facts| items(&slot.layer, facts);
        let named = items_of(Some(&facts));
        let names: Vec<_> = named.iter().map(|item| item.name.as_ref()).collect();
        assert_eq!(names, ["1  conv.weight", "Tensor 2"]);
        assert_eq!(slot.layer.preview_plain(named[1].unit), 2);
        assert_eq!(items_of(Some(&ModelFacts::default())).len(), 64);
        assert_eq!(items_of(None).len(), 64);
    }

    #[test]
    fn points_are_grouped_by_thousands() {
        assert_eq!(points(1), "1 point");
        assert_eq!(points(1_234_567), "1\u{2009}234\u{2009}567 points");
    }
}
