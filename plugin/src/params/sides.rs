//! A and B, two settings of one instance: changed, copied, kept with the project. Any thread but the audio thread.

use serde::{Deserialize, Serialize};

use super::NetbendParams;
use super::other_side::Settings;
use super::part_names::PartNames;
use super::side::{Moment, Side};
use super::snapshot::{Positions, Snapshot};
use crate::stream::controls::Controls;

/// The other side, as a state keeps it.
#[derive(Serialize, Deserialize)]
struct Saved {
    is_b: bool,
    #[serde(flatten)]
    positions: Positions,
}

impl Settings for NetbendParams {
    fn heard(&self, parts: usize, moving: Option<(&mut Side, Moment<'_>)>) -> Controls {
        let offsets = moving.map(|(side, moment)| {
            let macros = self.macro_values();
            side.offsets(&self.modulation, macros, moment)
        });
        self.side(parts, &offsets.unwrap_or_default())
    }

    fn set_to(&self, text: &str, names: &PartNames) -> bool {
        let Some(snapshot) = read(text) else {
            return false;
        };
        snapshot.set_on(self, names);
        true
    }
}

/// What is set on the other side; `None` where it was never another than what is edited.
pub(crate) fn other(params: &NetbendParams) -> Option<Snapshot> {
    read(&params.other.text())
}

/// Changes sides: what is edited now becomes the other one. What was there, where there was something.
pub(crate) fn change(params: &NetbendParams) -> Option<Snapshot> {
    let before = other(params);
    let is_b = !params.other.is_b_edited();
    // What is heard on the way is what is set now, wherever the morph stands.
    keep(params, is_b);
    params.other.set_b_edited(is_b);
    before
}

/// Makes the other side what is edited now.
pub(crate) fn copy(params: &NetbendParams) {
    keep(params, params.other.is_b_edited());
}

fn keep(params: &NetbendParams, is_b: bool) {
    let saved = Saved {
        is_b,
        positions: Snapshot::of(params).positions(),
    };
    put(params, serde_json::to_string(&saved).unwrap_or_default());
}

/// Lets the other side be heard that a state brought.
pub(crate) fn hear(params: &NetbendParams) {
    put(params, params.other.text());
}

fn put(params: &NetbendParams, text: String) {
    let new = || Box::new(NetbendParams::default()) as Box<dyn Settings>;
    params.other.put(text, &params.part_names, new);
}

fn read(text: &str) -> Option<Snapshot> {
    let saved = serde_json::from_str::<Saved>(text).ok()?;
    Some(Snapshot::of_positions(&saved.positions))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::preset::set;
    use nice_plug::params::persist::PersistentField as _;

    #[test]
    fn what_is_on_the_other_side_is_kept_with_a_project() {
        let params = NetbendParams::default();
        set(&params.mix, 0.25);
        assert!(change(&params).is_none() && params.other.is_b_edited());
        set(&params.mix, 0.75);
        let text = params.other.map(String::clone);
        let reopened = NetbendParams::default();
        reopened.other.set(text.clone());
        assert_eq!(reopened.other.map(String::clone), text);
        assert!(reopened.other.is_b_edited());
        hear(&reopened);
        assert!(
            (reopened.controls().mix - 0.25).abs() < 1e-6,
            "morph is at A"
        );
        assert_eq!(other(&reopened), other(&params));
        let strange = "written by a newer version";
        reopened.other.set(strange.to_owned());
        hear(&reopened);
        assert!((reopened.controls().mix - 1.0).abs() < 1e-6);
        assert_eq!(reopened.other.map(String::clone), strange);
    }

    #[test]
    fn the_morph_goes_from_a_to_b_whichever_is_edited() {
        let params = NetbendParams::default();
        set(&params.voice.voice, 0.2);
        assert!(change(&params).is_none());
        set(&params.voice.voice, 0.8);
        for (morph, voice) in [(0.0, 0.2), (0.5, 0.5), (1.0, 0.8)] {
            set(&params.morph, morph);
            assert!((params.controls().voice - voice).abs() < 1e-5, "{morph}");
        }
        let a = change(&params).unwrap_or_else(|| Snapshot::of(&NetbendParams::default()));
        a.set_on(&params, &PartNames::default());
        set(&params.morph, 1.0);
        assert!((params.controls().voice - 0.8).abs() < 1e-5);
    }
}
