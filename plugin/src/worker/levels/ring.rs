//! The powers of one state over the last frames, which grow stride by stride. Pool threads.

use netbend_dsp::number::{low_bits, signed};
use netbend_dsp::voice::{Band, GainLimits};

use super::super::moment::Moment;
use super::meter::Powers;

/// What a state is measured as.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct State {
    /// What the network is asked; none for the clean item.
    pub(super) moment: Option<Moment>,
    pub(super) limits: GainLimits,
    pub(super) band: Band,
}

impl State {
    /// Whether both have the same powers.
    pub(super) fn same(&self, other: &Self) -> bool {
        let same_moment = match (&self.moment, &other.moment) {
            (None, None) => true,
            (Some(a), Some(b)) => a.same_sound(b),
            _ => false,
        };
        same_moment && self.limits == other.limits && self.band == other.band
    }

    /// Whether the way from one to the other is a movement and not a switch.
    pub(super) fn same_line(&self, other: &Self) -> bool {
        match (&self.moment, &other.moment) {
            (None, None) => true,
            (Some(a), Some(b)) => a.same_line(b),
            _ => false,
        }
    }
}

/// Powers of the parts of a state's last window, some of them as an earlier window said.
#[derive(Debug, Clone)]
pub(super) struct Ring {
    pub(super) state: State,
    /// The newest frame of the window in which all frames were measured last; none before there was one.
    pub(super) surveyed: Option<i64>,
    /// Whether any of the powers are those of another state.
    pub(super) inherited: bool,
    /// Whether nothing was measured yet.
    unknown: bool,
    /// Absolute, by the number of the part, round and round.
    powers: Vec<Powers>,
}

impl Ring {
    /// A ring for `state` of which nothing is known, of `count` parts.
    pub(super) fn new(state: State, count: usize) -> Self {
        Self {
            state,
            surveyed: None,
            inherited: true,
            unknown: true,
            powers: vec![Powers::default(); count.max(1)],
        }
    }

    /// The same powers for another state of the line.
    pub(super) fn inherit(&self, state: State) -> Self {
        Self {
            state,
            inherited: true,
            ..self.clone()
        }
    }

    /// Whether nothing was measured yet, neither of this state nor of one it came from.
    pub(super) fn is_unknown(&self) -> bool {
        self.unknown
    }

    /// Ends a stride; `surveyed` is its newest frame if it was decoded whole.
    pub(super) fn end_stride(&mut self, surveyed: Option<i64>) {
        self.unknown = false;
        if surveyed.is_some() && self.inherited {
            self.surveyed = surveyed;
            self.inherited = false;
        }
    }

    /// Sets the powers of part number `number`.
    pub(super) fn set(&mut self, number: i64, powers: Powers) {
        let place = low_bits::<usize>(number.rem_euclid(signed(self.powers.len())));
        self.powers[place] = powers;
    }

    /// The sum over the ring whose newest part is number `newest`, oldest first: the same whichever place that is.
    pub(super) fn sum(&self, newest: i64) -> Powers {
        let oldest = low_bits::<usize>((newest + 1).rem_euclid(signed(self.powers.len())));
        let (late, early) = self.powers.split_at(oldest);
        let mut sum = Powers::default();
        early.iter().chain(late).for_each(|powers| sum.add(*powers));
        sum
    }
}
