//! One bend of a preset in a slot, and back.

use netbend_dsp::number::low_bits;
use netbend_models::bends::transform::MAX_PARAMETERS;
use netbend_models::bends::transform::TransformKind;
use netbend_models::bends::{Bend, Draw, Selection};
use nice_plug::prelude::*;

use super::number::shortest;
use super::set::set;
use crate::params::part_names::PartNames;
use crate::params::slot::{MAX_CLUSTER, MAX_LAYER, SelectionChoice, SlotParams, TransformChoice};

/// Whether a slot holds the bend exactly, where random features are drawn with `seed` and the model's parts are called `parts`.
///
/// A threshold that is an activation does not: the knob counts in the layer's deviation, which another model has otherwise.
pub(super) fn fits(bend: &Bend, seed: u32, parts: &PartNames) -> bool {
    let cluster = match bend.selection {
        Selection::Cluster(cluster) | Selection::SoundCluster(cluster) => cluster,
        Selection::All | Selection::Random(_) => 0,
        // While the model is not known, no knob says which.
        Selection::Part(name) if parts.number(name.as_str()).is_none() => return false,
        Selection::Part(_) => 0,
    };
    let ranges = bend.transform.parameters().iter();
    bend.layer <= MAX_LAYER as usize
        && cluster <= MAX_CLUSTER as usize
        && bend.draw.seed.is_none_or(|own| own == seed)
        && bend.relative == counts_in_deviations(bend.transform)
        && bend.parameters.len() <= MAX_PARAMETERS
        && ranges
            .zip(values(bend))
            .all(|(range, value)| (range.min..=range.max).contains(&value))
}

/// Turns the slot's knobs to a bend that [`fits`].
pub(super) fn apply(slot: &SlotParams, bend: &Bend, parts: &PartNames) {
    set(&slot.on, true);
    set(&slot.layer, low_bits::<i32>(bend.layer));
    set(&slot.transform, TransformChoice::of(bend.transform));
    set(&slot.invert, bend.inverted);
    set(&slot.amount, bend.amount);
    set(&slot.drift, bend.draw.drift.hertz());
    let choose = |cluster: usize, choice: SelectionChoice| {
        set(&slot.selection, choice);
        set(&slot.cluster, low_bits::<i32>(cluster));
        set(&slot.within, bend.cluster_share);
    };
    match bend.selection {
        Selection::All => set(&slot.selection, SelectionChoice::All),
        Selection::Random(share) => {
            set(&slot.selection, SelectionChoice::Random);
            set(&slot.percentage, share);
        }
        Selection::Cluster(cluster) => choose(cluster, SelectionChoice::Cluster),
        Selection::SoundCluster(cluster) => choose(cluster, SelectionChoice::SoundCluster),
        Selection::Part(name) => {
            set(&slot.selection, SelectionChoice::Part);
            set(&slot.part, parts.number(name.as_str()).unwrap_or(1));
            set(&slot.within, bend.cluster_share);
        }
    }
    let ranges = bend.transform.parameters().iter();
    let knobs = [&slot.parameter, &slot.second];
    for ((range, value), knob) in ranges.zip(values(bend)).zip(knobs) {
        set(knob, range.unit(value));
    }
}

/// The bend of a slot; `None` where it is off, has nothing to act on, whatever the model, or selects a part without a name.
pub(super) fn capture(slot: &SlotParams, parts: &PartNames) -> Option<Bend> {
    let layer = usize::try_from(slot.layer.value()).unwrap_or(0);
    let transform = slot.transform.value().kind();
    let cluster = usize::try_from(slot.cluster.value()).unwrap_or(0);
    let selection = match slot.selection.value() {
        SelectionChoice::All => Selection::All,
        SelectionChoice::Random => Selection::Random(slot.percentage.value()),
        SelectionChoice::Cluster => Selection::Cluster(cluster),
        SelectionChoice::SoundCluster => Selection::SoundCluster(cluster),
        SelectionChoice::Part => Selection::Part(parts.name(slot.part.value())?),
    };
    let of_group = matches!(
        selection,
        Selection::Cluster(_) | Selection::SoundCluster(_) | Selection::Part(_)
    );
    let idle = layer == 0 && (of_group || !transform.acts_on_latent());
    if idle || !slot.on.value() {
        return None;
    }
    let knobs = [&slot.parameter, &slot.second];
    let parameters = transform.parameters().iter().zip(knobs);
    Some(Bend {
        layer,
        transform,
        parameters: parameters
            .map(|(range, knob)| {
                let same = |value| knob.preview_normalized(range.unit(value)) == position(knob);
                shortest(range.value(knob.value()), same)
            })
            .collect(),
        relative: counts_in_deviations(transform),
        selection,
        cluster_share: if of_group { slot.within.value() } else { 1.0 },
        inverted: slot.invert.value(),
        draw: Draw {
            drift: slot.drift(),
            ..Draw::default()
        },
        amount: slot.amount.value(),
    })
}

/// Whether the knob's value counts in the layer's deviation.
fn counts_in_deviations(transform: TransformKind) -> bool {
    transform == TransformKind::BinaryThresh
}

/// The bend's parameters as a knob has them: an angle beyond half a turn is one in the other direction.
fn values(bend: &Bend) -> impl Iterator<Item = f32> {
    let turned = bend.transform == TransformKind::Rotate;
    bend.parameters.iter().map(move |&value| {
        if turned && value.abs() > 180.0 {
            value - 360.0 * value.signum()
        } else {
            value
        }
    })
}

/// The knob's normalised position.
fn position(knob: &FloatParam) -> f32 {
    knob.preview_normalized(knob.value())
}
