//! Selectors for stepped parameters: a row of fields, a menu, a switch; and buttons.

mod button;
mod fields;
mod menu;

use std::borrow::Cow;

use netbend_dsp::number::nearest_f32;

use nice_plug::prelude::{IntParam, Param};

pub use button::{button, button_of, switch, toggle, word};
pub use fields::{fields, fields_fit};
pub use menu::menu;

/// One value of a stepped parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Item<'a> {
    /// What it is called.
    pub name: Cow<'a, str>,
    /// What it does to the sound.
    pub tip: Cow<'a, str>,
    /// A word on it at the right of its line in a menu, or empty.
    pub note: Cow<'a, str>,
    /// The normalized value it stands for.
    pub unit: f32,
    /// It has no effect as things are: greyed in menus, amber where it is chosen all the same.
    pub idle: bool,
}

/// Items for a parameter whose values they are, all of them and in order: an enumeration.
pub fn even<'a>(words: &[(&'a str, &'a str)]) -> Vec<Item<'a>> {
    let last = nearest_f32(words.len().saturating_sub(1).max(1));
    let item = |(place, (name, tip)): (usize, &(&'a str, &'a str))| Item {
        name: Cow::Borrowed(*name),
        tip: Cow::Borrowed(*tip),
        note: Cow::Borrowed(""),
        unit: nearest_f32(place) / last,
        idle: false,
    };
    words.iter().enumerate().map(item).collect()
}

/// The item that stands for `value` of `param`, whose range may go on beyond the items.
pub fn numbered<'a>(
    param: &IntParam,
    value: i32,
    name: impl Into<Cow<'a, str>>,
    tip: impl Into<Cow<'a, str>>,
) -> Item<'a> {
    Item {
        name: name.into(),
        tip: tip.into(),
        note: Cow::Borrowed(""),
        unit: param.preview_normalized(value),
        idle: false,
    }
}

/// The item `param` stands at; none where it stands beside them all.
fn chosen<P: Param>(param: &P, items: &[Item<'_>]) -> Option<usize> {
    let steps = param.step_count().unwrap_or(items.len()).max(1);
    let value = param.modulated_normalized_value();
    items
        .iter()
        .position(|item| (item.unit - value).abs() < 0.5 / nearest_f32(steps))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::slot::{SelectionChoice, SlotParams, TransformChoice};
    use nice_plug::prelude::Enum as _;

    fn set<P: Param>(param: &P, unit: f32) {
        // SAFETY: the pointer comes from `param`, which outlives the call.
        unsafe { param.as_ptr()._internal_set_normalized_value(unit) };
    }

    #[test]
    fn a_few_layers_of_a_wide_range_mean_the_layers_they_name() {
        let slot = SlotParams::new(1);
        let items: Vec<_> = (0..=4)
            .map(|layer| numbered(&slot.layer, layer, layer.to_string(), ""))
            .collect();
        for (layer, item) in items.iter().enumerate() {
            set(&slot.layer, item.unit);
            assert_eq!(slot.layer.value(), layer as i32);
            assert_eq!(chosen(&slot.layer, &items), Some(layer));
        }
        set(&slot.layer, slot.layer.preview_normalized(5));
        assert_eq!(chosen(&slot.layer, &items), None);
    }

    #[test]
    fn items_of_an_enumeration_mean_its_values_in_order() {
        let slot = SlotParams::new(1);
        let names: Vec<_> = TransformChoice::variants()
            .iter()
            .map(|name| (*name, ""))
            .collect();
        for (place, item) in even(&names).iter().enumerate() {
            set(&slot.transform, item.unit);
            assert_eq!(slot.transform.value().to_index(), place);
            assert_eq!(chosen(&slot.transform, &even(&names)), Some(place));
        }
        set(&slot.selection, even(&[("", ""); 5])[2].unit);
        assert_eq!(slot.selection.value(), SelectionChoice::Cluster);
    }
}
