//! What a slot does to its features, and how far.

use egui::{Rect, Ui};
use netbend_models::bends::transform::TransformKind;
use nice_plug::prelude::Enum as _;

use super::subject::Slot;
use crate::editor::choice::{self, Item};
use crate::editor::column::{cut_right, head, named};
use crate::editor::knob::Knob;
use crate::editor::{quantity, text};
use crate::editor::{theme, warning};
use crate::params::slot::TransformChoice;
use crate::report::layout::ModelLayout;

const NAME: f32 = 62.0;
/// Width of a knob that is named after its parameter.
const PARAMETER: f32 = 74.0;
const AMOUNT: f32 = 56.0;

/// Draws the column.
pub fn show(slot: &Slot<'_>, ui: &mut Ui, column: Rect, warning: Option<&str>) {
    let params = slot.params;
    let kind = params.transform.value().kind();
    let (line, mut rest) = head(column);
    let menu = named(ui, line, "Transform", NAME, slot.tone());
    let layout = slot.model.map(|model| model.layout);
    let layer = usize::try_from(params.layer.value()).unwrap_or(0);
    let items = items(layer, layout);
    choice::menu(
        ui,
        menu,
        slot.setter,
        &params.transform,
        &items,
        slot.tone(),
    );

    let tip = "How far the bend goes: 0 % leaves the features as they are, 100 % replaces them";
    Knob::new(&params.amount, slot.setter, "Amount", tip)
        .tone(slot.tone())
        .show(ui, cut_right(&mut rest, AMOUNT));
    let quantities = quantity::of(kind, layout.is_some_and(|layout| layout.is_waveform));
    let knobs = [&params.parameter, &params.second];
    for (quantity, param) in quantities.iter().zip(knobs).rev() {
        Knob::new(param, slot.setter, quantity.name, quantity.tip)
            .tone(slot.tone())
            .quantity(quantity)
            .show(ui, cut_right(&mut rest, PARAMETER));
    }
    rest.max.x -= 6.0;
    let (words, colour) = match warning {
        Some(warning) => (warning, theme::WARNING),
        None => (tip_of(kind, layout), theme::MUTED),
    };
    text::paragraph(ui, rest, words, colour);
}

/// The transforms; idle are those that do not act on that layer.
fn items(layer: usize, layout: Option<&ModelLayout>) -> Vec<Item<'static>> {
    let names = TransformChoice::variants();
    let kinds = (0..names.len()).map(|index| TransformChoice::from_index(index).kind());
    let words: Vec<_> = kinds
        .clone()
        .zip(names)
        .map(|(kind, name)| (*name, tip_of(kind, layout)))
        .collect();
    choice::even(&words)
        .into_iter()
        .zip(kinds)
        .map(
            |(item, kind)| match warning::without_meaning(kind, layer, layout) {
                None => item,
                Some(why) => Item {
                    idle: true,
                    tip: why.into(),
                    ..item
                },
            },
        )
        .collect()
}

/// What the transform does to the sound.
fn tip_of(kind: TransformKind, layout: Option<&ModelLayout>) -> &'static str {
    let is_waveform = layout.is_some_and(|layout| layout.is_waveform);
    match kind {
        TransformKind::FlipHorizontal if is_waveform => {
            "Turns the order of the features over: each plays another's part"
        }
        TransformKind::FlipVertical if is_waveform => "Plays the features of every block backwards",
        TransformKind::Translate if is_waveform => {
            "Rolls the features by x: each plays the part of one nearby. Makes them late by y"
        }
        TransformKind::Ablate => "Silences the features: what they draw drops out of the sound",
        TransformKind::Invert => "Loud becomes quiet and quiet loud (1 − X)",
        TransformKind::ScalarMultiply => "Exaggerates above × 1, shrinks below, turns over below 0",
        TransformKind::BinaryThresh => "All or nothing: hard, blocky textures",
        TransformKind::FlipHorizontal => "Upside down: what was low comes out high",
        TransformKind::FlipVertical => "Back to front: time runs backwards inside the features",
        TransformKind::Translate => "Moves the features: higher or lower, earlier or later",
        TransformKind::Scale => "Larger or smaller about the middle, in frequency and time",
        TransformKind::Rotate => "Turns: steady tones become sweeps, hits become tones",
        TransformKind::Erode => "Eats away at the edges: only what is broad survives",
        TransformKind::Dilate => "Fattens: peaks smear in time and frequency",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::layout::LayerLayout;

    #[test]
    fn transforms_that_need_a_map_are_idle_on_the_latent() {
        assert!(items(1, None).iter().all(|item| !item.idle));
        let idle: Vec<_> = items(0, None).iter().map(|item| item.idle).collect();
        let expected = TransformKind::ALL.map(|kind| !kind.acts_on_latent());
        assert_eq!(idle, expected);
    }

    #[test]
    fn of_a_waveform_model_those_are_idle_that_need_a_picture() {
        let layer = |rows| LayerLayout {
            features: 8,
            rows,
            columns: 1,
        };
        let layout = ModelLayout {
            is_waveform: true,
            layers: vec![layer(8), layer(32)],
            ..ModelLayout::default()
        };
        let meant = |layer| {
            let items = items(layer, Some(&layout)).into_iter();
            let meant = items.zip(TransformKind::ALL).filter(|(item, _)| !item.idle);
            meant.map(|(_, kind)| kind.name()).collect::<Vec<_>>()
        };
        let values = ["ablate", "invert", "scalar-multiply", "binary-thresh"];
        assert_eq!(meant(0), values);
        assert_eq!(meant(1), [&values[..], &["flip-h", "translate"]].concat());
        assert_eq!(
            meant(2),
            [&values[..], &["flip-h", "flip-v", "translate"]].concat()
        );
    }
}
