//! One bend of weights of a preset in a slot, and back.

use netbend_dsp::number::low_bits;
use netbend_models::bends::weights::WeightBend;
use nice_plug::prelude::*;

use super::number::shortest;
use super::set::set;
use crate::params::seed::MAX_SEED;
use crate::params::weights::{MAX_WEIGHT_LAYER, WeightChoice, WeightParams};

/// Whether a slot holds the bend exactly.
pub(super) fn fits(bend: &WeightBend) -> bool {
    (1..=MAX_WEIGHT_LAYER as usize).contains(&bend.layer)
        && bend.seed <= MAX_SEED as u32
        && bend.amount.abs() <= bend.transform.amount_limit()
}

/// Turns the slot's knobs to a bend that [`fits`].
pub(super) fn apply(slot: &WeightParams, bend: &WeightBend) {
    set(&slot.on, true);
    set(&slot.layer, low_bits::<i32>(bend.layer));
    set(&slot.transform, WeightChoice::of(bend.transform));
    set(&slot.percentage, bend.share);
    set(&slot.amount, bend.amount / bend.transform.amount_limit());
    set(&slot.seed, low_bits::<i32>(bend.seed));
}

/// The bend of a slot; `None` where it is off.
pub(super) fn capture(slot: &WeightParams) -> Option<WeightBend> {
    if !slot.on.value() {
        return None;
    }
    let transform = slot.transform.value().kind();
    let limit = transform.amount_limit();
    let position = |knob: f32| slot.amount.preview_normalized(knob);
    let knob = slot.amount.value();
    Some(WeightBend {
        layer: usize::try_from(slot.layer.value()).unwrap_or(1),
        transform,
        share: slot.percentage.value(),
        amount: shortest(knob * limit, |amount| {
            position(amount / limit) == position(knob)
        }),
        seed: low_bits::<u32>(slot.seed.value().max(0)),
    })
}
