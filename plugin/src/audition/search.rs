//! Settings at random that go as far as is asked and stay as loud as what went in, so that each of them is playable.

use netbend_dsp::number::nearest_f32;
use netbend_dsp::random::Random;

use super::best::{Best, Roll};
use super::draw::{Locks, draw, redraw_slot};
use super::judge::Judge;
use super::verdict::Verdict;
use crate::error::Error;
use crate::params::NetbendParams;
use crate::params::preset::set;
use crate::report::labels::ClusterLabels;
use crate::report::layout::ModelLayout;
use crate::stream::controls::{SLOTS, WEIGHT_SLOTS};

/// Glances that one roll takes at most: each costs a decode of a window.
const VERDICTS: usize = 24;
/// Verdicts for one draw.
const STEPS: usize = 8;
/// How often a draw may be as far as asked, and too loud or too quiet.
const UNEVEN: usize = 2;
/// The largest share of a draw's amounts: from there on they are whole.
const MOST_SHARE: f32 = 2.0;
/// What is nearer than this part of the least distance takes another bend, and not only more of those it has.
const NEAR: f64 = 0.7;
/// Where the next share lies at least, and at most, between the one that is too near and the one that is too far.
const BETWEEN: (f64, f64) = (0.2, 0.8);
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

    /// The same with how much too loud or too quiet it is.
    fn miss_of(&self, verdict: &Verdict) -> f64 {
        let louder = f64::from((verdict.loudness_db.abs() - LOUDNESS_DB).max(0.0));
        self.miss(verdict.distance_db) + 2.0 * louder
    }

    fn middle_db(&self) -> f64 {
        (self.least_db * self.most_db).sqrt()
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
    let mut verdicts = 0;
    loop {
        draw(params, locks, (layout, clusters), &mut random);
        let mut way = Way::new(params, locks);
        let mut uneven = 0;
        for _ in 0..STEPS {
            way.put(params);
            let mut verdict = judge.glance(params)?;
            verdicts += 1;
            let mut miss = range.miss_of(&verdict);
            if miss == 0.0 {
                verdict = judge.judge(params)?;
                miss = range.miss_of(&verdict);
            }
            let distance_db = verdict.distance_db;
            best.offer(params, verdict, miss);
            if best.is_within() || verdicts == VERDICTS {
                return best.take();
            }
            uneven += usize::from(range.miss(distance_db) == 0.0);
            if uneven > UNEVEN {
                break;
            }
            if way.goes_on(distance_db, range) {
                continue;
            }
            // Too near, whatever its amounts: another bend comes to those that are there.
            way.put_all(params);
            let mut open = (0..SLOTS).filter(|index| !locks.slot(*index));
            let Some(next) = open.find(|index| !params.slots[*index].on.value()) else {
                break;
            };
            redraw_slot(&params.slots[next], params, layout, clusters, &mut random);
            way = Way::new(params, locks);
        }
    }
}

/// The way from no amount of what was drawn to all of it.
struct Way {
    drawn: Amounts,
    /// The share of the amounts that is tried.
    share: f32,
    /// The share, and how far it goes, that is known to be too near.
    near: (f32, f64),
    /// The same of one that is known to be too far, or too loud.
    far: Option<(f32, f64)>,
}

impl Way {
    fn new(params: &NetbendParams, locks: &Locks) -> Self {
        Self {
            drawn: Amounts::of(params, locks),
            share: 1.0,
            near: (0.0, 0.0),
            far: None,
        }
    }

    /// Puts the share that is to be tried.
    fn put(&self, params: &NetbendParams) {
        self.drawn.put(params, self.share);
    }

    /// Puts the amounts as they were drawn.
    fn put_all(&self, params: &NetbendParams) {
        self.drawn.put(params, 1.0);
    }

    /// Takes how far the share went that was tried. Whether another one may go as far as asked.
    fn goes_on(&mut self, distance_db: f64, range: Range) -> bool {
        if distance_db >= range.least_db {
            self.far = Some((self.share, distance_db));
        } else {
            self.near = (self.share, distance_db);
        }
        let Some((far, far_db)) = self.far else {
            let may = self.share < MOST_SHARE && distance_db >= NEAR * range.least_db;
            self.share = MOST_SHARE;
            return may;
        };
        // On a line between both.
        let (near, near_db) = self.near;
        let between = (range.middle_db() - near_db) / (far_db - near_db).max(f64::EPSILON);
        let between = nearest_f32(between.clamp(BETWEEN.0, BETWEEN.1));
        self.share = near + between * (far - near);
        true
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
                set(&slot.amount, (share * amount).min(1.0));
            }
        }
        for (slot, amount) in params.weights.iter().zip(self.weights) {
            if let Some(amount) = amount {
                set(&slot.amount, (share * amount).clamp(-1.0, 1.0));
            }
        }
    }
}
