//! Which of the decoder's tensors a weight slot bends.

use egui::{Align, Rect, Ui, vec2};

use super::subject::WeightSlot;
use super::words;
use crate::editor::choice::{self, Item};
use crate::editor::column::{LINE_GAP, head, named};
use crate::editor::{text, theme};
use crate::params::weights::MAX_WEIGHT_LAYER;
use crate::report::layout::ModelLayout;
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
    if let Some(tensor) = slot.tensor() {
        let size = line.with_min_x(switch.right() + 8.0);
        let words = words::points(tensor.points);
        text::line(ui, size, &words, theme::SMALL, theme::MUTED, Align::Max);
    }
    let line = Rect::from_min_size(rest.min, vec2(rest.width(), theme::ROW));
    let menu = named(ui, line, "Tensor", NAME, slot.tone());
    let items = items(param, slot.layout);
    choice::menu(ui, menu, slot.setter, param, &items, slot.tone());
    let place = rest.with_min_y(line.bottom() + LINE_GAP);
    match warning {
        Some(warning) => text::paragraph(ui, place, warning, theme::WARNING),
        None => {
            let words = match slot.tensor() {
                Some(tensor) => words::role(tensor),
                None => "The weights behind every sound of the network, low numbers deepest".into(),
            };
            text::paragraph(ui, place, &words, theme::MUTED);
        }
    }
}

/// The model's tensors, every number there is where it does not list them; behind them the one chosen,
/// where the model does not have it.
fn items(param: &IntParam, layout: Option<&ModelLayout>) -> Vec<Item<'static>> {
    let tensors = layout.map_or(&[][..], |layout| &layout.weights);
    let count = match tensors.len() {
        0 => MAX_WEIGHT_LAYER,
        count => i32::try_from(count).map_or(MAX_WEIGHT_LAYER, |count| count.min(MAX_WEIGHT_LAYER)),
    };
    let beyond = Some(param.value()).filter(|number| *number > count);
    (1..=count)
        .chain(beyond)
        .map(|number| {
            let tensor = usize::try_from(number - 1)
                .ok()
                .and_then(|place| tensors.get(place));
            Item {
                idle: number > count,
                note: words::short(tensor).into(),
                ..choice::numbered(
                    param,
                    number,
                    words::tensor(number, tensor),
                    words::full(tensor),
                )
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::weights::WeightParams;
    use crate::report::layout::WeightLayout;
    use netbend_models::bends::weights::Role;
    use nice_plug::prelude::Param;

    #[test]
    fn tensors_stand_under_their_names_or_else_their_numbers() {
        let slot = WeightParams::new(1);
        let tensor = |name: &str| WeightLayout {
            name: name.into(),
            role: Role {
                half: "",
                layer: Some(2),
                part: "kernel",
                operator: "the convolution",
                size: "16 → 8 features".into(),
            },
            points: 4608,
        };
        let layout = ModelLayout {
            weights: vec![tensor("conv.weight"), tensor("")],
            ..ModelLayout::default()
        };
        let unknown = ModelLayout::default();
        let items_of = |layout| items(&slot.layer, layout);
        let named = items_of(Some(&layout));
        let names: Vec<_> = named.iter().map(|item| item.name.as_ref()).collect();
        assert_eq!(names, ["1  conv.weight", "Tensor 2"]);
        assert_eq!(named[0].note, "kernel, layer 2");
        assert_eq!(
            named[0].tip,
            "conv.weight\nLayer 2: kernel of the convolution, 16 to 8 features\n4\u{2009}608 points"
        );
        assert_eq!(slot.layer.preview_plain(named[1].unit), 2);
        assert_eq!(items_of(Some(&unknown)).len(), 64);
        assert_eq!(items_of(None).len(), 64);
        crate::params::preset::set(&slot.layer, 9);
        let last = items_of(Some(&layout)).pop().unwrap();
        assert_eq!((last.name.as_ref(), last.idle), ("Tensor 9", true));
    }
}
