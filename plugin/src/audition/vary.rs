//! Variations: settings near others, by other draws, other seeds and nearby values (Broad, Leymarie and Grierson 2022, section 6).

use netbend_dsp::number::{cut, low_bits, nearest_f32};
use netbend_dsp::random::Random;
use nice_plug::prelude::Param as _;

use super::best::{Best, Roll};
use super::draw::{Locks, draw, redraw_slot};
use super::judge::Judge;
use super::search::Range;
use super::verdict::Verdict;
use crate::error::Error;
use crate::params::preset::set;
use crate::params::snapshot::Snapshot;
use crate::params::{MAX_SEED, NetbendParams};
use crate::report::labels::ClusterLabels;
use crate::report::layout::ModelLayout;

/// How likely a bend becomes another one altogether.
const REDRAWN: f64 = 0.12;
/// How far a share goes, as a factor, and a knob, as part of its range.
const SHARE_OCTAVES: f64 = 0.8;
const KNOB: f64 = 0.12;
/// Tries for one variation.
const TRIES: usize = 8;
/// How much louder or quieter it may be than the sound, in dB, or as much as what it varies is.
const LOUDNESS_DB: f32 = 2.5;
/// How far it is from what it varies at least, in decibels.
const LEAST_DB: f64 = 1.0;
/// Its distance from the sound, as shares of that of what it varies; and what that is taken for at least.
const DISTANCE: (f64, f64) = (0.4, 2.0);
const LEAST_DISTANCE_DB: f64 = 2.0;

/// A variation of `settings`; of dice where these bend nothing. The same seed, settings and sound give the same. `params` are changed meanwhile:
/// give them to nobody else.
///
/// # Errors
/// Where inference fails.
pub fn vary(
    judge: &mut Judge,
    params: &NetbendParams,
    settings: &Snapshot,
    (layout, clusters): (&ModelLayout, &ClusterLabels),
    seed: u64,
) -> Result<Roll, Error> {
    let mut random = Random::new(seed);
    settings.put(params);
    let original = judge.judge(params)?;
    let bends = params.slots.iter().any(|slot| slot.on.value())
        || params.weights.iter().any(|slot| slot.on.value());
    let usual = original.distance_db.max(LEAST_DISTANCE_DB);
    let range = Range {
        least_db: DISTANCE.0 * usual,
        most_db: DISTANCE.1 * usual,
    };
    let mut best = Best::default();
    for _ in 0..TRIES {
        settings.put(params);
        match bends {
            true => move_all(params, layout, clusters, &mut random),
            false => draw(params, &Locks::default(), (layout, clusters), &mut random),
        }
        let verdict = judge.judge(params)?;
        let miss = miss(&verdict, &original, range, bends);
        best.offer(params, verdict, miss);
        if best.is_within() {
            break;
        }
    }
    best.take()
}

/// How far it is from what is asked, in decibels.
fn miss(verdict: &Verdict, original: &Verdict, range: Range, bends: bool) -> f64 {
    let may = LOUDNESS_DB.max(original.loudness_db.abs());
    let louder = f64::from((verdict.loudness_db.abs() - may).max(0.0));
    let apart = verdict.levels.distance_db(&original.levels);
    let alike = if bends {
        (LEAST_DB - apart).max(0.0)
    } else {
        0.0
    };
    range.miss(verdict.distance_db) + louder + alike
}

fn move_all(
    params: &NetbendParams,
    layout: &ModelLayout,
    clusters: &ClusterLabels,
    random: &mut Random,
) {
    // Other draws.
    let seed = random.between(0.0, f64::from(MAX_SEED) + 1.0);
    set(&params.seed, cut::<i32>(seed).min(MAX_SEED));
    for slot in params.slots.iter().filter(|slot| slot.on.value()) {
        if random.chance(REDRAWN) {
            redraw_slot(slot, params, layout, clusters, random);
            continue;
        }
        for share in [&slot.percentage, &slot.within, &slot.amount] {
            let factor = nearest_f32((SHARE_OCTAVES * random.bipolar()).exp2());
            set(share, (share.value() * factor).clamp(0.02, 1.0));
        }
        for knob in [&slot.parameter, &slot.second] {
            let moved = knob.value() + nearest_f32(KNOB * random.bipolar());
            set(knob, moved.clamp(0.0, 1.0));
        }
        let groups = clusters.count(low_bits::<usize>(slot.layer.value().max(0)));
        if groups > 0 && random.chance(0.3) {
            let at = cut::<i32>(random.between(0.0, f64::from(low_bits::<i32>(groups))));
            set(&slot.cluster, at);
        }
    }
    for slot in params.weights.iter().filter(|slot| slot.on.value()) {
        let factor = nearest_f32((SHARE_OCTAVES * random.bipolar()).exp2());
        set(
            &slot.percentage,
            (slot.percentage.value() * factor).min(1.0),
        );
        set(
            &slot.seed,
            cut::<i32>(random.between(0.0, f64::from(MAX_SEED))),
        );
        let unit = slot.amount.unmodulated_normalized_value();
        let moved = unit + nearest_f32(KNOB * random.bipolar());
        set(
            &slot.amount,
            slot.amount.preview_plain(moved.clamp(0.0, 1.0)),
        );
    }
    let voice = params.voice.voice.value();
    if voice > 0.0 {
        let moved = voice + nearest_f32(KNOB * random.bipolar());
        set(&params.voice.voice, moved.clamp(0.0, 1.0));
    }
}
