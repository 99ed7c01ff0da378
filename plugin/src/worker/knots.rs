//! When to decode: the moments of a stride whose controls the network is asked about.
//!
//! A frame sounds as if its controls had always been what they are at that frame. Where controls rest,
//! one decode serves the whole stride. Where they move, the stride is decoded at *knots* and frames
//! between two knots are interpolated: a step is a pair of knots on neighbouring frames and so stays
//! exact to the frame, a ramp needs a knot every so many frames at most ([`Spacing`]).

mod line;

use netbend_dsp::number::nearest_f32;

use super::moment::Moment;
use crate::report::quality::Quality;
use line::Line;

/// Bent items decoded per stride at most. Controls that move more wildly are sampled evenly.
pub(super) const MAX_ITEMS: usize = 8;
/// The widest span: no stride is longer.
const WIDEST_SPAN: usize = 128;
/// As roughly as controls are followed.
const ROUGHEST_TOLERANCE: f32 = 3e-2;

/// How closely knots follow controls that move.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spacing {
    /// Frames between two knots at most.
    span: usize,
    /// How far controls may stray from the straight line between two knots, relative to their range.
    tolerance: f32,
    /// Bent items at most.
    most_items: usize,
}

impl Spacing {
    /// As closely as `quality` has it.
    pub(super) fn of(quality: Quality) -> Self {
        let (span, tolerance) = match quality {
            Quality::Full => (16, 1e-3),
            Quality::Coarser => (32, 1e-2),
            _ => (WIDEST_SPAN, ROUGHEST_TOLERANCE),
        };
        Self {
            span,
            tolerance,
            most_items: MAX_ITEMS,
        }
    }

    /// The next wider one; `None` where there is none: two items are as few as a movement has.
    pub(super) fn wider(self) -> Option<Self> {
        let most_items = self.most_items / 2;
        (most_items >= 2).then(|| Self {
            span: (4 * self.span).min(WIDEST_SPAN),
            tolerance: (5.0 * self.tolerance).min(ROUGHEST_TOLERANCE),
            most_items,
        })
    }
}

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
    pub(super) fn place(&mut self, moments: &[Moment], always_bent: bool, spacing: Spacing) {
        self.knots.clear();
        self.states.clear();
        let mut frame = 0;
        while let Some(state) = moments.get(frame) {
            self.add(frame, state, always_bent);
            if self.states.len() > spacing.most_items {
                self.place_evenly(moments, always_bent, spacing.most_items);
                return;
            }
            frame = if frame + 1 < moments.len() {
                next_knot(moments, frame, spacing)
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

    fn place_evenly(&mut self, moments: &[Moment], always_bent: bool, count: usize) {
        self.knots.clear();
        self.states.clear();
        let last = moments.len() - 1;
        for knot in 0..count {
            let frame = knot * last / (count - 1).max(1);
            self.add(frame, &moments[frame], always_bent);
        }
    }

    fn add(&mut self, frame: usize, state: &Moment, always_bent: bool) {
        let item = if !always_bent && state.is_idle() {
            0
        } else if let Some(known) = self.states.iter().position(|known| known.same_sound(state)) {
            known + 1
        } else {
            self.states.push(*state);
            self.states.len()
        };
        self.knots.push((frame, item));
    }
}

/// The farthest frame up to which the controls from `from` on move in a straight line.
fn next_knot(moments: &[Moment], from: usize, spacing: Spacing) -> usize {
    let mut to = from + 1;
    let resting = |to: usize| moments[from].same_sound(&moments[to]);
    while to + 1 < moments.len() {
        let next = to + 1;
        let straight = || {
            next - from <= spacing.span
                && (from + 1..next).all(|frame| {
                    let line = Line {
                        share: nearest_f32(frame - from) / nearest_f32(next - from),
                        tolerance: spacing.tolerance,
                    };
                    line.goes_through(&moments[from], &moments[frame], &moments[next])
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

#[cfg(test)]
mod tests;
