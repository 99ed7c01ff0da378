//! How loud bends are: what levels the model's voice with the difference, and what auto gain takes back. Pool threads.
//!
//! Both are figures of a state (what an item of a stride is decoded at) over as many frames as a window has: powers K-weighted after ITU-R
//! BS.1770 and within the band.
//!
//! * *match*, `P(g·X) / P(D)`: added to the model's magnitude it is as loud as the difference.
//! * *auto*, `P(X) / P(g·X)`: added to both, bent sound is as loud as the sound that came in. Exactly 0 dB where nothing is bent.
//!
//! `X` is the sound as it came in, `g` the difference's limited gain, `D` the item. A held loop's `X` is the window it was held from,
//! and so is what its gain is taken against: the sound that comes in meanwhile says nothing of it.
//!
//! What the faders of parts do to the loudness is meant: where nothing else is bent, auto gain is 0 dB.
//!
//! Only a window's newest frames are decoded as a rule. So a state keeps a ring of its frames' powers, to which each stride adds its own. A
//! state that was not there in the stride before is *surveyed*: that stride is decoded whole, which fills the ring at once, so that a step
//! has its level from its first frame on; the shortest strides, which have no time for that, decode the newest frames, and these stand for the
//! whole ring. Where controls only move, a state begins with the powers of the one it came from, and is surveyed no later than [`SURVEY_FRAMES`] frames after that: so old is the level of a ramp at most, and of what it ends in. Everything counts frames,
//! and nothing reaches farther back than a window, so that a bounce is what was heard.

mod meter;
mod ring;

use netbend_dsp::geometry::OVERLAP;
use netbend_dsp::number::{nearest_f32, signed};
use netbend_dsp::voice::{Band, GainLimits, VoiceShape};
use netbend_models::Manifest;

use super::batches::DecodedItem;
use super::moment::Moment;
use super::reach::Reach;
pub(crate) use meter::Meter;
use meter::Powers;
use ring::{Ring, State};

/// Of a whole window every so many frames are measured: as long as frames overlap, all of the sound.
const FRAME_STEP: usize = OVERLAP;
/// Of a stride that adds its own to what is known, so many frames at least: the network is louder at some places of a window than at
/// others, by decibels.
const STRIDE_FRAMES: usize = 4;
/// Frames after which a state that began with another's powers has its own.
const SURVEY_FRAMES: i64 = 16;
/// The mean power of a frame below which there is nothing to level, in dB.
const SILENCE_DB: f32 = -90.0;
/// How far the model is levelled with the difference, down and up.
const MATCH_RANGE_DB: (f32, f32) = (-24.0, 24.0);
/// How far auto gain goes down, and up.
const AUTO_RANGE_DB: (f32, f32) = (-24.0, 12.0);
/// Short strides add only a share of what is beyond this: what a survey finds and what such strides measure after it differ, and at a switch of
/// what is heard a gain that large makes a step of the difference that is heard (-28 dB without it in Live; -30 is allowed).
const KNEE_DB: f32 = 6.0;

/// That share, for strides of so many frames.
fn slope(stride: usize) -> f32 {
    match stride {
        ..4 => 0.4,
        4..16 => 0.8,
        _ => 1.0,
    }
}

/// A window `[frames, bins]` in network units, and its level.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LevelledWindow<'a> {
    pub(crate) units: &'a [f32],
    pub(crate) level_db: f32,
}

/// What is added to a frame.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct LevelDb {
    /// To the difference's gain.
    pub(super) gain_db: f32,
    /// To the model's magnitude.
    pub(super) model_db: f32,
}

/// The figures of one item.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct ItemLevel {
    /// What is added to the model so that it is as loud as the difference.
    pub(crate) match_db: f32,
    /// What is added to both so that they are as loud as the sound.
    pub(crate) auto_db: f32,
}

/// An item of a stride, as far as its level is concerned.
#[derive(Debug, Clone, Copy)]
pub(super) enum Measured<'a> {
    /// The live window, bent as the controls say; none for the clean item.
    Live(Option<&'a Moment>),
    /// A held loop, which is [measured as a whole](Levels::of_loop).
    Loop,
}

/// Measures the items of stride after stride; keeps its memory.
#[derive(Debug)]
pub(super) struct Levels {
    meter: Meter,
    bins: usize,
    last_seen_frame: usize,
    /// The share of auto gain beyond the knee that is added.
    slope: f32,
    /// The first frame of a window that is heard.
    heard_from: usize,
    /// Frames of a window's part that counts as one: of a survey the newest is measured.
    part: usize,
    /// Frames from one that is measured to the next where a stride adds its own.
    step: usize,
    /// Limits and band at the stride's end.
    shape: (GainLimits, Band),
    /// Of the items of the last stride that are no loops.
    rings: Vec<Ring>,
    /// Which of them each item of the stride has.
    ring_of: Vec<Option<usize>>,
    /// Whether the stride is decoded whole.
    surveys: bool,
    /// Whether there are bends beside the slots.
    always_bent: bool,
    items: Vec<ItemLevel>,
    /// Whether auto gain is on, at the last frame before the stride and at each of its frames.
    auto: Vec<bool>,
}

impl Levels {
    /// For windows of the model of `manifest`, whose frames take `frame_seconds` each, and strides of this `reach`.
    pub(super) fn new(manifest: &Manifest, reach: Reach, frame_seconds: f64) -> Self {
        let heard = reach.stride + reach.overlap;
        Self {
            meter: Meter::new(manifest, frame_seconds),
            bins: manifest.bins,
            last_seen_frame: manifest.last_seen_frame,
            slope: slope(reach.stride),
            heard_from: (manifest.last_seen_frame + 1).saturating_sub(heard),
            // Strides are whole parts.
            part: FRAME_STEP.min(reach.stride.max(1)),
            step: (reach.stride / STRIDE_FRAMES).clamp(1, FRAME_STEP),
            shape: (GainLimits::default(), Band::default()),
            rings: Vec::new(),
            ring_of: Vec::new(),
            surveys: false,
            always_bent: false,
            items: Vec::new(),
            auto: Vec::with_capacity(reach.frames()),
        }
    }

    /// Takes auto gain and shape of the frame before a stride and of its frames. Limits and band are measured as they are at its end.
    pub(super) fn begin_stride(&mut self, frames: impl Iterator<Item = (bool, VoiceShape)>) {
        self.auto.clear();
        let mut last = None;
        for (auto_gain, shape) in frames {
            self.auto.push(auto_gain);
            last = Some(shape);
        }
        if let Some(shape) = last {
            self.meter.set_shape(&shape);
            self.shape = (shape.limits, shape.band);
        }
    }

    /// Takes the items of the stride whose newest frame is `newest`, the first of which is the clean one. Whether it is to be decoded whole,
    /// because a state's powers are not known; never, unless it `may_survey`: then states begin with those of one they came from, if any, and
    /// else at 0 dB.
    pub(super) fn track<'a>(
        &mut self,
        newest: i64,
        items: impl Iterator<Item = Measured<'a>>,
        may_survey: bool,
    ) -> bool {
        let known = std::mem::take(&mut self.rings);
        self.ring_of.clear();
        self.surveys = false;
        for item in items {
            let Measured::Live(moment) = item else {
                self.ring_of.push(None);
                continue;
            };
            let (limits, band) = self.shape;
            let state = State {
                moment: moment.copied(),
                limits,
                band,
            };
            let same = known.iter().find(|ring| ring.state.same(&state));
            let line = || known.iter().rfind(|ring| ring.state.same_line(&state));
            let ring = match same {
                Some(ring) => ring.clone(),
                None => line().map_or_else(
                    || Ring::new(state, self.parts()),
                    |ring| ring.inherit(state),
                ),
            };
            let due = ring.surveyed.is_none_or(|at| newest - at >= SURVEY_FRAMES);
            self.surveys |= may_survey && ring.inherited && due;
            self.ring_of.push(Some(self.rings.len()));
            self.rings.push(ring);
        }
        self.surveys
    }

    /// Says whether there are bends beside the slots, which auto gain levels even where nothing but parts is mixed.
    pub(super) fn set_always_bent(&mut self, always_bent: bool) {
        self.always_bent = always_bent;
    }

    /// What was measured counts no more: the next stride is the first.
    pub(super) fn forget(&mut self) {
        self.rings.clear();
    }

    /// Measures the items that were [taken](Self::track) with the stride whose newest frame is `newest`: those of the window `live` as they
    /// were `decoded`, and loops as `held` says.
    pub(super) fn measure<'a>(
        &mut self,
        newest: i64,
        live: LevelledWindow<'_>,
        decoded: impl Fn(usize) -> DecodedItem<'a>,
        held: impl Fn(usize) -> ItemLevel,
    ) {
        self.items.clear();
        let newest_part = (newest + 1).div_euclid(signed(self.part));
        let clean = decoded(0);
        for (item, ring) in self.ring_of.iter().enumerate() {
            let Some(ring) = ring.and_then(|ring| self.rings.get_mut(ring)) else {
                self.items.push(held(item));
                continue;
            };
            let bent = decoded(item);
            let frame = |row: usize| {
                let input = live.units.get(row * self.bins..).unwrap_or(&[]);
                let (clean, bent) = (clean.row(row, self.bins), bent.row(row, self.bins));
                match bent.is_empty() {
                    false => self.meter.frame(input, clean, bent),
                    true => self.meter.frame(input, input, input).untouched(),
                }
            };
            let own = !(self.surveys && ring.inherited);
            // Of a survey: its sum, and of how many parts.
            let (mut surveyed, mut count) = (Powers::default(), 0);
            let bent_is_missing = |row: usize| decoded(item).row(row, self.bins).is_empty();
            let parts = (0..=self.last_seen_frame).rev().step_by(self.part);
            for (number, row) in (0..).map(|back| newest_part - back).zip(parts) {
                let heard = row >= self.heard_from;
                let powers = match (own, heard) {
                    (true, true) => {
                        let rows = (0..=row).rev().take(self.part).step_by(self.step);
                        let mut sum = Powers::default();
                        rows.clone().for_each(|row| sum.add(frame(row)));
                        sum.times(1.0 / nearest_f32(rows.count()))
                    }
                    (true, false) if !ring.is_unknown() => break,
                    // What a short survey does not reach is as loud as what it does.
                    (false, _) if count > 0 && bent_is_missing(row) => {
                        surveyed.times(1.0 / nearest_f32(count))
                    }
                    _ => frame(row),
                };
                surveyed.add(powers);
                count += 1;
                ring.set(number, powers.raised(live.level_db));
            }
            ring.end_stride(self.surveys.then_some(newest));
            let parts = self.last_seen_frame / self.part + 1;
            let sum = ring.sum(newest_part);
            let mut level = item_level(sum, parts, self.slope);
            if !self.always_bent && ring.state.moment.is_some_and(|moment| moment.only_mixes()) {
                level.auto_db = 0.0;
            }
            self.items.push(level);
        }
    }

    /// The figures of a loop that was held from `window` and decoded to `bent`: the same in every latency mode.
    pub(super) fn of_loop(&self, window: LevelledWindow<'_>, bent: DecodedItem<'_>) -> ItemLevel {
        let input = DecodedItem {
            rows: window.units,
            first_frame: 0,
        };
        of_window(&self.meter, self.last_seen_frame, window, (input, bent))
    }

    /// What [`of_loop`](Self::of_loop) measures with, beside the sound.
    pub(super) fn shape(&self) -> (GainLimits, Band) {
        self.shape
    }

    /// What is added at the stride's frame `moment`, between the items and the share of the second that
    /// [`Knots::at`](super::knots::Knots::at) says.
    pub(super) fn at(&self, (item, next, share): (usize, usize, f32), moment: usize) -> LevelDb {
        let of = |item: usize| self.items.get(item).copied().unwrap_or_default();
        let (from, to) = (of(item), of(next));
        let between = |from: f32, to: f32| from + share * (to - from);
        let auto_db = match self.auto.get(moment) {
            Some(true) => between(from.auto_db, to.auto_db),
            _ => 0.0,
        };
        LevelDb {
            gain_db: auto_db,
            model_db: auto_db + between(from.match_db, to.match_db),
        }
    }

    /// Parts of a window.
    fn parts(&self) -> usize {
        self.last_seen_frame / self.part + 1
    }
}

/// The figures of a whole window whose frames count up to `last_seen_frame`, and that was decoded clean and bent.
pub(crate) fn of_window(
    meter: &Meter,
    last_seen_frame: usize,
    window: LevelledWindow<'_>,
    (clean, bent): (DecodedItem<'_>, DecodedItem<'_>),
) -> ItemLevel {
    let bins = meter.bins();
    let mut sum = Powers::default();
    let rows = (0..=last_seen_frame).rev().step_by(FRAME_STEP);
    let measured = rows.clone().count();
    for row in rows {
        let input = window.units.get(row * bins..).unwrap_or(&[]);
        sum.add(meter.frame(input, clean.row(row, bins), bent.row(row, bins)));
    }
    item_level(sum.raised(window.level_db), measured, 1.0)
}

/// The figures of what has these powers over `parts` parts of a window, with that share of auto gain beyond the knee.
fn item_level(powers: Powers, parts: usize, slope: f32) -> ItemLevel {
    let input_db = 10.0 * (powers.input / nearest_f32(parts)).log10();
    if input_db.is_nan() || input_db < SILENCE_DB {
        return ItemLevel::default();
    }
    let ratio_db = |over: f32, under: f32| {
        let db = 10.0 * (over / under).log10();
        if db.is_nan() { 0.0 } else { db }
    };
    let bounded = |db: f32, (down, up): (f32, f32)| db.clamp(down, up);
    let auto_db = match ratio_db(powers.input, powers.difference) {
        db if db > KNEE_DB => KNEE_DB + slope * (db - KNEE_DB),
        db => db,
    };
    ItemLevel {
        match_db: bounded(ratio_db(powers.difference, powers.model), MATCH_RANGE_DB),
        auto_db: bounded(auto_db, AUTO_RANGE_DB),
    }
}

#[cfg(test)]
mod tests;
