//! What a stride saves of the network's work, and what then stands for it. Pool threads.
//!
//! The rows of the decoder's window that were not decoded are written as if they had been: the clean item's as
//! [estimated](CleanEstimate), a bent item's as the estimate with the last bend's mean difference per bin. Levels, joints and voices
//! take them as they take others, so that no change of quality is heard as a step.

use netbend_dsp::loudness::fast_exp2;

use super::super::batches::{Batches, DecodedItem};
use super::super::moment::Moment;
use super::clean_estimate::CleanEstimate;
use super::rows::StrideRows;
use crate::report::quality::Quality;

/// Strides after which the clean item is decoded again; with full quality it is learnt from as often. The estimate is hardly worse after
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
    quality: Quality,
    work: Work,
    scale_octaves: f32,
    clean: CleanEstimate,
    /// Bent over clean per bin in network units, weighted, and the weights; empty until it is known.
    weighted: Vec<f32>,
    weights: Vec<f32>,
    /// What it is the difference of.
    bent: Moment,
    /// Items that were not decoded, `[item][frame][bin]` from frame [`first_frame`](Self::first_frame) on.
    written: Vec<f32>,
    first_frame: usize,
    item_frames: usize,
    /// Strides since the clean item was decoded, since anything was learnt, and since the bend was decoded.
    since_clean: usize,
    since_learnt: usize,
    since_asked: usize,
}

impl Economy {
    /// For rows of `bins` bins in network units of `unit_db` decibels.
    pub(super) fn new(bins: usize, unit_db: f32) -> Self {
        let octaves_per_db = std::f32::consts::LOG2_10 / 20.0;
        Self {
            quality: Quality::default(),
            work: Work::default(),
            scale_octaves: LOUDNESS_EXPONENT * octaves_per_db * unit_db,
            clean: CleanEstimate::new(bins),
            weighted: Vec::new(),
            weights: Vec::new(),
            bent: Moment::default(),
            written: Vec::new(),
            first_frame: 0,
            item_frames: 0,
            since_clean: 0,
            since_learnt: 0,
            since_asked: 0,
        }
    }

    /// What the next strides are worth.
    pub(super) fn set_quality(&mut self, quality: Quality) {
        self.quality = quality;
    }

    /// What they are worth.
    pub(super) fn quality(&self) -> Quality {
        self.quality
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

    /// Gives back the memory that only strides need.
    pub(super) fn release(&mut self) {
        self.pause();
        self.written = Vec::new();
    }

    /// What the network is asked in a stride of so many bent items beside held loops. `lacks_loops`: loops are to be decoded for the first
    /// time. `clean_is_heard`: the clean item is more than what the difference is taken against.
    pub(super) fn plan(
        &mut self,
        bent_items: usize,
        lacks_loops: bool,
        clean_is_heard: bool,
    ) -> Work {
        let bend_is_known = bent_items == 0 || !self.weights.is_empty();
        let may_wait = self.clean.is_known() && bend_is_known && !lacks_loops;
        let period = self.quality.stride_period();
        let refresh = match self.since_clean + 1 >= REFRESH_STRIDES {
            true => Items::Clean,
            false => Items::None,
        };
        let of_bend = match bent_items {
            0 => Items::Clean,
            _ => Items::Bent,
        };
        let (now, later) = if self.quality.decodes_clean() || !self.clean.is_known() {
            (Items::All, Items::None)
        } else if may_wait && self.since_asked + 1 < period {
            (Items::None, refresh)
        } else if may_wait && self.quality.asks_afterwards() {
            (Items::None, of_bend)
        } else if clean_is_heard || bent_items == 0 {
            (Items::All, Items::None)
        } else if period > 1 {
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

    /// What the item at `place` was decoded to, or what stands for it.
    pub(super) fn decoded<'a>(&'a self, batches: &'a Batches, place: usize) -> DecodedItem<'a> {
        match (self.work.now, place) {
            (Items::All, _) => batches.decoded(place),
            (Items::Bent, 1..) => batches.decoded(place - 1),
            _ => self.written(place),
        }
    }

    /// Writes what was not decoded, and learns from what was.
    pub(super) fn complete(&mut self, rows: &StrideRows<'_>, batches: &Batches) {
        self.since_clean += 1;
        self.since_learnt += 1;
        self.since_asked += 1;
        match self.work.now {
            Items::All => {
                let due = !self.clean.is_known() || self.since_learnt >= REFRESH_STRIDES;
                if due || self.quality != Quality::Full {
                    self.learn_clean(rows, batches);
                    self.learn_difference(rows, |place| batches.decoded(place));
                }
                self.since_asked = 0;
            }
            Items::Bent => self.take_bent(rows, batches),
            Items::Clean | Items::None => self.write_items(rows),
        }
    }

    /// Takes what was decoded after the stride was sent.
    pub(super) fn complete_later(&mut self, rows: &StrideRows<'_>, batches: &Batches) {
        match self.work.later {
            Items::Bent => self.take_bent(rows, batches),
            Items::Clean => {
                self.learn_clean(rows, batches);
                if rows.items() == 1 {
                    self.since_asked = 0;
                }
            }
            Items::All | Items::None => {}
        }
        self.work.later = Items::None;
    }

    /// Takes the bent items, which were decoded without the clean one.
    fn take_bent(&mut self, rows: &StrideRows<'_>, batches: &Batches) {
        self.since_asked = 0;
        self.write_clean(rows, batches);
        if self.quality.stride_period() > 1 {
            let written = std::mem::take(&mut self.written);
            let clean = DecodedItem {
                rows: &written,
                first_frame: self.first_frame,
            };
            self.learn_difference(rows, |place| match place {
                0 => clean,
                place => batches.decoded(place - 1),
            });
            self.written = written;
        }
    }

    /// Takes the clean item, which was decoded first.
    fn learn_clean(&mut self, rows: &StrideRows<'_>, batches: &Batches) {
        self.since_clean = 0;
        self.since_learnt = 0;
        self.clean
            .learn(rows.input, rows.frames.clone(), batches.decoded(0));
    }

    fn learn_difference<'a>(
        &mut self,
        rows: &StrideRows<'_>,
        decoded: impl Fn(usize) -> DecodedItem<'a>,
    ) {
        let Some((place, state)) = rows.last() else {
            self.weights.clear();
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
        for sum in self.weighted.iter_mut().chain(&mut self.weights) {
            *sum *= MEMORY;
        }
        for frame in rows.frames.clone() {
            let [clean, bent] = [0, place].map(|place| decoded(place).row(frame, bins));
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
        sums.map(|(weighted, weight)| weighted / weight.max(f32::MIN_POSITIVE))
    }

    /// Makes room for so many items, and writes the clean one.
    fn write_estimate(&mut self, rows: &StrideRows<'_>, items: usize) {
        self.first_frame = rows.tail;
        self.item_frames = rows.frames.end - rows.tail;
        let len = self.item_frames * self.clean.bins();
        self.written.clear();
        self.written.resize(items * len, 0.0);
        let clean = self.written.get_mut(..len).unwrap_or_default();
        self.clean.write(rows.input, rows.tail, clean);
    }

    /// Writes the clean item of a stride whose bent ones were decoded.
    fn write_clean(&mut self, rows: &StrideRows<'_>, batches: &Batches) {
        self.write_estimate(rows, 1);
        let Some((1, state)) = rows.last().filter(|_| rows.items() == 2) else {
            return; // what the difference is of is one item, and not the next
        };
        if self.weights.is_empty() || !state.same_sound(&self.bent) {
            return;
        }
        let bins = self.clean.bins();
        let mut written = std::mem::take(&mut self.written);
        for (frame, clean) in (self.first_frame..).zip(written.chunks_exact_mut(bins)) {
            let bent = batches.decoded(0).row(frame, bins);
            for ((clean, bent), difference) in clean.iter_mut().zip(bent).zip(self.difference()) {
                *clean += DIFFERENCE_SHARE * (bent - difference - *clean);
            }
        }
        self.written = written;
    }

    /// Writes every item, as if the bend went on.
    fn write_items(&mut self, rows: &StrideRows<'_>) {
        self.write_estimate(rows, rows.items());
        let bins = self.clean.bins();
        let mut written = std::mem::take(&mut self.written);
        let len = written.len() / rows.items().max(1);
        let (clean, bent) = written.split_at_mut(len);
        for item in bent.chunks_exact_mut(len.max(1)) {
            item.copy_from_slice(clean);
            for row in item.chunks_exact_mut(bins) {
                for (unit, difference) in row.iter_mut().zip(self.difference()) {
                    *unit += difference;
                }
            }
        }
        self.written = written;
    }

    fn written(&self, item: usize) -> DecodedItem<'_> {
        let bins = self.clean.bins();
        // As long as the estimate was written for.
        let len = self.item_frames * bins;
        DecodedItem {
            rows: self
                .written
                .get(item * len..(item + 1) * len)
                .unwrap_or(&[]),
            first_frame: self.first_frame,
        }
    }
}
