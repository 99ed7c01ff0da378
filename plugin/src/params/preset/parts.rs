//! A preset's faders to the parts mixer, and back.

use netbend_models::Preset;
use netbend_models::bends::part_mix::PartFader;
use netbend_models::bends::part_name::PartName;
use nice_plug::prelude::*;
use std::collections::BTreeMap;

use super::number::shortest;
use super::set::set;
use crate::params::NetbendParams;

/// Moves the faders to where the preset has them, those whose part it does not name to 0 dB.
pub(super) fn apply(preset: &Preset, params: &NetbendParams) {
    for (number, knobs) in (1..).zip(&params.parts) {
        let name = params.part_names.name(number);
        let fader = name.and_then(|name| preset.parts.get(&name).copied());
        let fader = fader.unwrap_or_default();
        set(&knobs.gain, fader.gain_db);
        set(&knobs.mute, fader.is_muted);
        set(&knobs.solo, fader.is_soloed);
    }
}

/// The faders of the model's parts that are not as they are at first.
pub(super) fn capture(params: &NetbendParams) -> BTreeMap<PartName, PartFader> {
    let faders = (1..).zip(&params.parts).filter_map(|(number, knobs)| {
        let gain = &knobs.gain;
        let position = |db: f32| gain.preview_normalized(db);
        let at = position(gain.value());
        let fader = PartFader {
            gain_db: shortest(gain.value(), |db| position(db) == at),
            ..knobs.fader()
        };
        Some((params.part_names.name(number)?, fader))
    });
    faders
        .filter(|(_, fader)| *fader != PartFader::default())
        .collect()
}
