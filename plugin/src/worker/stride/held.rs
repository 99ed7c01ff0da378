//! Held loops as they were decoded. Pool threads.
//!
//! A loop is read round and round, so all of its window is decoded; but only once for as long as the hold, the bends and what is blended in
//! stay as they are.

use netbend_dsp::voice::{Band, GainLimits};

use super::super::batches::{Batches, DecodedItem, FixedBends, Item};
use super::super::levels::{ItemLevel, LevelledWindow, Levels};
use super::super::moment::Moment;

/// One loop under one setting.
struct HeldLoop {
    moment: Moment,
    /// `[frames, bins]` in network units.
    decoded: Vec<f32>,
    /// How loud it is, and under which limits and band.
    level: Option<((GainLimits, Band), ItemLevel)>,
}

/// The loops of the last stride.
#[derive(Default)]
pub(super) struct HeldLoops {
    /// None until a loop is decoded.
    batches: Option<Batches>,
    /// Those that are being decoded.
    asked: Vec<Moment>,
    loops: Vec<HeldLoop>,
}

impl HeldLoops {
    /// Forgets all loops, and what they were decoded with.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    /// Lets go of loops that are none of `states`.
    pub(super) fn retain(&mut self, states: &[Moment]) {
        self.loops
            .retain(|held| states.iter().any(|state| state.same_sound(&held.moment)));
    }

    /// Whether `state` is to be decoded yet.
    pub(super) fn lacks(&self, state: &Moment) -> bool {
        self.find(state).is_none()
    }

    /// Prepares to decode `items`, with programs and weights like those of `live`.
    pub(super) fn prepare(&mut self, items: &[Item<'_>], fixed: &FixedBends, live: &Batches) {
        self.asked.clear();
        if items.is_empty() {
            return;
        }
        self.asked
            .extend(items.iter().filter_map(|item| item.state.copied()));
        let batches = self.batches.get_or_insert_with(|| live.sibling());
        batches.prepare(items, fixed, 0);
    }

    /// What is to be decoded, if anything.
    pub(super) fn wanted(&mut self) -> Option<&mut Batches> {
        self.batches.as_mut().filter(|_| !self.asked.is_empty())
    }

    /// Takes what was decoded.
    pub(super) fn take(&mut self) {
        let Some(batches) = &mut self.batches else {
            return;
        };
        for (item, moment) in self.asked.drain(..).enumerate() {
            self.loops.push(HeldLoop {
                moment,
                decoded: batches.decoded(item).rows.to_vec(),
                level: None,
            });
        }
        batches.release();
    }

    /// The loop of `state`; empty where there is none.
    pub(super) fn decoded(&self, state: &Moment) -> DecodedItem<'_> {
        DecodedItem {
            rows: self.find(state).map_or(&[], |held| &held.decoded),
            first_frame: 0,
        }
    }

    /// How loud the loop of each of `states` is that `window` knows: the window it was held from.
    pub(super) fn measure<'a>(
        &mut self,
        levels: &Levels,
        window: impl Fn(&Moment) -> Option<LevelledWindow<'a>>,
    ) {
        for held in &mut self.loops {
            let known = held.level.filter(|(shape, _)| *shape == levels.shape());
            held.level = known.or_else(|| {
                let decoded = DecodedItem {
                    rows: &held.decoded,
                    first_frame: 0,
                };
                let level = levels.of_loop(window(&held.moment)?, decoded);
                Some((levels.shape(), level))
            });
        }
    }

    /// How loud the loop of `state` [is](Self::measure).
    pub(super) fn level(&self, state: &Moment) -> ItemLevel {
        let level = self.find(state).and_then(|held| held.level);
        level.map_or_else(ItemLevel::default, |(_, level)| level)
    }

    fn find(&self, state: &Moment) -> Option<&HeldLoop> {
        self.loops.iter().find(|held| held.moment.same_sound(state))
    }
}
