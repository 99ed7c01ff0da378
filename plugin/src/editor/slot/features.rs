//! Which features a slot bends.

use egui::{Align, Id, Rect, Sense, Ui, vec2};

use netbend_models::bends::drift::Drift;
use netbend_models::bends::selection::share_count;
use nice_plug::prelude::IntParam;

use super::sound_name::{self, Renamed};
use super::subject::Slot;
use crate::editor::column::{LINE_GAP, cut_right, head, named};
use crate::editor::knob::{self, Knob};
use crate::editor::theme;
use crate::editor::{choice, sound_clusters, text};
use crate::params::slot::SelectionChoice;

const NAME: f32 = 54.0;
const LEARN: f32 = 46.0;
const INVERT: f32 = 118.0;
/// Width of the menu of parts or clusters.
const GROUP: f32 = 104.0;

const SELECTIONS: [(&str, &str); 5] = [
    (
        "All",
        "Bend every feature of the layer: the strongest effect",
    ),
    (
        "Random",
        "Bend a random share of the features, drawn with the seed",
    ),
    (
        "Cluster",
        "Bend features that respond alike, so that the bend acts on one aspect of the sound",
    ),
    (
        "Sound cluster",
        "Bend features that respond alike in one sound: play it, then press Learn",
    ),
    (
        "Part",
        "Bend the features that carry one part of the mix, such as the kick; for models that were trained with parts",
    ),
];

/// Draws the column. A cluster that is to be called otherwise.
pub fn show(slot: &Slot<'_>, ui: &mut Ui, column: Rect, warning: Option<&str>) -> Option<Renamed> {
    let params = slot.params;
    let selection = params.selection.value();
    let is_cluster = matches!(
        selection,
        SelectionChoice::Cluster | SelectionChoice::SoundCluster
    );
    let is_part = selection == SelectionChoice::Part;
    let tone = slot.tone();

    let (line, mut rest) = head(column);
    let mut menu = named(ui, line, "Features", NAME, tone);
    if selection == SelectionChoice::SoundCluster {
        let learn = cut_right(&mut menu, LEARN);
        menu.max.x -= 4.0;
        sound_clusters::learn(ui, learn, slot.number, slot.sound);
    }
    let items = choice::even(&SELECTIONS);
    choice::menu(ui, menu, slot.setter, &params.selection, &items, tone);

    let percent = cut_right(&mut rest, knob::SIZE.0);
    if is_cluster || is_part {
        let tip = "How many of the group's features to bend: the first drawn stay as it grows";
        Knob::new(&params.within, slot.setter, "Percent", tip)
            .tone(tone)
            .show(ui, percent);
    } else {
        let tip = "How many of the layer's features to bend; acts when Features is not All";
        Knob::new(&params.percentage, slot.setter, "Percent", tip)
            .tone(slot.used(selection == SelectionChoice::Random))
            .show(ui, percent);
    }
    if is_part {
        parts(slot, ui, cut_right(&mut rest, GROUP));
    } else if let items = clusters(slot, selection)
        && !items.is_empty()
    {
        let param = &params.cluster;
        group(
            slot,
            ui,
            cut_right(&mut rest, GROUP),
            "Cluster",
            param,
            &items,
        );
    } else if selection == SelectionChoice::Random {
        let tip = "How fast other features take the place of those drawn, as many at any time; still: they stay";
        Knob::new(&params.drift, slot.setter, "Drift", tip)
            .tone(tone)
            .show(ui, cut_right(&mut rest, knob::SIZE.0));
    } else {
        let tip = "Which group of features to bend; acts when Features is Cluster or Sound cluster";
        Knob::new(&params.cluster, slot.setter, "Cluster", tip)
            .tone(slot.used(is_cluster))
            .show(ui, cut_right(&mut rest, knob::SIZE.0));
    }
    rest.max.x -= 6.0;

    let invert = Rect::from_min_size(rest.min, vec2(INVERT.min(rest.width()), theme::ROW));
    choice::switch(
        ui,
        invert,
        slot.setter,
        &params.invert,
        "Everything but",
        "Bend every feature of the layer except those selected",
        tone.fill(),
    );
    let words = rest.with_min_y(invert.bottom() + LINE_GAP);
    if let Some(warning) = warning {
        text::paragraph(ui, words, warning, theme::WARNING);
    } else if selection == SelectionChoice::SoundCluster
        && let Some(cluster) = sound_name::of(slot)
    {
        return sound_name::show(slot, ui, words, cluster);
    } else {
        describe(slot, ui, words);
    }
    None
}

/// The model's parts by name. Where it has none, the number alone, in amber.
fn parts(slot: &Slot<'_>, ui: &mut Ui, rect: Rect) {
    let param = &slot.params.part;
    let layer = usize::try_from(slot.params.layer.value()).unwrap_or(0);
    let known = slot.model.map_or(&[][..], |model| &model.layout.parts);
    let items: Vec<_> = (1..)
        .zip(known)
        .map(|(number, part)| {
            let place = layer.checked_sub(1);
            let count = place.and_then(|place| part.features.get(place).copied());
            let count = count.unwrap_or(0);
            let tip = match count {
                0 => format!("Not on this layer, only on {}", part.layers()),
                count => format!("{count} features of this layer"),
            };
            choice::Item {
                idle: count == 0,
                ..choice::numbered(param, number, part.name.as_str(), tip)
            }
        })
        .collect();
    group(slot, ui, rect, "Part", param, &items);
}

/// The clusters of the slot's layer that can be selected, as far as there are some.
fn clusters<'a>(slot: &Slot<'a>, selection: SelectionChoice) -> Vec<choice::Item<'a>> {
    let layer = usize::try_from(slot.params.layer.value()).unwrap_or(0);
    if selection == SelectionChoice::SoundCluster {
        return sound_name::items(slot, layer);
    }
    let Some(model) = slot.model.filter(|_| selection == SelectionChoice::Cluster) else {
        return Vec::new();
    };
    let labels = (0..model.clusters.count(layer))
        .filter_map(|cluster| Some((cluster, model.clusters.get(layer, cluster).ok()?)));
    labels
        .map(|(cluster, label)| {
            let name = format!("{cluster} {}", label.name);
            let number = i32::try_from(cluster).unwrap_or(i32::MAX);
            choice::numbered(&slot.params.cluster, number, name, label.tip.as_str())
        })
        .collect()
}

/// A menu of groups by name, beneath what they are.
fn group(
    slot: &Slot<'_>,
    ui: &mut Ui,
    rect: Rect,
    name: &str,
    param: &IntParam,
    items: &[choice::Item<'_>],
) {
    let head = Rect::from_min_size(rect.min, vec2(rect.width(), 15.0));
    let tone = slot.tone();
    text::line(ui, head, name, theme::SMALL, tone.name(), Align::Center);
    let line = Rect::from_min_size(
        egui::pos2(rect.left(), head.bottom() + 10.0),
        vec2(rect.width() - 6.0, theme::ROW),
    );
    choice::menu(ui, line, slot.setter, param, items, tone);
}

/// Says what is selected: the cluster's name where it has one.
fn describe(slot: &Slot<'_>, ui: &mut Ui, rect: Rect) {
    let params = slot.params;
    let number = |value: i32| usize::try_from(value).unwrap_or(0);
    let inverted = params.invert.value();
    let words = match params.selection.value() {
        SelectionChoice::All => "Every feature of the layer".to_owned(),
        SelectionChoice::Random => match features(slot) {
            Some(features) => {
                let drawn = share_count(features, params.percentage.value());
                let count = if inverted { features - drawn } else { drawn };
                match Drift::new(params.drift.value()).is_still() {
                    true => format!("{count} of {features}, drawn with the seed"),
                    false => format!("{count} of {features}, others as time goes on"),
                }
            }
            None => "Drawn with the seed".to_owned(),
        },
        SelectionChoice::SoundCluster => "A group learned from your sound".to_owned(),
        SelectionChoice::Part => match part(slot) {
            Some((name, count)) if inverted => {
                format!("All but the {count} features that carry the {name}")
            }
            Some((name, count)) => format!("The {count} features that carry the {name}"),
            None => "The features that carry one part of the mix".to_owned(),
        },
        SelectionChoice::Cluster => {
            let Some(model) = slot.model else { return };
            let layer = number(params.layer.value());
            if let Ok(label) = model.clusters.get(layer, number(params.cluster.value())) {
                let line = Rect::from_min_size(rect.min, vec2(rect.width(), 16.0));
                let name = if inverted {
                    format!("all but {}", label.name)
                } else {
                    label.name.clone()
                };
                let colour = slot.tone().value();
                text::line(ui, line, &name, theme::BODY, colour, Align::Min);
                let rest = rect.with_min_y(line.bottom() + 2.0);
                text::paragraph(
                    ui,
                    rest,
                    "What this group of features carries",
                    theme::MUTED,
                );
                let id = Id::unique(("cluster name", slot.number));
                ui.interact(rect, id, Sense::hover())
                    .on_hover_text(format!("{}\n{}", label.name, label.tip));
            }
            return;
        }
    };
    text::paragraph(ui, rect, &words, theme::MUTED);
}

/// The slot's part and how many features of its layer carry it, where that is known.
fn part<'a>(slot: &Slot<'a>) -> Option<(&'a str, usize)> {
    let place = |value: i32| usize::try_from(value).ok()?.checked_sub(1);
    let part = slot
        .model?
        .layout
        .parts
        .get(place(slot.params.part.value())?)?;
    let count = part.features.get(place(slot.params.layer.value())?)?;
    Some((&part.name, *count))
}

/// How many features the layer has, where that is known.
fn features(slot: &Slot<'_>) -> Option<usize> {
    let layout = slot.model?.layout;
    match usize::try_from(slot.params.layer.value())
        .ok()?
        .checked_sub(1)
    {
        None => Some(layout.latent_size),
        Some(place) => layout.layers.get(place).map(|layer| layer.features),
    }
}
