//! What a cluster of a sound is called: a menu of them, and a field to call one otherwise.

use egui::{Align, Id, Key, Rect, Ui};
use netbend_models::cluster::MOST_LETTERS;

use super::subject::Slot;
use crate::editor::browser::field;
use crate::editor::{choice, text, theme};

/// A cluster that is to be called otherwise.
pub struct Renamed {
    /// 1-based.
    pub layer: usize,
    /// 0-based.
    pub cluster: usize,
    /// Its name from now on; empty where it is to go by its number.
    pub name: String,
}

/// Layer and number of the slot's cluster, where there is such a one.
pub(super) fn of(slot: &Slot<'_>) -> Option<(usize, usize)> {
    let layer = usize::try_from(slot.params.layer.value()).ok()?;
    let cluster = usize::try_from(slot.params.cluster.value()).ok()?;
    let labels = slot.sound.labels();
    (cluster < labels.sizes(layer).len()).then_some((layer, cluster))
}

/// The clusters of a layer by their names.
pub(super) fn items<'a>(slot: &Slot<'a>, layer: usize) -> Vec<choice::Item<'a>> {
    let labels = slot.sound.labels();
    let sizes = labels.sizes(layer).iter().enumerate();
    sizes
        .map(|(cluster, size)| {
            let name = match labels.name(layer, cluster) {
                Some(name) => format!("{cluster} {name}"),
                None => format!("{cluster}"),
            };
            let plural = if *size == 1 { "" } else { "s" };
            let tip = format!("Sound cluster {cluster} of layer {layer}, {size} feature{plural}");
            let number = i32::try_from(cluster).unwrap_or(i32::MAX);
            choice::numbered(&slot.params.cluster, number, name, tip)
        })
        .collect()
}

/// Draws a field with the cluster's name in `rect`. What was typed, once it is done.
pub(super) fn show(
    slot: &Slot<'_>,
    ui: &mut Ui,
    rect: Rect,
    (layer, cluster): (usize, usize),
) -> Option<Renamed> {
    let line = rect.with_max_y(rect.top() + theme::ROW);
    let id = Id::unique(("sound cluster", slot.number, layer, cluster));
    let labels = slot.sound.labels();
    let name = labels.name(layer, cluster).unwrap_or_default();
    let kept: Option<String> = ui.data(|data| data.get_temp(id));
    let mut typed = kept.unwrap_or_else(|| name.to_owned());
    let response = field::line(ui, line, id, &mut typed, "give it a name", MOST_LETTERS);
    let response = response.on_hover_text(
        "What this group of features carries in the sound it was learned from. Type another name: Enter keeps it, Escape does not",
    );
    let words = rect.with_min_y(line.bottom() + 2.0);
    let size = labels.sizes(layer).get(cluster).copied().unwrap_or(0);
    let plural = if size == 1 { "" } else { "s" };
    let said = format!("{size} feature{plural}");
    let one_line = words.with_max_y(words.top() + 16.0);
    text::line(ui, one_line, &said, theme::SMALL, theme::MUTED, Align::Min);
    if response.has_focus() {
        ui.data_mut(|data| data.insert_temp(id, typed));
        return None;
    }
    if !response.lost_focus() {
        return None;
    }
    ui.data_mut(|data| data.remove::<String>(id));
    let gave_up = ui.input(|input| input.key_pressed(Key::Escape));
    (!gave_up && typed.trim() != name).then_some(Renamed {
        layer,
        cluster,
        name: typed,
    })
}
