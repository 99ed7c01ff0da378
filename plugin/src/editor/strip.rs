//! The strip: every bend and the sound at a glance, one of them chosen for the panel below.

mod cell;
mod sound_cell;

use egui::{Color32, Rect, Ui, pos2, vec2};
use netbend_dsp::number::nearest_f32;
use nice_plug::prelude::ParamSetter;

use crate::audition::{CARDS, Locks};
use crate::params::NetbendParams;
use crate::stream::controls::{SLOTS, WEIGHT_SLOTS};

use super::theme;
use super::warning::{self, Model};
use super::{panel, sound_page, summary};
use cell::Cell;

/// Height of the cells in points.
pub const HEIGHT: f32 = cell::HEIGHT;

const GAP: f32 = 5.0;
/// Between two kinds of pages.
const APART: f32 = 12.0;
const CELLS: usize = CARDS;

/// What the panel shows in full; numbers are 0-based.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// A slot.
    Slot(usize),
    /// A weight slot.
    Weights(usize),
    /// How bends become sound.
    Sound,
}

impl Page {
    /// Every page, as they stand in the strip.
    pub fn all() -> impl Iterator<Item = Self> {
        let slots = (0..SLOTS).map(Self::Slot);
        let weights = (0..WEIGHT_SLOTS).map(Self::Weights);
        slots.chain(weights).chain([Self::Sound])
    }

    /// Whether what it shows changes the sound.
    fn acts(self, params: &NetbendParams) -> bool {
        match self {
            Self::Slot(index) => params.slots[index].on.value(),
            Self::Weights(index) => params.weights[index].on.value(),
            Self::Sound => sound_page::is_changed(params),
        }
    }

    /// How many wider gaps are before its cell.
    fn gaps_apart(self) -> usize {
        match self {
            Self::Slot(_) => 0,
            Self::Weights(_) => 1,
            Self::Sound => 2,
        }
    }

    /// The colour around it and its panel while it is chosen.
    fn outline(self, params: &NetbendParams) -> Color32 {
        if self.acts(params) {
            theme::ACCENT
        } else {
            theme::IDLE
        }
    }
}

/// Draws the strip in `rect` and the ground of the panel for the page `chosen` in `detail`, beneath it.
/// `locks` are those of the dice, card by card. Returns the page that is chosen now.
#[allow(clippy::too_many_arguments)] // A strip shows all there is.
pub fn show(
    ui: &mut Ui,
    rect: Rect,
    detail: Rect,
    chosen: Page,
    params: &NetbendParams,
    model: Option<Model<'_>>,
    locks: &mut Locks,
    setter: &ParamSetter<'_>,
) -> Page {
    let outline = chosen.outline(params);
    let mut next = chosen;
    for (place, page) in Page::all().enumerate() {
        let area = place_of(rect, place, page);
        let is_chosen = page == chosen;
        if is_chosen {
            panel::show_with_tab(ui, detail, area, outline);
        } else {
            panel::back(ui, area, page.acts(params));
        }
        let mut is_locked = locks.slot(place);
        let lock = &mut is_locked;
        let clicked = match page {
            Page::Slot(index) => {
                slot_cell(index, params, model).show(ui, area, is_chosen, lock, setter)
            }
            Page::Weights(index) => {
                weight_cell(index, params, model).show(ui, area, is_chosen, lock, setter)
            }
            Page::Sound => sound_cell::show(ui, area, is_chosen, params, lock),
        };
        if let Some(lock) = locks.0.get_mut(place) {
            *lock = is_locked;
        }
        if clicked {
            next = page;
        }
    }
    next
}

fn place_of(rect: Rect, place: usize, page: Page) -> Rect {
    let all_gaps = GAP * nearest_f32(CELLS - 1) + (APART - GAP) * 2.0;
    let width = (rect.width() - all_gaps) / nearest_f32(CELLS);
    let apart = (APART - GAP) * nearest_f32(page.gaps_apart());
    let left = rect.left() + (width + GAP) * nearest_f32(place) + apart;
    Rect::from_min_size(pos2(left, rect.top()), vec2(width, rect.height()))
}

fn slot_cell<'a>(index: usize, params: &'a NetbendParams, model: Option<Model<'_>>) -> Cell<'a> {
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

fn weight_cell<'a>(index: usize, params: &'a NetbendParams, model: Option<Model<'_>>) -> Cell<'a> {
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
        warning: warning::weights(slot, model.map(|model| model.layout)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cells_fill_the_strip_and_do_not_overlap() {
        let strip = Rect::from_min_size(pos2(12.0, 300.0), vec2(956.0, HEIGHT));
        let cells: Vec<_> = (0..)
            .zip(Page::all())
            .map(|(place, page)| place_of(strip, place, page))
            .collect();
        assert_eq!(cells.len(), CELLS);
        assert_eq!(cells[0].left(), strip.left());
        assert!((cells[CELLS - 1].right() - strip.right()).abs() < 0.01);
        for pair in cells.windows(2) {
            assert!(pair[1].left() - pair[0].right() >= GAP - 0.01);
        }
    }
}
