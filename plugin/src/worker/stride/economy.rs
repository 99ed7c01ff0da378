//! What a stride saves of the network's work, and what then stands for it. Worker thread.
//!
//! The rows of the decoder's window that were not decoded are written as if they had been: the clean item's as
//! [estimated](CleanEstimate), a bent item's as the estimate with the last bend's mean difference per bin. Levels, joints and voices
//! take them as they take others, so that no change of effort is heard as a step.

use std::ops::Range;

use netbend_dsp::loudness::fast_exp2;

use super::super::knots::Moment;
use super::clean_estimate::CleanEstimate;
use crate::effort::Effort;

/// Strides after which the clean item is decoded again; with full effort it is learnt from as often. The estimate is hardly worse after
/// sixteen strides than after two (3.4 dB rms).
const REFRESH_STRIDES: usize = 16;
/// How far the clean rows are moved to where the bend's mean difference would have them, while the same bend lasts. Measured on the
/// evaluation loops, gain in dB rms from the real one with three bends each of layers 2 and 3: 2.6 to 3.7 in *Tight* and *Live*, 2.8 to 3.9
/// with the estimate alone, 2.5 to 7.4 where the last stride's gain just goes on.
const DIFFERENCE_SHARE: f32 = 0.35;
/// How much of the bend's difference is remembered from one stride that is learnt from to the next.
const MEMORY: f32 = 0.9;
/// Frames count for the mean difference by this power of the clean amplitude, bin by bin. What is done to sound is then not drowned
/// by what is done to the pauses: where a gain goes on over an attack, that would be much too loud.
const LOUDNESS_EXPONENT: f32 = 0.25;
/// Beyond every scale's top.
const MOST_UNIT: f32 = 4.0;

/// Items that are decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Items {
    /// None of them.
    None,
    /// All of them.
    #[default]
    All,
    /// The bent ones.
    Bent,
    /// The clean one.
    Clean,
}

/// What the network is asked in a stride.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Work {
    /// Before the stride is made to sound: all, the bent or none of the items.
    pub(super) now: Items,
    /// After it was sent, for those that come: the bent, the clean or none of them.
    pub(super) later: Items,
}

/// Says what is asked, and fills in what was not.
#[derive(Debug)]
pub(super) struct Economy {
    effort: Effort,
    work: Work,
    scale_octaves: f32,
    clean: CleanEstimate,
    /// Bent over clean per bin in network units, weighted, and the weights; empty until it is known.
    weighted: Vec<f32>,
    weights: Vec<f32>,
    /// What it is the difference of.
    bent: Moment,
    /// Strides since the clean item was decoded, since anything was learnt, and since the bend was decoded.
    since_clean: usize,
    since_learnt: usize,
    since_asked: usize,
}

/// The items of a stride, in rows of the decoder's window.
#[derive(Debug, Clone)]
pub(super) struct StrideRows<'a> {
    /// The window that came in, `[frame][bin]`.
    pub(super) input: &'a [f32],
    /// The first of its frames that was decoded, or is wanted.
    pub(super) first_frame: usize,
    /// The stride's frames.
    pub(super) frames: Range<usize>,
    /// The state of each bent item.
    pub(super) states: &'a [Moment],
    /// The item of the stride's last frame.
    pub(super) last_item: usize,
    /// Values of one item.
    pub(super) len: usize,
}

impl StrideRows<'_> {
    /// The state of the stride's last frame, unless that is the clean one or a held loop, whose frames are not the input's.
    fn last_state(&self) -> Option<&Moment> {
        let state = self.states.get(self.last_item.checked_sub(1)?)?;
        state.latent.hold.is_none().then_some(state)
    }
}

impl Economy {
    /// For rows of `bins` bins in network units of `unit_db` decibels.
    pub(super) fn new(bins: usize, unit_db: f32) -> Self {
        let octaves_per_db = std::f32::consts::LOG2_10 / 20.0;
        Self {
            effort: Effort::default(),
            work: Work::default(),
            scale_octaves: LOUDNESS_EXPONENT * octaves_per_db * unit_db,
            clean: CleanEstimate::new(bins),
            weighted: Vec::new(),
            weights: Vec::new(),
            bent: Moment::default(),
            since_clean: 0,
            since_learnt: 0,
            since_asked: 0,
        }
    }

    /// What the next strides are worth.
    pub(super) fn set_effort(&mut self, effort: Effort) {
        self.effort = effort;
    }

    /// What was learnt holds no more.
    pub(super) fn forget(&mut self) {
        self.clean.forget();
        self.pause();
    }

    /// A stride without anything bent or heard of the model: the first one that has is asked about.
    pub(super) fn pause(&mut self) {
        self.weights.clear();
        self.work = Work {
            now: Items::None,
            later: Items::None,
        };
    }

    /// What the network is asked in a stride whose bent items have these states. `clean_is_heard`: the clean item is more than
    /// what the difference is taken against.
    pub(super) fn plan(&mut self, states: &[Moment], clean_is_heard: bool) -> Work {
        let holds = states.iter().any(|state| state.latent.hold.is_some());
        let bend_is_known = states.is_empty() || !self.weights.is_empty();
        let may_wait = self.clean.is_known() && bend_is_known && !holds;
        let period = self.effort.stride_period();
        let refresh = match self.since_clean + 1 >= REFRESH_STRIDES {
            true => Items::Clean,
            false => Items::None,
        };
        let of_bend = match states {
            [] => Items::Clean,
            _ => Items::Bent,
        };
        let (now, later) = if self.effort.decodes_clean() || !self.clean.is_known() {
            (Items::All, Items::None)
        } else if may_wait && self.since_asked + 1 < period {
            (Items::None, refresh)
        } else if may_wait && self.effort.asks_afterwards() {
            (Items::None, of_bend)
        } else if clean_is_heard || states.is_empty() {
            (Items::All, Items::None)
        } else if period > 1 && !holds {
            // The clean one has its turn in a stride between.
            (Items::Bent, Items::None)
        } else {
            (Items::Bent, refresh)
        };
        self.work = Work { now, later };
        self.work
    }

    /// What was planned.
    pub(super) fn work(&self) -> Work {
        self.work
    }

    /// Writes what was not decoded to `decoded`, `[item][frame][bin]`, and learns from what was.
    pub(super) fn complete(&mut self, rows: &StrideRows<'_>, decoded: &mut Vec<f32>) {
        self.since_clean += 1;
        self.since_learnt += 1;
        self.since_asked += 1;
        match self.work.now {
            Items::All => {
                let due = !self.clean.is_known() || self.since_learnt >= REFRESH_STRIDES;
                if due || self.effort != Effort::Full {
                    self.learn_clean(rows, decoded);
                    self.learn_difference(rows, decoded);
                }
                self.since_asked = 0;
            }
            Items::Bent => self.take_bent(rows, decoded),
            Items::Clean | Items::None => self.write_items(rows, decoded),
        }
    }

    /// Takes what was decoded after the stride was sent.
    pub(super) fn complete_later(&mut self, rows: &StrideRows<'_>, decoded: &mut [f32]) {
        match self.work.later {
            Items::Bent => self.take_bent(rows, decoded),
            Items::Clean => {
                self.learn_clean(rows, decoded);
                if rows.states.is_empty() {
                    self.since_asked = 0;
                }
            }
            Items::All | Items::None => {}
        }
        self.work.later = Items::None;
    }

    fn take_bent(&mut self, rows: &StrideRows<'_>, decoded: &mut [f32]) {
        self.since_asked = 0;
        self.write_clean(rows, decoded);
        if self.effort.stride_period() > 1 {
            self.learn_difference(rows, decoded);
        }
    }

    fn learn_clean(&mut self, rows: &StrideRows<'_>, decoded: &[f32]) {
        self.since_clean = 0;
        self.since_learnt = 0;
        if let Some(clean) = decoded.get(self.span(rows, 0)) {
            self.clean.learn(rows.input, rows.frames.clone(), clean);
        }
    }

    fn learn_difference(&mut self, rows: &StrideRows<'_>, decoded: &[f32]) {
        let Some(state) = rows.last_state() else {
            self.weights.clear();
            return;
        };
        let spans = [0, rows.last_item].map(|item| decoded.get(self.span(rows, item)));
        let [Some(clean), Some(bent)] = spans else {
            return;
        };
        let bins = self.clean.bins();
        if self.weights.is_empty() || !state.same_sound(&self.bent) {
            self.bent = *state;
            for sums in [&mut self.weighted, &mut self.weights] {
                sums.clear();
                sums.resize(bins, 0.0);
            }
        }
        let mut sums = self.weighted.iter_mut().chain(&mut self.weights);
        sums.by_ref().for_each(|sum| *sum *= MEMORY);
        for (clean, bent) in clean.chunks_exact(bins).zip(bent.chunks_exact(bins)) {
            let sums = self.weighted.iter_mut().zip(&mut self.weights);
            for ((weighted, weights), (clean, bent)) in sums.zip(clean.iter().zip(bent)) {
                let weight = fast_exp2(self.scale_octaves * clean.clamp(0.0, MOST_UNIT));
                *weighted += weight * (bent - clean);
                *weights += weight;
            }
        }
    }

    /// Bent over clean per bin, in network units.
    fn difference(&self) -> impl Iterator<Item = f32> {
        let sums = self.weighted.iter().zip(&self.weights);
        sums.map(|(weighted, weight)| weighted / weight)
    }

    /// The stride's frames of an item.
    fn span(&self, rows: &StrideRows<'_>, item: usize) -> Range<usize> {
        let start = item * rows.len;
        let place = |frame: usize| start + (frame - rows.first_frame) * self.clean.bins();
        place(rows.frames.start)..place(rows.frames.end)
    }

    /// Writes the clean item before the bent ones.
    fn write_clean(&mut self, rows: &StrideRows<'_>, decoded: &mut [f32]) {
        let (clean, bent) = decoded.split_at_mut(rows.len.min(decoded.len()));
        self.clean.write(rows.input, rows.first_frame, clean);
        let [state] = rows.states else {
            return; // what the difference is of is one item, and not the next
        };
        if self.weights.is_empty() || !state.same_sound(&self.bent) {
            return;
        }
        let bins = self.clean.bins();
        for (clean, bent) in clean.chunks_exact_mut(bins).zip(bent.chunks_exact(bins)) {
            for ((clean, bent), difference) in clean.iter_mut().zip(bent).zip(self.difference()) {
                *clean += DIFFERENCE_SHARE * (bent - difference - *clean);
            }
        }
    }

    /// Writes every item, as if the bend went on.
    fn write_items(&mut self, rows: &StrideRows<'_>, decoded: &mut Vec<f32>) {
        decoded.clear();
        decoded.resize(rows.len * (1 + rows.states.len()), 0.0);
        let (clean, bent) = decoded.split_at_mut(rows.len);
        self.clean.write(rows.input, rows.first_frame, clean);
        for item in bent.chunks_exact_mut(rows.len.max(1)) {
            item.copy_from_slice(clean);
            for row in item.chunks_exact_mut(self.clean.bins()) {
                for (unit, difference) in row.iter_mut().zip(self.difference()) {
                    *unit += difference;
                }
            }
        }
    }
}
