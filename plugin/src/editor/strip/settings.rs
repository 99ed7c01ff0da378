//! All that is set on one card, to be put on another of its kind. GUI thread.

use nice_plug::params::Params as _;
use nice_plug::prelude::{ParamPtr, ParamSetter};

use super::page::Page;
use crate::editor::gesture;
use crate::params::NetbendParams;

/// The most parameters that a card has.
const MOST: usize = 16;

/// The positions of a card's parameters, in the order of the program.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Settings {
    /// The card they were taken from.
    of: Page,
    positions: [f32; MOST],
}

impl Settings {
    /// What is set on a card now.
    pub(super) fn of(page: Page, params: &NetbendParams) -> Self {
        // SAFETY: the pointer comes from `params`.
        Self::by(page, params, |param| unsafe {
            param.unmodulated_normalized_value()
        })
    }

    /// What is set on a card of a new instance.
    pub(super) fn fresh(page: Page, params: &NetbendParams) -> Self {
        // SAFETY: the pointer comes from `params`.
        Self::by(page, params, |param| unsafe {
            param.default_normalized_value()
        })
    }

    /// Whether a card can take them.
    pub(super) fn fit(&self, page: Page) -> bool {
        self.of.is_like(page)
    }

    /// Puts them on a card of their kind: a gesture for each parameter that stands elsewhere.
    pub(super) fn put(&self, page: Page, params: &NetbendParams, setter: &ParamSetter<'_>) {
        if !self.fit(page) {
            return;
        }
        for (param, position) in pointers(page, params).into_iter().zip(self.positions) {
            // SAFETY: the pointer comes from `params`.
            if unsafe { param.unmodulated_normalized_value() } != position {
                gesture::put(setter, param, position);
            }
        }
    }

    fn by(page: Page, params: &NetbendParams, position: impl Fn(ParamPtr) -> f32) -> Self {
        let mut positions = [0.0; MOST];
        for (at, param) in positions.iter_mut().zip(pointers(page, params)) {
            *at = position(param);
        }
        Self {
            of: page,
            positions,
        }
    }
}

/// The parameters of a card that settings can be taken from; none of the sound.
fn pointers(page: Page, params: &NetbendParams) -> Vec<ParamPtr> {
    let map = match page {
        Page::Slot(index) => params.slots.get(index).map(|slot| slot.param_map()),
        Page::Weights(index) => params.weights.get(index).map(|slot| slot.param_map()),
        Page::Sound => None,
    };
    let all = map.unwrap_or_default().into_iter();
    all.map(|(_, param, _)| param).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_card_has_room_for_its_parameters_and_cards_of_a_kind_have_the_same() {
        let params = NetbendParams::default();
        for page in Page::all() {
            assert!(pointers(page, &params).len() <= MOST);
            for other in Page::all().filter(|other| page.is_like(*other)) {
                let names = |page| {
                    let all = pointers(page, &params).into_iter();
                    // SAFETY: the pointers come from `params`.
                    let names = all.map(|param| unsafe { param.name() }.to_owned());
                    let bare = names.map(|name| name.replace(|c: char| c.is_ascii_digit(), ""));
                    bare.collect::<Vec<_>>()
                };
                assert_eq!(names(page), names(other));
                assert!(!names(page).is_empty());
            }
        }
    }
}
