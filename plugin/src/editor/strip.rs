//! The strip: every bend at a glance, one of them chosen for the panel below.

mod cell;

use egui::{Color32, Rect, Ui, pos2, vec2};
use nice_plug::prelude::{BoolParam, ParamSetter};

use crate::controls::{SLOTS, WEIGHT_SLOTS};
use crate::params::NetbendParams;

use super::theme;
use super::warning::{self, Model};
use super::{panel, summary};
use cell::Cell;

/// Height of the cells in points.
pub const HEIGHT: f32 = cell::HEIGHT;

const GAP: f32 = 5.0;
/// Between the slots and the weight slots.
const APART: f32 = 13.0;
const CELLS: usize = SLOTS + WEIGHT_SLOTS;

/// One of the bends; numbers are 0-based.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bend {
    /// A slot.
    Slot(usize),
    /// A weight slot.
    Weights(usize),
}

impl Bend {
    /// Every bend, as they stand in the strip.
    pub fn all() -> impl Iterator<Item = Self> {
        let slots = (0..SLOTS).map(Self::Slot);
        slots.chain((0..WEIGHT_SLOTS).map(Self::Weights))
    }

    fn on(self, params: &NetbendParams) -> &BoolParam {
        match self {
            Self::Slot(index) => &params.slots[index].on,
            Self::Weights(index) => &params.weights[index].on,
        }
    }

    /// The colour around it and its panel while it is chosen.
    fn outline(self, params: &NetbendParams) -> Color32 {
        if self.on(params).value() {
            theme::ACCENT
        } else {
            theme::IDLE
        }
    }
}

/// Draws the strip in `rect` and the ground of the panel for the bend `chosen` in `detail`, beneath it.
/// Returns the bend that is chosen now.
pub fn show(
    ui: &mut Ui,
    rect: Rect,
    detail: Rect,
    chosen: Bend,
    params: &NetbendParams,
    model: Option<Model<'_>>,
    setter: &ParamSetter<'_>,
) -> Bend {
    let outline = chosen.outline(params);
    let mut next = chosen;
    for (place, bend) in Bend::all().enumerate() {
        let area = place_of(rect, place);
        let is_chosen = bend == chosen;
        if is_chosen {
            panel::show_with_tab(ui, detail, area, outline);
        } else {
            panel::back(ui, area, bend.on(params).value());
        }
        if cell_of(bend, params, model).show(ui, area, is_chosen, setter) {
            next = bend;
        }
    }
    next
}

fn place_of(rect: Rect, place: usize) -> Rect {
    let gaps = GAP * (CELLS - 2) as f32 + APART;
    let width = (rect.width() - gaps) / CELLS as f32;
    let apart = if place < SLOTS { 0.0 } else { APART - GAP };
    let left = rect.left() + (width + GAP) * place as f32 + apart;
    Rect::from_min_size(pos2(left, rect.top()), vec2(width, rect.height()))
}

fn cell_of<'a>(bend: Bend, params: &'a NetbendParams, model: Option<Model<'_>>) -> Cell<'a> {
    match bend {
        Bend::Slot(index) => {
            let slot = &params.slots[index];
            Cell {
                title: format!("Slot {} on {}", index + 1, summary::layer_in_full(slot)),
                name: format!("{}", index + 1),
                on: &slot.on,
                amount: &slot.amount,
                origin: 0.0,
                place: summary::layer(slot),
                transform: summary::transform(slot),
                share: summary::features(slot, model.map(|model| model.clusters)),
                warning: warning::slot(slot, model),
            }
        }
        Bend::Weights(index) => {
            let slot = &params.weights[index];
            Cell {
                title: format!("Weights {} on tensor {}", index + 1, slot.layer.value()),
                name: format!("W{}", index + 1),
                on: &slot.on,
                amount: &slot.amount,
                origin: 0.5,
                place: format!("T{}", slot.layer.value()),
                transform: super::weights::name(slot.transform.value()),
                share: summary::points(slot),
                warning: warning::weights(slot, model.map(|model| model.facts)),
            }
        }
    }
}
