//! Presets to parameters and back.
//!
//! The first bends of a preset go to the slots, in file order, as long as slots hold them exactly; the rest run as fixed bends behind
//! them, any number of them. What a slot does not hold: a parameter beyond its knob, a threshold that is an activation (the knob counts
//! in the layer's deviation; `relative: true` in a preset does, too), a seed of the bend's own. Bends of weights go to the weight slots
//! in the same way. A part goes by its name in a preset and by its number on a knob: while the model is not known, a bend of a part runs
//! fixed as well, and so do those behind it.

mod capture;
mod number;
mod parts;
mod set;
mod slot;
mod sound;
mod weight;

use netbend_dsp::number::low_bits;
use netbend_models::Preset;
use netbend_models::bends::latent_play::{LatentPlay, LatentShape};
use netbend_models::bends::weights::{WeightBend, WeightFrame};
use netbend_models::bends::{Bend, BendFrame};
use netbend_models::error::PresetError;
use std::sync::PoisonError;

use super::NetbendParams;
use super::latent::{LatentParams, SourceChoice};
use super::part_names::PartNames;
use super::seed::MAX_SEED;
use super::slot::SlotParams;
use crate::error::Error;
use crate::stream::controls::{SLOTS, WEIGHT_SLOTS};

pub use capture::capture;
pub(crate) use set::set;

/// Sets every parameter a preset speaks of. Not while a host holds the parameters: it would not hear
/// of the change.
///
/// # Errors
/// Where the preset asks for what the parameters cannot hold; nothing is changed then.
pub fn apply(preset: &Preset, params: &NetbendParams) -> Result<(), Error> {
    let seed = i32::try_from(preset.seed)
        .ok()
        .filter(|seed| *seed <= MAX_SEED)
        .ok_or(Error::Seed {
            found: preset.seed,
            most: MAX_SEED,
        })?;
    let in_slots = weight_slot_count(preset);
    for (index, params) in params.weights.iter().enumerate() {
        match preset.weights.get(index).filter(|_| index < in_slots) {
            Some(bend) => weight::apply(params, bend),
            None => set(&params.on, false),
        }
    }
    params.preset.replace(preset.metadata.clone());
    set_latent(&params.latent, &preset.latent);
    set_latent_shape(params, &preset.latent.shape);
    params
        .modulation
        .replace_all(preset.modulation, preset.macro_names.clone());
    let pads = preset.pads;
    params
        .pads
        .replace(pads.unwrap_or_else(|| params.pads.pads().with_usual_actions()));
    for (knob, value) in params.macros.iter().zip(preset.macros) {
        set(&knob.value, value);
    }
    sound::apply(&preset.sound, params);
    set(&params.voice.voice, preset.voice);
    set(&params.mix, preset.mix);
    set(&params.seed, seed);
    set_model(preset, params);
    if let Some(clusters) = &preset.sound_clusters {
        params.sound_clusters.replace(clusters.to_yaml());
    }
    apply_bends(preset, params);
    Ok(())
}

/// Sets what goes by the names of the model's parts, the faders, and the slots with the fixed bends behind them, to what a preset says
/// that was [applied](apply), once these names are known. Not while a host holds the parameters.
pub fn apply_bends(preset: &Preset, params: &NetbendParams) {
    parts::apply(preset, params);
    let parts = &params.part_names;
    let slots = slots_of(preset, parts);
    for (number, params) in params.slots.iter().enumerate() {
        let index = slots.iter().position(|slot| *slot == number);
        match index.and_then(|index| preset.bends.get(index)) {
            Some(bend) => slot::apply(params, bend, parts),
            None => set(&params.on, false),
        }
    }
    let rest = rest(preset, parts);
    let fixed = if rest.bends.is_empty() && rest.weights.is_empty() {
        String::new()
    } else {
        rest.to_yaml()
    };
    *params
        .fixed_bends
        .lock()
        .unwrap_or_else(PoisonError::into_inner) = fixed;
}

/// The fixed bends that the parameters carry; all of this preset's bends are. See [`frames`] and [`weight_frames`].
///
/// # Errors
/// [`PresetError`] where a newer version wrote them.
pub fn fixed_of_state(params: &NetbendParams) -> Result<Preset, PresetError> {
    let text = params
        .fixed_bends
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    if text.is_empty() {
        return Ok(Preset::default());
    }
    Preset::from_yaml(&text, "fixed bends")
}

/// Every bend of `preset` as a constant state, with the place that keys its random draw.
pub fn frames(preset: &Preset) -> Vec<(u64, BendFrame)> {
    let bends = preset.bends.iter().enumerate();
    bends
        .map(|(index, bend)| (preset.place(index) as u64, bend.to_frame(preset.seed)))
        .collect()
}

/// The bend of a slot as a preset says it, where the model's parts are called `parts`; `None` where it is off, has nothing to act on,
/// whatever the model, or selects a part without a name.
pub fn bend_of(slot: &SlotParams, parts: &PartNames) -> Option<Bend> {
    slot::capture(slot, parts)
}

/// Every bend of weights of `preset` as a constant state.
pub fn weight_frames(preset: &Preset) -> Vec<WeightFrame> {
    preset.weights.iter().map(WeightBend::to_frame).collect()
}

/// The slots of the preset's first bends: those they name or else the next ones. The first bend that has no slot, and all behind it, run
/// fixed: a bend that jumped the queue would be applied too early.
fn slots_of(preset: &Preset, parts: &PartNames) -> Vec<usize> {
    let mut slots = Vec::new();
    for (index, bend) in preset.bends.iter().enumerate() {
        let place = preset.place(index);
        let in_order = slots.last().is_none_or(|last| *last < place);
        if !in_order || place >= SLOTS || !slot::fits(bend, preset.seed, parts) {
            break;
        }
        slots.push(place);
    }
    slots
}

/// How many of the preset's bends of weights go to the slots.
fn weight_slot_count(preset: &Preset) -> usize {
    let first = preset.weights.iter().take(WEIGHT_SLOTS);
    first.take_while(|bend| weight::fits(bend)).count()
}

/// What no slot holds, as the project keeps it: with every place spelled out, so that other slots or knobs of a later version change
/// nothing.
fn rest(preset: &Preset, parts: &PartNames) -> Preset {
    let mut rest = Preset::default();
    rest.seed = preset.seed;
    let beyond = slots_of(preset, parts).len();
    for (index, bend) in preset.bends.iter().enumerate().skip(beyond) {
        let mut bend = bend.clone();
        bend.draw.place = Some(preset.place(index));
        rest.bends.push(bend);
    }
    rest.weights = preset.weights[weight_slot_count(preset)..].to_vec();
    rest
}

/// Takes the preset's model. A hash alone is of a file that is found by it, under whatever name: that of the parameters is looked at first.
fn set_model(preset: &Preset, params: &NetbendParams) {
    if let Some(model) = &preset.model {
        params.set_model(model);
    }
    if let Some(sha256) = &preset.model_sha256 {
        params.model_sha256.replace(sha256.clone());
    }
}

fn set_latent_shape(params: &NetbendParams, shape: &LatentShape) {
    let values = shape.offsets.into_iter().zip(shape.scales);
    for (params, (offset, scale)) in params.latent_dimensions.iter().zip(values) {
        set(&params.offset, offset);
        set(&params.scale, scale);
    }
    set(&params.latent_noise.encoder, shape.encoder_noise);
    set(&params.latent_noise.padding, shape.padding_noise);
}

fn set_latent(params: &LatentParams, play: &LatentPlay) {
    set(&params.freeze, play.freeze);
    set(&params.source, SourceChoice::of(play.source));
    set(&params.blend, play.blend);
    set(
        &params.seed,
        low_bits::<i32>(play.seed.min(MAX_SEED as u32)),
    );
    set(&params.rate, play.rate_hz);
}

#[cfg(test)]
mod tests;
