//! What was done, in words.

use nice_plug::prelude::{Param as _, ParamPtr};

use crate::editor::quantity::{self, Quantity};
use crate::editor::recorder::Move;
use crate::params::NetbendParams;

/// What was changed, from what to what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// `Slot 2 Amount`, or what was done to many.
    pub what: String,
    /// `100 %`; empty where many were changed.
    pub from: String,
    /// `42 %`.
    pub to: String,
}

impl Words {
    /// Words for these moves, which are `called` so or else go by the names of their parameters.
    pub(super) fn of(params: &NetbendParams, called: Option<&str>, moves: &[Move]) -> Self {
        let (mut what, from, to) = match moves {
            [moved] => {
                let Move {
                    param,
                    before,
                    after,
                } = *moved;
                let (name, text) = described(params, param);
                (name, text(before), text(after))
            }
            [first, rest @ ..] => {
                let (name, _) = described(params, first.param);
                let what = format!("{name} and {} more", rest.len());
                (what, String::new(), String::new())
            }
            [] => Default::default(),
        };
        if let Some(called) = called {
            what = match called.strip_suffix(": ") {
                Some(_) => format!("{called}{what}"),
                None => called.to_owned(),
            };
        }
        Self { what, from, to }
    }
}

type Text = Box<dyn Fn(f32) -> String>;

/// The name of a parameter, and what it says at a position. A bend's own go by its transform.
fn described(params: &NetbendParams, param: ParamPtr) -> (String, Text) {
    match quantity(params, param) {
        Some((number, quantity)) => (
            format!("Slot {number} {}", quantity.name),
            Box::new(move |position| quantity.text(position)),
        ),
        None => (
            // SAFETY: it is a parameter of `params`.
            unsafe { param.name() }.to_owned(),
            // SAFETY: the words are made before this function's caller returns, and so before `params` end.
            Box::new(move |position| unsafe { param.normalized_value_to_string(position, true) }),
        ),
    }
}

/// What a transform calls a slot's parameter, and the slot's number.
fn quantity(params: &NetbendParams, param: ParamPtr) -> Option<(usize, Quantity)> {
    (1..).zip(&params.slots).find_map(|(number, slot)| {
        let knobs = [slot.parameter.as_ptr(), slot.second.as_ptr()];
        let place = knobs.iter().position(|knob| *knob == param)?;
        let quantities = quantity::of(slot.transform.value().kind(), false);
        Some((number, *quantities.get(place)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::preset::set;
    use crate::params::slot::TransformChoice;

    #[test]
    fn a_bends_parameters_go_by_its_transform() {
        let params = NetbendParams::default();
        let moves = [Move {
            param: params.slots[1].parameter.as_ptr(),
            before: 0.5,
            after: 0.75,
        }];
        set(&params.slots[1].transform, TransformChoice::Rotate);
        let words = Words::of(&params, None, &moves);
        assert_eq!(words.what, "Slot 2 Angle");
        assert!(words.from.ends_with('°') && words.to.ends_with('°'));
        let undone = Words::of(&params, Some("Undo: "), &moves);
        assert_eq!(undone.what, "Undo: Slot 2 Angle");
        let dice = Words::of(&params, Some("Dice"), &[moves[0], moves[0]]);
        assert_eq!(
            (dice.what.as_str(), dice.from.as_str(), dice.to.as_str()),
            ("Dice", "", "")
        );
    }
}
