//! What can be done with a feature's group, or with a layer: the menu of the right button. GUI thread.

use egui::{Align, Layout, Response};
use nice_plug::prelude::Enum as _;

use super::groups::Named;
use super::isolation::Heard;
use crate::editor::{keys, warning};
use crate::params::slot::TransformChoice;
use crate::report::layout::ModelLayout;

/// Width of the menu.
const WIDTH: f32 = 150.0;

/// What was chosen.
pub enum Chosen {
    Transform(TransformChoice),
    Heard(Heard),
}

/// The menu of a feature's group, or of a layer where it has none. Transforms without a meaning there are left out.
pub fn show(
    response: &Response,
    layer: usize,
    group: Option<usize>,
    groups: &[Named],
    layout: &ModelLayout,
) -> Option<Chosen> {
    let rows = Layout::top_down_justified(Align::Min);
    let (menu, opens) = keys::context_menu(response);
    let shown = menu.width(WIDTH).layout(rows).show(|ui| {
        ui.set_min_width(WIDTH);
        let (mut chosen, mut listed) = (None, Vec::new());
        let named = group.and_then(|group| groups.get(group));
        let title = named.map_or_else(|| format!("Layer {layer}"), |named| named.name.clone());
        ui.label(title);
        if named.is_some() {
            for (name, heard, tip) in [
                (
                    "Solo",
                    Heard::Solo,
                    "Hear this group and what else is soloed alone",
                ),
                ("Mute", Heard::Mute, "Hear everything but this group"),
            ] {
                let line = ui.button(name).on_hover_text(tip);
                if line.clicked() {
                    chosen = Some(Chosen::Heard(heard));
                }
                listed.push((line, name));
            }
            ui.separator();
        }
        let names = TransformChoice::variants().iter().enumerate();
        for (index, name) in names {
            let transform = TransformChoice::from_index(index);
            if warning::without_meaning(transform.kind(), layer, Some(layout)).is_some() {
                continue;
            }
            let line = ui.button(*name);
            let line = line.on_hover_text("Aim the slot here with that transform");
            if line.clicked() {
                chosen = Some(Chosen::Transform(transform));
            }
            listed.push((line, *name));
        }
        if chosen.is_some() {
            // The menu closes; keys go on where they came from.
            response.request_focus();
        }
        keys::list(ui, response.id.with("lines"), &listed, None, opens);
        chosen
    });
    shown.and_then(|shown| shown.inner)
}
