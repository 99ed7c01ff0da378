//! Bends that can do nothing with the model that plays: a preset that asks for them is refused, and parameters, which a host may move
//! anywhere, are warned of.

use netbend_models::bends::part_mix::PartFader;
use netbend_models::cluster::SoundClusters;
use netbend_models::{Manifest, Preset};

use crate::automation::Automation;
use crate::meaning::Meaning;
use crate::parameters::ParameterSet;
use netbend::offline::preset::{bend_of, fixed_of_state};
use netbend::offline::{NetbendParams, PartNames, SelectionChoice, SlotParams};

/// More warnings than anybody reads.
const MOST: usize = 20;
/// The parameters that decide whether a bend can do something.
const DECIDING: [&str; 9] = [
    "slot_on",
    "slot_layer",
    "slot_transform",
    "slot_selection",
    "slot_cluster",
    "slot_part",
    "weight_on",
    "weight_layer",
    "band_",
];

/// What a model has that bends can name.
pub(super) struct Parts {
    /// Layers, clusters and parts.
    pub(super) manifest: Manifest,
    /// How many tensors of weights there are.
    pub(super) weights: usize,
    /// Which transforms mean something where.
    pub(super) meaning: Meaning,
}

/// Whether any bend may be on, so that [`warnings`] needs the model.
pub(super) fn may_bend(parameters: &ParameterSet, automation: &Automation) -> bool {
    let params = &parameters.params;
    params.slots.iter().any(|slot| slot.on.value())
        || params.weights.iter().any(|slot| slot.on.value())
        || automation
            .ids()
            .any(|id| id.starts_with("slot_on") || id.starts_with("weight_on"))
        || mixes(parameters, automation)
}

/// Whether any fader of parts is moved.
fn mixes(parameters: &ParameterSet, automation: &Automation) -> bool {
    let faders = &parameters.params.parts;
    faders
        .iter()
        .any(|fader| fader.fader() != PartFader::default())
        || automation.ids().any(|id| id.starts_with("part_"))
}

/// Whether the switch `id` is on at some moment.
pub(super) fn is_ever_on(id: &str, parameters: &ParameterSet, automation: &Automation) -> bool {
    let highest = automation.highest(id).unwrap_or(0.0);
    parameters.normalized_now(id).max(highest) > 0.5
}

/// A line for everything that can do nothing, at whatever moment of the automation. The parameters are as they were afterwards.
pub(super) fn warnings(
    parameters: &ParameterSet,
    automation: &Automation,
    parts: &Parts,
) -> Vec<String> {
    let before: Vec<(&str, f32)> = automation
        .ids()
        .map(|id| (id, parameters.normalized_now(id)))
        .collect();
    // A bend is asked about as a preset of its own, with the clusters that all of them share.
    let mut alone = Preset::default();
    let clusters = parameters.params.sound_clusters.text();
    alone.sound_clusters = SoundClusters::from_yaml(&clusters, "sound clusters").ok();
    let mut said = Vec::new();
    let is_deciding = |id: &str| DECIDING.iter().any(|name| id.starts_with(name));
    for seconds in automation.times(is_deciding) {
        automation.apply(seconds, parameters);
        for line in now(&parameters.params, &mut alone, parts) {
            if said.len() < MOST && !said.contains(&line) {
                said.push(line);
            }
        }
    }
    // What a newer version wrote bends nothing; that is said where it is played.
    let fixed = fixed_of_state(&parameters.params).unwrap_or_default();
    for bend in &fixed.bends {
        if let Some(why) = parts.meaning.missing(bend).filter(|_| said.len() < MOST) {
            said.push(format!(
                "a bend of the preset without a slot bends nothing: {why}"
            ));
        }
    }
    let count = parts.manifest.parts.len();
    let beyond = |id: &str| {
        let number = id
            .strip_prefix("part_")
            .and_then(|rest| rest.rsplit_once('_'));
        number.is_some_and(|(_, number)| number.parse().is_ok_and(|number: usize| number > count))
    };
    let moved = (1..)
        .zip(&parameters.params.parts)
        .any(|(number, fader): (usize, _)| number > count && fader.fader() != PartFader::default());
    if moved || automation.ids().any(beyond) {
        said.push(match count {
            0 => format!(
                "faders of parts do nothing: model `{}` has no parts",
                parts.manifest.name
            ),
            count => format!(
                "faders of parts beyond {count} do nothing: model `{}` has parts 1 to {count}",
                parts.manifest.name
            ),
        });
    }
    for (id, value) in before {
        parameters.set_normalized(id, value);
    }
    said
}

/// The lines for the parameters as they stand.
fn now(params: &NetbendParams, alone: &mut Preset, parts: &Parts) -> Vec<String> {
    let mut said = Vec::new();
    for (number, slot) in (1..).zip(&params.slots) {
        let why = slot
            .on
            .value()
            .then(|| of_slot(slot, alone, parts, &params.part_names));
        said.extend(
            why.flatten()
                .map(|why| format!("slot {number} bends nothing: {why}")),
        );
    }
    for (number, slot) in (1..).zip(&params.weights) {
        let layer = slot.layer.value();
        if slot.on.value() && usize::try_from(layer).is_ok_and(|layer| layer > parts.weights) {
            said.push(format!(
                "weight slot {number} bends nothing: weights of layer {layer} found; the model has weights 1 to {} (see `netbend inspect`)",
                parts.weights
            ));
        }
    }
    let (low, high) = (
        params.voice.band_low.value(),
        params.voice.band_high.value(),
    );
    if low > high {
        said.push(format!(
            "band_low {low:.0} Hz is above band_high {high:.0} Hz: the edges are swapped, and bends are heard between them"
        ));
    }
    said
}

/// Why a slot that is on can do nothing.
fn of_slot(
    slot: &SlotParams,
    alone: &mut Preset,
    parts: &Parts,
    names: &PartNames,
) -> Option<String> {
    let manifest = &parts.manifest;
    let Some(bend) = bend_of(slot, names) else {
        let transform = slot.transform.value().kind();
        return Some(match slot.selection.value() {
            SelectionChoice::Cluster | SelectionChoice::SoundCluster => {
                "the latent (layer 0) has no clusters; choose all or random, or a layer from 1 on"
                    .to_owned()
            }
            SelectionChoice::Part => without_part(slot.part.value(), manifest),
            _ => format!(
                "{} does not act on the latent (layer 0); choose a layer from 1 on",
                transform.name()
            ),
        });
    };
    let refused = |alone: &Preset| alone.check(manifest).err().map(|error| error.message);
    let meant = parts.meaning.missing(&bend);
    alone.bends = vec![bend];
    refused(alone).or(meant)
}

/// Why part `number`, counted from 1, selects nothing: the model does not have it, or it was selected on the latent.
fn without_part(number: i32, manifest: &Manifest) -> String {
    let names: Vec<_> = manifest.part_names().map(|name| name.to_string()).collect();
    let count = i32::try_from(names.len()).unwrap_or(i32::MAX);
    if names.is_empty() {
        format!(
            "part {number} found; model `{}` has no parts",
            manifest.name
        )
    } else if number > count {
        format!(
            "part {number} found; model `{}` has parts 1 to {count} ({})",
            manifest.name,
            names.join(", ")
        )
    } else {
        "the latent (layer 0) has no parts; choose all or random, or a layer from 1 on".to_owned()
    }
}
