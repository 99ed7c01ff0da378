//! Settings at random that go as far as is asked and stay as loud as what went in, so that each of them is playable.

use netbend_dsp::random::Random;

use super::draw::{Locks, draw};
use super::judge::{Judge, Verdict};
use crate::error::{Error, LearningError};
use crate::params::NetbendParams;
use crate::params::preset::set;
use crate::params::slot::{SelectionChoice, TransformChoice};
use crate::params::snapshot::Snapshot;
use crate::report::labels::ClusterLabels;
use crate::report::layout::ModelLayout;
use crate::stream::controls::{SLOTS, WEIGHT_SLOTS};

/// Draws that are tried.
const DRAWS: usize = 40;
/// Verdicts for one draw whose amounts are moved.
const STEPS: usize = 4;
/// How much louder or quieter a roll may be, in dB.
const LOUDNESS_DB: f32 = 2.0;

/// How far a roll may be from the sound, in decibels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// At least.
    pub least_db: f64,
    /// At most.
    pub most_db: f64,
}

impl Range {
    /// The range of *how far*, 0–1: about 2 dB to about 12: with auto gain as it is little goes farther and stays as loud.
    pub fn of(how_far: f32) -> Self {
        let middle = 2.0 * 6.0_f64.powf(f64::from(how_far.clamp(0.0, 1.0)));
        Self {
            least_db: 0.7 * middle,
            most_db: 1.4 * middle,
        }
    }

    fn holds(&self, distance_db: f64) -> bool {
        (self.least_db..=self.most_db).contains(&distance_db)
    }

    /// How far outside, in decibels.
    pub(super) fn miss(&self, distance_db: f64) -> f64 {
        (self.least_db - distance_db)
            .max(distance_db - self.most_db)
            .max(0.0)
    }
}

/// A roll of the dice.
#[derive(Debug, Clone, PartialEq)]
pub struct Roll {
    /// All that is set.
    pub settings: Snapshot,
    /// What it makes of the sound.
    pub verdict: Verdict,
    /// Whether it is as far and as loud as was asked; it may not be where locked cards go farther.
    pub is_within: bool,
}

/// Rolls the dice: draws all that is not locked until it goes as far as `range` says. `params` are changed meanwhile: give them to nobody
/// else. The same seed, settings and sound give the same roll.
///
/// # Errors
/// Where inference fails.
pub fn roll(
    judge: &mut Judge,
    params: &NetbendParams,
    locks: &Locks,
    (layout, clusters): (&ModelLayout, &ClusterLabels),
    range: Range,
    seed: u64,
) -> Result<Roll, Error> {
    let mut random = Random::new(seed);
    let mut best: Option<(f64, Roll)> = None;
    for attempt in 0..DRAWS {
        draw(params, locks, layout, clusters, &mut random);
        if attempt + 1 == DRAWS {
            plainest(params, locks);
        }
        let drawn = Amounts::of(params, locks);
        // The share of the amounts is bracketed from both sides.
        let (mut low, mut high, mut share) = (0.0_f32, 1.0_f32, 1.0_f32);
        for _ in 0..STEPS {
            drawn.put(params, share);
            let verdict = judge.judge(params)?;
            let louder = f64::from((verdict.loudness_db.abs() - LOUDNESS_DB).max(0.0));
            let miss = range.miss(verdict.distance_db) + 2.0 * louder;
            let is_within = miss == 0.0;
            let is_far = verdict.distance_db > range.most_db;
            let is_near = !range.holds(verdict.distance_db) && !is_far;
            if best.as_ref().is_none_or(|(other, _)| miss < *other) {
                let roll = Roll {
                    settings: Snapshot::of(params),
                    verdict,
                    is_within,
                };
                best = Some((miss, roll));
            }
            if is_within || (is_near && share >= 1.0) || !(is_far || is_near) {
                break;
            }
            match is_far {
                true => high = share,
                false => low = share,
            }
            share = 0.5 * (low + high);
        }
        if best.as_ref().is_some_and(|(_, roll)| roll.is_within) {
            break;
        }
    }
    best.map(|(_, roll)| roll)
        .ok_or(LearningError::NoSound.into())
}

/// Makes the drawn bends what goes as far as any range asks: a share of layer 4 or the last there is, loud.
fn plainest(params: &NetbendParams, locks: &Locks) {
    let open = (0..SLOTS).filter(|index| !locks.slot(*index));
    for slot in open.map(|index| &params.slots[index]) {
        if slot.on.value() {
            set(&slot.transform, TransformChoice::Ablate);
            set(&slot.selection, SelectionChoice::Random);
            set(&slot.percentage, 0.5);
            set(&slot.amount, 1.0);
        }
    }
}

/// The amounts of what was drawn.
struct Amounts {
    slots: [Option<f32>; SLOTS],
    weights: [Option<f32>; WEIGHT_SLOTS],
}

impl Amounts {
    fn of(params: &NetbendParams, locks: &Locks) -> Self {
        Self {
            slots: std::array::from_fn(|index| {
                let slot = &params.slots[index];
                (slot.on.value() && !locks.slot(index)).then(|| slot.amount.value())
            }),
            weights: std::array::from_fn(|index| {
                let slot = &params.weights[index];
                (slot.on.value() && !locks.weights(index)).then(|| slot.amount.value())
            }),
        }
    }

    /// Puts a share of them.
    fn put(&self, params: &NetbendParams, share: f32) {
        for (slot, amount) in params.slots.iter().zip(self.slots) {
            if let Some(amount) = amount {
                set(&slot.amount, share * amount);
            }
        }
        for (slot, amount) in params.weights.iter().zip(self.weights) {
            if let Some(amount) = amount {
                set(&slot.amount, share * amount);
            }
        }
    }
}
