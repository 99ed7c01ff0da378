//! Where a slot bends: its switch, its layer and what that layer is.

use std::borrow::Cow;

use egui::{Align, Rect, Ui, vec2};
use netbend_dsp::number::nearest_f32;
use nice_plug::prelude::IntParam;

use super::subject::Slot;
use crate::editor::choice::{self, Item};
use crate::editor::column::{LINE_GAP, head, named};
use crate::editor::text;
use crate::editor::theme;
use crate::params::slot::MAX_LAYER;
use crate::report::layout::{LayerPlace, ModelLayout};

const SWITCH: f32 = 84.0;
const NAME: f32 = 40.0;
/// The last layer offered where no model says how many there are.
const LAST_UNKNOWN: i32 = 4;

/// Draws the column.
pub fn show(slot: &Slot<'_>, ui: &mut Ui, column: Rect, warning: Option<&str>) {
    let param = &slot.params.layer;
    let layout = slot.model.map(|model| model.layout);
    let (line, rest) = head(column);
    let switch = line.with_max_x(line.left() + SWITCH);
    choice::switch(
        ui,
        switch,
        slot.setter,
        &slot.params.on,
        &format!("Slot {}", slot.number),
        "Switch this bend on or off",
        theme::ACCENT,
    );
    if let Some(layout) = layout {
        let size = line.with_min_x(switch.right() + 8.0);
        let words = extent(layout, param.value());
        text::line(ui, size, &words, theme::SMALL, theme::MUTED, Align::Max);
    }

    let line = Rect::from_min_size(rest.min, vec2(rest.width(), theme::ROW));
    let field = named(ui, line, "Layer", NAME, slot.tone());
    let items = items(param, layout);
    if choice::fields_fit(ui, field.width(), &items) {
        choice::fields(ui, field, slot.setter, param, &items, slot.tone());
    } else {
        choice::menu(ui, field, slot.setter, param, &items, slot.tone());
    }
    let words = rest.with_min_y(line.bottom() + LINE_GAP);
    match warning {
        Some(warning) => text::paragraph(ui, words, warning, theme::WARNING),
        None => {
            let last = last(layout);
            let said = said(param.value(), last, layout);
            text::paragraph(ui, words, said, theme::MUTED);
        }
    }
}

/// The highest layer there is.
fn last(layout: Option<&ModelLayout>) -> i32 {
    layout.map_or(LAST_UNKNOWN, |layout| {
        i32::try_from(layout.layers.len())
            .unwrap_or(MAX_LAYER)
            .min(MAX_LAYER)
    })
}

/// The layers of the model; behind them the layer chosen, where the model does not have it.
fn items(param: &IntParam, layout: Option<&ModelLayout>) -> Vec<Item<'static>> {
    let last = last(layout);
    let beyond = Some(param.value()).filter(|layer| *layer > last);
    (0..=last)
        .chain(beyond)
        .map(|layer| {
            let name: Cow<'static, str> = match (layer, called(layer, layout)) {
                (0, _) => "Latent".into(),
                (layer, Some(called)) => format!("{layer}: {called}").into(),
                (layer, None) => layer.to_string().into(),
            };
            let tip = match layer {
                0 => character(0, last).to_owned(),
                layer => match called(layer, layout) {
                    Some(called) => {
                        format!("Layer {layer}, {called}. {}", said(layer, last, layout))
                    }
                    None => format!("Layer {layer}. {}", said(layer, last, layout)),
                },
            };
            Item {
                note: layout.map_or_else(Default::default, |layout| note(layout, layer)),
                idle: layer > last && layout.is_some(),
                ..choice::numbered(param, layer, name, tip)
            }
        })
        .collect()
}

/// What a waveform model's layer is called.
fn called(layer: i32, layout: Option<&ModelLayout>) -> Option<&str> {
    layout?.called(usize::try_from(layer).ok()?)
}

/// How large a waveform model's layer is, for its line in a menu: features and steps. The layers of other models are so few that they need no menu.
fn note(layout: &ModelLayout, layer: i32) -> Cow<'static, str> {
    let place = usize::try_from(layer).unwrap_or(0).checked_sub(1);
    match place.and_then(|place| layout.layers.get(place)) {
        Some(size) if layout.is_waveform => format!("[{}, {}]", size.features, size.rows).into(),
        _ => "".into(),
    }
}

/// How large the layer is.
fn extent(layout: &ModelLayout, layer: i32) -> String {
    let place = usize::try_from(layer).unwrap_or(0);
    match place.checked_sub(1).map(|place| layout.layers.get(place)) {
        None => format!("{} values", layout.latent_size),
        Some(Some(layer)) => {
            let plural = if layer.features == 1 { "" } else { "s" };
            let (features, rows, columns) = (layer.features, layer.rows, layer.columns);
            match layout.is_waveform {
                true => {
                    let steps = if rows == 1 { "step" } else { "steps" };
                    format!("{features} feature{plural}, {rows} {steps}")
                }
                false => format!("{features} feature{plural}, {rows} × {columns}"),
            }
        }
        Some(None) => String::new(),
    }
}

/// What bends of layer `layer` out of `last` sound like.
fn said(layer: i32, last: i32, layout: Option<&ModelLayout>) -> &'static str {
    let of_waveform = layout
        .filter(|layout| layout.is_waveform)
        .and_then(|layout| {
            let place = usize::try_from(layer).ok()?.checked_sub(1)?;
            let shown = layout.layer_places.get(..layout.shown_layers)?;
            layout.layers.get(place)?;
            Some(match place < shown.len() {
                true => waveform_character(place, shown),
                false => "Fine detail, between the layers that come first",
            })
        });
    of_waveform.unwrap_or_else(|| character(layer, last))
}

/// What bends of the waveform model's layer at `place` sound like, where the first `places` are in the order they are computed.
fn waveform_character(place: usize, places: &[LayerPlace]) -> &'static str {
    let own = places.get(place);
    let of_half = |place: &&LayerPlace| Some(*place) == own;
    let before = places.iter().take(place).filter(of_half).count();
    let is_early = 2 * before < places.iter().filter(of_half).count();
    match (own, is_early) {
        (Some(LayerPlace::Encoder), true) => {
            "Early in the encoder. Changes what the model hears: other timbres, other attacks"
        }
        (Some(LayerPlace::Encoder), false) => {
            "Late in the encoder. Changes what it means: gestures, pitch and loudness turn into others"
        }
        (Some(LayerPlace::Decoder), true) => "Early in the decoder. Broad changes of character",
        (Some(LayerPlace::Decoder), false) => {
            "Late in the decoder. Texture, grain and bands of the sound"
        }
        (Some(LayerPlace::Output) | None, _) => {
            "The wave itself: Translate echoes, Threshold is drastic"
        }
    }
}

/// What bends of layer `layer` out of `last` sound like.
fn character(layer: i32, last: i32) -> &'static str {
    let depth = nearest_f32(layer - 1) / nearest_f32((last - 1).max(1));
    match layer {
        0 => "The latent: the code that all layers grow from. The whole sound becomes another",
        1 => "Deep in the network: broad, slow changes of character",
        layer if layer > last => "Not in this model",
        layer if layer == last => "Next to the output: the finest changes, nearest to an equaliser",
        _ if depth < 0.4 => "Still deep: whole hits and phrases change",
        _ if depth < 0.7 => "Half-way: timbre and envelope change",
        _ => "Close to the sound: sharp, strong changes of texture",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::slot::SlotParams;
    use crate::report::layout::LayerLayout;

    fn layout(layers: usize) -> ModelLayout {
        let layer = LayerLayout {
            features: 64,
            rows: 17,
            columns: 65,
        };
        ModelLayout {
            latent_size: 256,
            layers: vec![layer; layers],
            ..ModelLayout::default()
        }
    }

    fn names(layer: i32, layout: Option<&ModelLayout>) -> Vec<(String, bool)> {
        let slot = SlotParams::new(1);
        crate::params::preset::set(&slot.layer, layer);
        let items = items(&slot.layer, layout).into_iter();
        items
            .map(|item| (item.name.into_owned(), item.idle))
            .collect()
    }

    #[test]
    fn the_models_layers_are_offered() {
        let three = names(2, Some(&layout(3)));
        let expected = ["Latent", "1", "2", "3"].map(|name| (name.to_owned(), false));
        assert_eq!(three, expected);
        assert_eq!(names(1, None).len(), 5);
        assert_eq!(names(1, Some(&layout(16))).len(), 17);
    }

    #[test]
    fn a_layer_beyond_the_model_is_shown_as_without_effect() {
        let shown = names(7, Some(&layout(3)));
        assert_eq!(shown.len(), 5);
        assert_eq!(shown[4], ("7".to_owned(), true));
        assert_eq!(names(7, None)[5], ("7".to_owned(), false));
    }

    #[test]
    fn layers_of_a_waveform_model_have_their_names_and_sizes() {
        let layer = |features, rows| LayerLayout {
            features,
            rows,
            columns: 1,
        };
        let layout = ModelLayout {
            is_waveform: true,
            shown_layers: 5,
            layers: vec![
                layer(64, 32),
                layer(256, 2),
                layer(256, 2),
                layer(64, 32),
                layer(1, 512),
                layer(8, 8),
            ],
            layer_names: ["ear", "far", "deep", "near", "sound", "detail"]
                .map(str::to_owned)
                .to_vec(),
            layer_places: vec![
                LayerPlace::Encoder,
                LayerPlace::Encoder,
                LayerPlace::Decoder,
                LayerPlace::Decoder,
                LayerPlace::Output,
                LayerPlace::Decoder,
            ],
            ..ModelLayout::default()
        };
        let slot = SlotParams::new(1);
        let items = items(&slot.layer, Some(&layout));
        let lines: Vec<_> = items
            .iter()
            .map(|item| (&*item.name, &*item.note))
            .collect();
        let expected = [
            ("Latent", ""),
            ("1: ear", "[64, 32]"),
            ("2: far", "[256, 2]"),
            ("3: deep", "[256, 2]"),
            ("4: near", "[64, 32]"),
            ("5: sound", "[1, 512]"),
            ("6: detail", "[8, 8]"),
        ];
        assert_eq!(lines, expected);
        let said: Vec<_> = (1..=6).map(|layer| said(layer, 6, Some(&layout))).collect();
        for (said, expected) in said.iter().zip([
            "hears",
            "means",
            "Broad",
            "Texture",
            "wave itself",
            "Fine detail",
        ]) {
            assert!(said.contains(expected), "{said}");
        }
        // A model of spectrograms has neither.
        assert_eq!(note(&tests::layout(3), 1), "");
    }

    #[test]
    fn the_extent_is_the_layers_own() {
        assert_eq!(extent(&layout(1), 0), "256 values");
        assert_eq!(extent(&layout(1), 1), "64 features, 17 × 65");
        assert_eq!(extent(&layout(1), 2), "");
    }
}
