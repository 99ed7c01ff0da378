//! Settings at random that go as far as is asked and stay as loud as what went in, so that each of them is playable.

use netbend_dsp::random::Random;

use super::best::{Best, Roll};
use super::draw::{Locks, draw};
use super::judge::Judge;
use crate::error::Error;
use crate::params::NetbendParams;
use crate::params::preset::set;
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

    /// How far outside, in decibels.
    pub(super) fn miss(&self, distance_db: f64) -> f64 {
        (self.least_db - distance_db)
            .max(distance_db - self.most_db)
            .max(0.0)
    }
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
    let mut best = Best::default();
    for _ in 0..DRAWS {
        draw(params, locks, layout, clusters, &mut random);
        let drawn = Amounts::of(params, locks);
        // The share of the amounts is bracketed from both sides.
        let (mut low, mut high, mut share) = (0.0_f32, 1.0_f32, 1.0_f32);
        for _ in 0..STEPS {
            drawn.put(params, share);
            let verdict = judge.judge(params)?;
            let distance_db = verdict.distance_db;
            let louder = f64::from((verdict.loudness_db.abs() - LOUDNESS_DB).max(0.0));
            best.offer(params, verdict, range.miss(distance_db) + 2.0 * louder);
            if best.is_within() {
                return best.take();
            }
            if distance_db > range.most_db {
                high = share;
            } else if distance_db < range.least_db && share < 1.0 {
                low = share;
            } else {
                break;
            }
            share = 0.5 * (low + high);
        }
    }
    best.take()
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
