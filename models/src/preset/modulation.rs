//! The preset's `modulation` mapping: modulators by their names, and routes.

mod clock;
mod follower;
mod lfo;
mod route;
mod sequencer;
mod value;
mod wander;

use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;

use super::macro_names::MacroNames;
use super::reader::{Reader, given};
use crate::bends::modulation::{MACROS, Modulation};
use crate::error::PresetError;

/// What stands beneath `modulation`.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Found {
    #[serde(default, deserialize_with = "given")]
    macros: Option<Spanned<Vec<Spanned<f64>>>>,
    #[serde(default, deserialize_with = "given")]
    macro_names: Option<Spanned<Vec<Spanned<String>>>>,
    #[serde(rename = "lfo-1", default, deserialize_with = "given")]
    lfo_1: Option<lfo::Found>,
    #[serde(rename = "lfo-2", default, deserialize_with = "given")]
    lfo_2: Option<lfo::Found>,
    #[serde(rename = "lfo-3", default, deserialize_with = "given")]
    lfo_3: Option<lfo::Found>,
    #[serde(rename = "sequencer-1", default, deserialize_with = "given")]
    sequencer_1: Option<sequencer::Found>,
    #[serde(rename = "sequencer-2", default, deserialize_with = "given")]
    sequencer_2: Option<sequencer::Found>,
    #[serde(rename = "follower-1", default, deserialize_with = "given")]
    follower_1: Option<follower::Found>,
    #[serde(rename = "follower-2", default, deserialize_with = "given")]
    follower_2: Option<follower::Found>,
    #[serde(default, deserialize_with = "given")]
    random: Option<wander::Found>,
    #[serde(default, deserialize_with = "given")]
    routes: Option<Spanned<Vec<route::Found>>>,
}

/// The modulators, where the macros stand, and what they are called.
pub(super) fn read(
    reader: &Reader<'_>,
    found: Option<&Found>,
) -> Result<(Modulation, [f32; MACROS], MacroNames), PresetError> {
    let mut modulation = Modulation::default();
    let mut macros = [0.0; MACROS];
    let mut names = MacroNames::default();
    let Some(found) = found else {
        return Ok((modulation, macros, names));
    };
    if let Some(values) = &found.macros {
        value::units(reader, "macros", values, &mut macros)?;
    }
    if let Some(found) = &found.macro_names {
        names = MacroNames::read(reader, found)?;
    }
    let lfos = [&found.lfo_1, &found.lfo_2, &found.lfo_3];
    for (own, found) in modulation.lfos.iter_mut().zip(lfos) {
        *own = lfo::read(reader, found.as_ref())?;
    }
    let sequencers = [&found.sequencer_1, &found.sequencer_2];
    for (own, found) in modulation.sequencers.iter_mut().zip(sequencers) {
        *own = sequencer::read(reader, found.as_ref())?;
    }
    let followers = [&found.follower_1, &found.follower_2];
    for (own, found) in modulation.followers.iter_mut().zip(followers) {
        *own = follower::read(reader, found.as_ref())?;
    }
    modulation.wander = wander::read(reader, found.random.as_ref())?;
    if let Some(routes) = &found.routes {
        modulation.routes = route::read(reader, routes)?;
    }
    Ok((modulation, macros, names))
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Written {
    #[serde(skip_serializing_if = "Option::is_none")]
    macros: Option<[f32; MACROS]>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    macro_names: Vec<String>,
    #[serde(rename = "lfo-1", skip_serializing_if = "Option::is_none")]
    lfo_1: Option<lfo::Written>,
    #[serde(rename = "lfo-2", skip_serializing_if = "Option::is_none")]
    lfo_2: Option<lfo::Written>,
    #[serde(rename = "lfo-3", skip_serializing_if = "Option::is_none")]
    lfo_3: Option<lfo::Written>,
    #[serde(rename = "sequencer-1", skip_serializing_if = "Option::is_none")]
    sequencer_1: Option<sequencer::Written>,
    #[serde(rename = "sequencer-2", skip_serializing_if = "Option::is_none")]
    sequencer_2: Option<sequencer::Written>,
    #[serde(rename = "follower-1", skip_serializing_if = "Option::is_none")]
    follower_1: Option<follower::Written>,
    #[serde(rename = "follower-2", skip_serializing_if = "Option::is_none")]
    follower_2: Option<follower::Written>,
    #[serde(skip_serializing_if = "Option::is_none")]
    random: Option<wander::Written>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    routes: Vec<route::Written>,
}

/// The mapping to write; none where nothing differs from the default.
pub(super) fn write(
    modulation: &Modulation,
    macros: &[f32; MACROS],
    names: &MacroNames,
) -> Option<Written> {
    let moved = macros.iter().any(|value| *value != 0.0);
    if *modulation == Modulation::default() && !moved && names.is_empty() {
        return None;
    }
    let [lfo_1, lfo_2, lfo_3] = modulation.lfos.each_ref().map(lfo::write);
    let [sequencer_1, sequencer_2] = modulation.sequencers.each_ref().map(sequencer::write);
    let [follower_1, follower_2] = modulation.followers.each_ref().map(follower::write);
    Some(Written {
        macros: moved.then_some(*macros),
        macro_names: names.written(),
        lfo_1,
        lfo_2,
        lfo_3,
        sequencer_1,
        sequencer_2,
        follower_1,
        follower_2,
        random: wander::write(&modulation.wander),
        routes: modulation.routes.iter().map(route::write).collect(),
    })
}

#[cfg(test)]
mod tests;
