//! The strip: every bend and the sound at a glance, one of them chosen for the panel below.

mod cell;
mod deed;
mod drag;
mod menu;
mod page;
mod settings;
mod sound_cell;

use egui::{Color32, Rect, Ui, pos2, vec2};
use netbend_dsp::number::nearest_f32;
use nice_plug::prelude::ParamSetter;

use crate::audition::{CARDS, Locks};
use crate::params::NetbendParams;

use super::theme;
use super::warning::{self, Model};
use super::{panel, sound_page, summary};
use cell::Cell;
pub use deed::Deed;
use drag::Drag;
pub use page::Page;

/// Height of the cells in points.
pub const HEIGHT: f32 = cell::HEIGHT;

const GAP: f32 = 5.0;
/// Between two kinds of pages.
const APART: f32 = 12.0;
const CELLS: usize = CARDS;

/// What came of the strip.
pub struct Shown {
    /// The page that is chosen now.
    pub chosen: Page,
    /// What is to be done with cards.
    pub deed: Option<Deed>,
}

/// Whether what a page shows changes the sound.
fn acts(page: Page, params: &NetbendParams) -> bool {
    match page {
        Page::Slot(index) => params.slots[index].on.value(),
        Page::Weights(index) => params.weights[index].on.value(),
        Page::Sound => sound_page::is_changed(params),
    }
}

/// The colour around a page and its panel while it is chosen.
fn outline(page: Page, params: &NetbendParams) -> Color32 {
    if acts(page, params) {
        theme::ACCENT
    } else {
        theme::IDLE
    }
}

/// Draws the strip in `rect` and the ground of the panel for the page `chosen` in `detail`, beneath it.
/// `locks` are those of the dice, card by card. Keys are of the
/// page that is chosen where it `takes_keys`.
#[allow(clippy::too_many_arguments)] // A strip shows all there is.
pub fn show(
    ui: &mut Ui,
    rect: Rect,
    detail: Rect,
    chosen: Page,
    params: &NetbendParams,
    model: Option<Model<'_>>,
    locks: &mut Locks,
    takes_keys: bool,
    setter: &ParamSetter<'_>,
) -> Shown {
    let outline = outline(chosen, params);
    let mut shown = Shown {
        chosen,
        deed: takes_keys.then(|| menu::typed(ui, chosen)).flatten(),
    };
    let mut dragged = None;
    let mut cells = Vec::with_capacity(CELLS);
    for (place, page) in Page::all().enumerate() {
        let area = place_of(rect, place, page);
        let is_chosen = page == chosen;
        if is_chosen {
            panel::show_with_tab(ui, detail, area, outline);
        } else {
            panel::back(ui, area, acts(page, params));
        }
        let mut is_locked = locks.slot(place);
        let lock = &mut is_locked;
        let cell = match page {
            Page::Slot(index) => slot_cell(index, params, model),
            Page::Weights(index) => weight_cell(index, params, model),
            Page::Sound => {
                if sound_cell::show(ui, area, is_chosen, params, lock) {
                    shown.chosen = page;
                }
                locks.set(place, is_locked);
                continue;
            }
        };
        let touched = cell.show(ui, area, is_chosen, lock, setter);
        locks.set(place, is_locked);
        cells.push((page, area));
        if touched.is_chosen {
            shown.chosen = page;
        }
        shown.deed = menu::show(&touched.whole, page).or(shown.deed);
        dragged = dragged.or(Drag::of(ui, &touched.whole, page));
    }
    if let Some(dragged) = dragged {
        let deed = dragged.show(ui, &cells);
        if let Some(Deed::Exchange(_, to) | Deed::Duplicate(_, to)) = deed {
            shown.chosen = to;
        }
        shown.deed = deed.or(shown.deed);
    }
    shown
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
        held: params.pads.holds(index),
        name: format!("{}", index + 1),
        on: &slot.on,
        amount: &slot.amount,
        origin: 0.0,
        place: summary::layer(slot),
        transform: summary::transform(slot),
        share: summary::features(
            slot,
            model.map(|model| model.clusters),
            &params.sound_clusters.labels(),
        ),
        warning: warning::slot(slot, model),
    }
}

fn weight_cell<'a>(index: usize, params: &'a NetbendParams, model: Option<Model<'_>>) -> Cell<'a> {
    let slot = &params.weights[index];
    Cell {
        title: format!("Weights {} on tensor {}", index + 1, slot.layer.value()),
        held: None,
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
