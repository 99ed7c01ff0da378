//! Whether controls move in a straight line, and not from one thing to another.

use netbend_models::bends::BendFrame;
use netbend_models::bends::part_mix::PartMix;
use netbend_models::bends::weights::WeightFrame;

use crate::worker::latent::LatentState;
use crate::worker::moment::{Moment, weight_target};

/// A place on a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    /// How much of the way it is from the line's beginning.
    pub(super) share: f32,
    /// How far a value may be away from it, relative to its range.
    pub(super) tolerance: f32,
}

impl Line {
    /// Whether the line from `from` to `to` goes through `moment` there.
    pub(super) fn goes_through(self, from: &Moment, moment: &Moment, to: &Moment) -> bool {
        let slots = from.slots.iter().zip(&to.slots).zip(&moment.slots);
        let mut weights = from.weights.iter().zip(&to.weights).zip(&moment.weights);
        let steps = [from, to].map(|end| end.drift_seconds == moment.drift_seconds);
        steps == [true, true]
            && self.through_latent(&from.latent, &moment.latent, &to.latent)
            && self.through_mix(&from.parts, &moment.parts, &to.parts)
            && weights.all(|((from, to), slot)| self.through_weights(from, slot, to))
            && slots
                .into_iter()
                .all(|((from, to), slot)| self.through_slot(from, slot, to))
    }

    fn through(self, from: f32, value: f32, to: f32) -> bool {
        let expected = from + self.share * (to - from);
        (value - expected).abs() <= self.tolerance * (1.0 + from.abs().max(to.abs()))
    }

    fn through_mix(self, from: &PartMix, mix: &PartMix, to: &PartMix) -> bool {
        let ends = from.gains.iter().zip(&to.gains);
        ends.zip(&mix.gains)
            .all(|((from, to), gain)| self.through(*from, *gain, *to))
    }

    fn through_latent(self, from: &LatentState, latent: &LatentState, to: &LatentState) -> bool {
        let one_hold = from.hold == to.hold && latent.hold == from.hold;
        let one_draw = match (from.is_drawn(), to.is_drawn()) {
            (false, false) => !latent.is_drawn(),
            (false, true) => latent.draw == to.draw,
            (true, false) => latent.draw == from.draw,
            (true, true) => from.draw == to.draw && latent.draw == from.draw,
        };
        one_hold && one_draw && self.through(from.blend, latent.blend, to.blend)
    }

    fn through_slot(self, from: &BendFrame, slot: &BendFrame, to: &BendFrame) -> bool {
        let (from, to) = match (from.is_active(), to.is_active()) {
            (false, false) => return !slot.is_active(),
            // An idle slot is the other end of the line with an amount of 0.
            (false, true) => (&BendFrame { amount: 0.0, ..*to }, to),
            (true, false) => (
                from,
                &BendFrame {
                    amount: 0.0,
                    ..*from
                },
            ),
            (true, true) => (from, to),
        };
        let ends = from.parameters.iter().zip(&to.parameters);
        from.target == to.target
            && slot.target == from.target
            && self.through(from.amount, slot.amount, to.amount)
            && self.through(from.share, slot.share, to.share)
            && ends
                .zip(&slot.parameters)
                .all(|((from, to), value)| self.through(*from, *value, *to))
    }

    fn through_weights(self, from: &WeightFrame, slot: &WeightFrame, to: &WeightFrame) -> bool {
        // An idle slot with another target is the other end of the line with an amount of 0.
        let idle_end = |idle: &WeightFrame, active: &WeightFrame| {
            if weight_target(idle) == weight_target(active) {
                *idle
            } else {
                WeightFrame {
                    amount: 0.0,
                    ..*active
                }
            }
        };
        let (from, to) = match (from.is_active(), to.is_active()) {
            (false, false) => return !slot.is_active(),
            (false, true) => (idle_end(from, to), *to),
            (true, false) => (*from, idle_end(to, from)),
            (true, true) => (*from, *to),
        };
        weight_target(&from) == weight_target(&to)
            && weight_target(slot) == weight_target(&from)
            && self.through(from.amount, slot.amount, to.amount)
            && self.through(from.share, slot.share, to.share)
    }
}
