//! What the network is asked about at one frame, and when two frames ask the same. Pool threads.

use netbend_models::bends::BendFrame;
use netbend_models::bends::part_mix::PartMix;
use netbend_models::bends::weights::{WeightFrame, WeightTransform};

use crate::stream::controls::{SLOTS, WEIGHT_SLOTS};
use crate::worker::latent::LatentState;

/// What the network is asked about at one frame.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Moment {
    /// The bends.
    pub(super) slots: [BendFrame; SLOTS],
    /// The bends of weights.
    pub(super) weights: [WeightFrame; WEIGHT_SLOTS],
    /// The gains of the model's parts.
    pub(super) parts: PartMix,
    /// What is decoded.
    pub(super) latent: LatentState,
    /// When the draws of fixed bends drift, in seconds; 0 where none does.
    pub(super) drift_seconds: f64,
}

impl Moment {
    /// Whether nothing differs from the clean decode.
    pub(super) fn is_idle(&self) -> bool {
        self.bends_nothing() && self.parts.is_level()
    }

    /// Whether the gains of parts alone make the difference to the clean decode.
    pub(super) fn only_mixes(&self) -> bool {
        self.bends_nothing() && !self.parts.is_level()
    }

    fn bends_nothing(&self) -> bool {
        !self.latent.is_active()
            && !self.slots.iter().any(BendFrame::is_active)
            && !self.weights.iter().any(WeightFrame::is_active)
    }

    /// Whether both sound alike.
    pub(super) fn same_sound(&self, other: &Self) -> bool {
        let mut slots = self.slots.iter().zip(&other.slots);
        self.latent.hold == other.latent.hold
            && self.drift_seconds == other.drift_seconds
            && same_drawn(&self.latent, &other.latent)
            && self.same_weights(other)
            && self.parts == other.parts
            && slots.all(|(a, b)| a == b || (!a.is_active() && !b.is_active()))
    }

    /// Whether the way from one to the other is a movement and not a switch: the same latent is bent by the same means, by other amounts.
    pub(super) fn same_line(&self, other: &Self) -> bool {
        let mut slots = self.slots.iter().zip(&other.slots);
        let mut weights = self.weights.iter().zip(&other.weights);
        self.latent.hold == other.latent.hold
            && self.drift_seconds == other.drift_seconds
            && self.latent.is_drawn() == other.latent.is_drawn()
            && (!self.latent.is_drawn() || self.latent.draw == other.latent.draw)
            && slots.all(|(a, b)| {
                a.is_active() == b.is_active() && (!a.is_active() || a.target == b.target)
            })
            && weights.all(|(a, b)| {
                a.is_active() == b.is_active()
                    && (!a.is_active() || weight_target(a) == weight_target(b))
            })
    }

    /// Whether the slots bend the weights alike.
    pub(super) fn same_weights(&self, other: &Self) -> bool {
        let mut slots = self.weights.iter().zip(&other.weights);
        slots.all(|(a, b)| a.same_effect(b))
    }
}

fn same_drawn(a: &LatentState, b: &LatentState) -> bool {
    (a.blend == b.blend && a.draw == b.draw) || (!a.is_drawn() && !b.is_drawn())
}

/// What a weight slot acts on; a change is a switch, not a movement.
pub(super) fn weight_target(frame: &WeightFrame) -> (u16, WeightTransform, Option<u32>) {
    let seeded = frame.transform == WeightTransform::Randomise;
    (frame.layer, frame.transform, seeded.then_some(frame.seed))
}
