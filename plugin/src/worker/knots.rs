//! When to decode: the moments of a stride whose controls the network is asked about.
//!
//! A frame sounds as if its controls had always been what they are at that frame. Where controls rest,
//! one decode serves the whole stride. Where they move, the stride is decoded at *knots* and frames
//! between two knots are interpolated: a step is a pair of knots on neighbouring frames and so stays
//! exact to the frame, a ramp needs a knot every [`MAX_SPAN`] frames at most.

use netbend_dsp::number::nearest_f32;
use netbend_models::bends::BendFrame;
use netbend_models::bends::weights::{WeightFrame, WeightTransform};

use super::latent::LatentState;
use crate::stream::controls::{SLOTS, WEIGHT_SLOTS};

/// What the network is asked about at one frame.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Moment {
    /// The bends.
    pub(super) slots: [BendFrame; SLOTS],
    /// The bends of weights.
    pub(super) weights: [WeightFrame; WEIGHT_SLOTS],
    /// What is decoded.
    pub(super) latent: LatentState,
}

impl Moment {
    /// Whether nothing differs from the clean decode.
    fn is_idle(&self) -> bool {
        !self.latent.is_active()
            && !self.slots.iter().any(BendFrame::is_active)
            && !self.weights.iter().any(WeightFrame::is_active)
    }

    /// Whether both sound alike.
    pub(super) fn same_sound(&self, other: &Self) -> bool {
        same(self, other)
    }

    /// Whether the way from one to the other is a movement and not a switch: the same latent is bent by the same means, by other amounts.
    pub(super) fn same_line(&self, other: &Self) -> bool {
        let mut slots = self.slots.iter().zip(&other.slots);
        let mut weights = self.weights.iter().zip(&other.weights);
        self.latent.hold == other.latent.hold
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

/// Frames between two knots while controls move.
const MAX_SPAN: usize = 16;
/// Bent items decoded per stride at most. Controls that move more wildly are sampled evenly.
pub(super) const MAX_ITEMS: usize = 8;
/// How far controls may stray from the straight line between two knots, relative to their range.
const TOLERANCE: f32 = 1e-3;

/// The knots of one stride. Item 0 is the clean decode; item `n` has the controls `states()[n − 1]`.
#[derive(Debug, Default)]
pub(super) struct Knots {
    /// `(frame, item)` in time order.
    knots: Vec<(usize, usize)>,
    states: Vec<Moment>,
}

impl Knots {
    /// Places the knots over `moments`, one element per frame. `always_bent`: there are bends beside the
    /// slots, so that even idle slots are not the clean decode.
    pub(super) fn place(&mut self, moments: &[Moment], always_bent: bool) {
        self.knots.clear();
        self.states.clear();
        let mut frame = 0;
        while let Some(state) = moments.get(frame) {
            self.add(frame, state, always_bent);
            if self.states.len() > MAX_ITEMS {
                self.place_evenly(moments, always_bent);
                return;
            }
            frame = if frame + 1 < moments.len() {
                next_knot(moments, frame)
            } else {
                moments.len()
            };
        }
    }

    /// Controls of the items beyond the clean one.
    pub(super) fn states(&self) -> &[Moment] {
        &self.states
    }

    /// Whether there are frames at which the clean item is heard.
    pub(super) fn have_clean(&self) -> bool {
        self.knots.iter().any(|(_, item)| *item == 0)
    }

    /// The items on either side of `frame`, and the share of the second.
    pub(super) fn at(&self, frame: usize) -> (usize, usize, f32) {
        let after = self.knots.partition_point(|(knot, _)| *knot <= frame);
        let Some(&(from, item)) = self.knots.get(after.wrapping_sub(1)) else {
            return (0, 0, 0.0);
        };
        match self.knots.get(after) {
            Some(&(to, next)) if from < frame => (
                item,
                next,
                nearest_f32(frame - from) / nearest_f32(to - from),
            ),
            _ => (item, item, 0.0),
        }
    }

    fn place_evenly(&mut self, moments: &[Moment], always_bent: bool) {
        self.knots.clear();
        self.states.clear();
        let last = moments.len() - 1;
        for knot in 0..MAX_ITEMS {
            let frame = knot * last / (MAX_ITEMS - 1);
            self.add(frame, &moments[frame], always_bent);
        }
    }

    fn add(&mut self, frame: usize, state: &Moment, always_bent: bool) {
        let item = if !always_bent && state.is_idle() {
            0
        } else if let Some(known) = self.states.iter().position(|known| same(known, state)) {
            known + 1
        } else {
            self.states.push(*state);
            self.states.len()
        };
        self.knots.push((frame, item));
    }
}

/// The farthest frame up to which the controls from `from` on move in a straight line.
fn next_knot(moments: &[Moment], from: usize) -> usize {
    let mut to = from + 1;
    let resting = |to: usize| same(&moments[from], &moments[to]);
    while to + 1 < moments.len() {
        let next = to + 1;
        let straight = || {
            next - from <= MAX_SPAN
                && (from + 1..next).all(|frame| {
                    let share = nearest_f32(frame - from) / nearest_f32(next - from);
                    lies_between(&moments[from], &moments[next], share, &moments[frame])
                })
        };
        let goes_on = (resting(to) && resting(next)) || straight();
        if !goes_on {
            break;
        }
        to = next;
    }
    to
}

fn same(a: &Moment, b: &Moment) -> bool {
    let mut slots = a.slots.iter().zip(&b.slots);
    a.latent.hold == b.latent.hold
        && same_drawn(&a.latent, &b.latent)
        && a.same_weights(b)
        && slots.all(|(a, b)| a == b || (!a.is_active() && !b.is_active()))
}

fn same_drawn(a: &LatentState, b: &LatentState) -> bool {
    (a.blend == b.blend && a.draw == b.draw) || (!a.is_drawn() && !b.is_drawn())
}

/// Whether `value` is what lies `share` of the way from `from` to `to`.
fn near(from: f32, to: f32, share: f32, value: f32) -> bool {
    let expected = from + share * (to - from);
    (value - expected).abs() <= TOLERANCE * (1.0 + from.abs().max(to.abs()))
}

/// Whether `state` is what lies `share` of the way from `from` to `to`.
fn lies_between(from: &Moment, to: &Moment, share: f32, state: &Moment) -> bool {
    let slots = from.slots.iter().zip(&to.slots).zip(&state.slots);
    let mut weights = from.weights.iter().zip(&to.weights).zip(&state.weights);
    latent_lies_between(&from.latent, &to.latent, share, &state.latent)
        && weights.all(|((from, to), state)| weights_lie_between(from, to, share, state))
        && slots
            .into_iter()
            .all(|((from, to), state)| slot_lies_between(from, to, share, state))
}

fn latent_lies_between(
    from: &LatentState,
    to: &LatentState,
    share: f32,
    state: &LatentState,
) -> bool {
    let one_hold = from.hold == to.hold && state.hold == from.hold;
    let one_draw = match (from.is_drawn(), to.is_drawn()) {
        (false, false) => !state.is_drawn(),
        (false, true) => state.draw == to.draw,
        (true, false) => state.draw == from.draw,
        (true, true) => from.draw == to.draw && state.draw == from.draw,
    };
    one_hold && one_draw && near(from.blend, to.blend, share, state.blend)
}

fn slot_lies_between(from: &BendFrame, to: &BendFrame, share: f32, state: &BendFrame) -> bool {
    let (from, to) = match (from.is_active(), to.is_active()) {
        (false, false) => return !state.is_active(),
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
    from.target == to.target
        && state.target == from.target
        && near(from.amount, to.amount, share, state.amount)
        && near(from.share, to.share, share, state.share)
        && (0..state.parameters.len()).all(|p| {
            near(
                from.parameters[p],
                to.parameters[p],
                share,
                state.parameters[p],
            )
        })
}

/// What a weight slot acts on; a change is a switch, not a movement.
fn weight_target(frame: &WeightFrame) -> (u16, WeightTransform, Option<u32>) {
    let seeded = frame.transform == WeightTransform::Randomise;
    (frame.layer, frame.transform, seeded.then_some(frame.seed))
}

fn weights_lie_between(
    from: &WeightFrame,
    to: &WeightFrame,
    share: f32,
    state: &WeightFrame,
) -> bool {
    let target = weight_target;
    // An idle slot with another target is the other end of the line with an amount of 0.
    let idle_end = |idle: &WeightFrame, active: &WeightFrame| {
        if target(idle) == target(active) {
            *idle
        } else {
            WeightFrame {
                amount: 0.0,
                ..*active
            }
        }
    };
    let (from, to) = match (from.is_active(), to.is_active()) {
        (false, false) => return !state.is_active(),
        (false, true) => (idle_end(from, to), *to),
        (true, false) => (*from, idle_end(to, from)),
        (true, true) => (*from, *to),
    };
    target(&from) == target(&to)
        && target(state) == target(&from)
        && near(from.amount, to.amount, share, state.amount)
        && near(from.share, to.share, share, state.share)
}

#[cfg(test)]
mod tests;
