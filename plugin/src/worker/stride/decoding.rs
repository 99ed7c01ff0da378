//! What a stride is decoded with, and what it was decoded to. Pool threads.

use netbend_models::node::activity::Watch;
use netbend_models::package::manifest::LayerClusters;
use netbend_models::{Bender, ModelError};

use super::economy::{Economy, Items};
use super::frames::{Heard, StrideFrames};
use super::held::HeldLoops;
use super::rows::{Places, StrideRows};
use super::window::Window;
use crate::report::maps::Maps;
use crate::report::quality::Quality;
use crate::worker::batches::{Batches, DecodedItem, FixedBends, Item};
use crate::worker::latent::sources::Sources;
use crate::worker::levels::{LevelledWindow, Levels, Measured};
use crate::worker::moment::Moment;
use crate::worker::reach::Reach;

/// The items of one stride after the other: which there are, which are decoded when, and what stands for those that are not.
pub(super) struct Decoding {
    places: Places,
    economy: Economy,
    /// Whether strides may be decoded whole so that their level is known at once.
    may_survey: bool,
    /// `[item][latent]`.
    latents: Vec<f32>,
    batches: Batches,
    loops: HeldLoops,
    /// The first frame of a window that strides read.
    tail: usize,
    /// The first frame that is decoded where levels are surveyed.
    surveyed: usize,
    /// How strides are pictured.
    watch: Watch,
    /// Whether they are.
    is_watched: bool,
    /// Whether the clean item is decoded for its picture alone.
    looks: bool,
    /// The newest frame of the last such picture.
    looked: i64,
}

/// Frames of a picture's column where strides have as many.
const COLUMN_FRAMES: usize = 4;
/// Frames between two pictures of a network that is not asked.
const LOOK_FRAMES: i64 = 16;

/// What the network is asked about a stride.
pub(super) struct Question<'a> {
    /// The stride's newest frame in the run.
    pub(super) newest: i64,
    pub(super) window: &'a mut Window,
    pub(super) frames: &'a StrideFrames,
    pub(super) heard: Heard,
    pub(super) sources: &'a mut Sources,
    pub(super) levels: &'a mut Levels,
    pub(super) fixed: &'a FixedBends,
}

impl Decoding {
    /// For the model of `bender`, and strides of this `reach`.
    pub(super) fn new(bender: &Bender, reach: Reach) -> Self {
        let manifest = bender.manifest();
        let unit_db = manifest.decibels.reference_db - manifest.decibels.floor_db;
        Self {
            places: Places::default(),
            economy: Economy::new(manifest.bins, unit_db),
            may_survey: true,
            latents: Vec::new(),
            batches: Batches::new(bender.program_builder(), bender.weights().clone()),
            loops: HeldLoops::default(),
            tail: reach.first(manifest.last_seen_frame),
            surveyed: reach.first_surveyed(manifest.last_seen_frame),
            watch: Watch {
                number: 0,
                item: 0,
                frames: manifest.frames,
                end: manifest.last_seen_frame + 1,
                columns: (reach.stride / COLUMN_FRAMES).max(1),
                column_frames: reach.stride.min(COLUMN_FRAMES),
            },
            is_watched: false,
            looks: false,
            looked: i64::MIN,
        }
    }

    /// Whether pictures are taken from the next stride on.
    pub(super) fn set_watched(&mut self, is_watched: bool) {
        self.is_watched = is_watched;
    }

    /// Shows the pictures of the stride that was decoded.
    pub(super) fn show(&mut self, maps: &Maps) {
        self.batches.show(maps);
    }

    /// Whether the clean item is decoded for its picture alone.
    pub(super) fn looks(&self) -> bool {
        self.looks
    }

    /// Prepares to decode a window for its picture alone, now and then, where the network is not asked about the stride. What streams keep of
    /// their encodings stays as it is, and with it the sound to the bit. Where that fails there is one picture less: no sound hangs on it.
    pub(super) fn look(&mut self, newest: i64, window: &mut Window, bender: &mut Bender) {
        let is_due = newest < self.looked || newest.saturating_sub(self.looked) >= LOOK_FRAMES;
        if !self.is_watched || !is_due || window.is_empty() {
            return;
        }
        self.looked = newest;
        let (units, _) = window.newest();
        if bender.encode(units, &mut self.latents).is_err() {
            return;
        }
        let clean = Item {
            state: None,
            latent: &self.latents,
        };
        self.batches
            .prepare(&[clean], &FixedBends::default(), self.tail);
        let frames = usize::try_from(LOOK_FRAMES).unwrap_or(COLUMN_FRAMES);
        let columns = (frames / self.watch.column_frames).max(self.watch.columns);
        self.batches.watch(
            0,
            Watch {
                columns,
                ..self.watch
            },
        );
        self.looks = true;
    }

    /// The clusters of a sound that slots may select.
    pub(super) fn set_sound_clusters(&mut self, groups: &[LayerClusters]) {
        self.batches.programs().set_sound_clusters(groups);
    }

    /// What the next strides are worth.
    pub(super) fn set_quality(&mut self, quality: Quality) {
        self.economy.set_quality(quality);
        self.may_survey = quality.allows_surveys();
    }

    /// What they are worth.
    pub(super) fn quality(&self) -> Quality {
        self.economy.quality()
    }

    /// A new run begins: nothing was heard before it.
    pub(super) fn reset(&mut self) {
        self.economy.forget();
    }

    /// What bends beside the slots has changed.
    pub(super) fn forget(&mut self) {
        self.loops.forget();
        self.economy.pause();
    }

    /// The loops that are held are decoded anew.
    #[cfg(test)]
    pub(super) fn forget_loops(&mut self) {
        self.loops.forget();
    }

    /// Surveys reach over the whole window.
    #[cfg(test)]
    pub(super) fn survey_whole(&mut self) {
        self.surveyed = 0;
    }

    /// The network is not asked about the stride.
    pub(super) fn pause(&mut self) {
        self.looks = false;
        self.economy.pause();
    }

    /// Gives back the memory that only strides need.
    pub(super) fn release(&mut self) {
        self.economy.release();
        self.batches.release();
        self.loops.forget();
    }

    /// Encodes the window, and prepares to decode it at every knot, as far as the stride is worth it.
    ///
    /// # Errors
    /// What inference reports.
    pub(super) fn ask(
        &mut self,
        question: Question<'_>,
        bender: &mut Bender,
    ) -> Result<(), ModelError> {
        let Question {
            newest,
            window,
            frames,
            heard,
            sources,
            levels,
            fixed,
        } = question;
        let states = frames.states();
        self.loops.retain(states);
        self.places
            .assign(states, |state| sources.held(&state.latent).is_some());
        let moments = std::iter::once(None).chain(states.iter().map(Some));
        let measured = moments
            .zip(self.places.all())
            .map(|(moment, place)| match place {
                Some(_) => Measured::Live(moment),
                None => Measured::Loop,
            });
        levels.set_always_bent(!fixed.is_empty());
        let surveys = levels.track(newest, measured, self.may_survey);
        let first_frame = if surveys { self.surveyed } else { self.tail };
        let items = self.plan(states, heard == Heard::Model && frames.hear_clean());
        // Even where nothing is decoded the window is encoded, or the next one would have to be encoded whole.
        let states = match items {
            Items::None | Items::Clean => &[],
            Items::All | Items::Bent => states,
        };
        self.looks = false;
        let latent_states: Vec<_> = states.iter().map(|m| m.latent).collect();
        let (units, encodings) = window.newest();
        let latents = &mut self.latents;
        sources.latents(units, newest, &latent_states, encodings, bender, latents)?;
        let size = bender.manifest().latent_size;
        self.prepare(items, states, size, first_frame, fixed);
        if self.is_watched {
            self.watch(items, frames);
        }
        Ok(())
    }

    /// Has pictures taken of what is heard of the newest frame, if it is decoded.
    fn watch(&mut self, items: Items, frames: &StrideFrames) {
        let (item, ..) = frames.items_at(frames.newest());
        let place = match (items, self.places.of(item)) {
            (Items::All, Some(place)) => Some(place),
            (Items::Bent, Some(place)) => place.checked_sub(1),
            (Items::Clean, _) => Some(0),
            (Items::None, _) | (_, None) => None,
        };
        if let Some(place) = place {
            self.batches.watch(place, self.watch);
        }
    }

    /// Says which items are decoded first, be it before or after the stride is sent.
    fn plan(&mut self, states: &[Moment], clean_is_heard: bool) -> Items {
        let mut bent = states.iter().zip(self.places.all().skip(1));
        let lacks_loops = bent.any(|(state, place)| place.is_none() && self.loops.lacks(state));
        let bent_items = self.places.live() - 1;
        let work = self.economy.plan(bent_items, lacks_loops, clean_is_heard);
        match work.now {
            Items::None => work.later,
            now => now,
        }
    }

    /// Prepares to decode those `items`, the bent of which have `states`, from the latents, which are of `size` numbers each.
    fn prepare(
        &mut self,
        items: Items,
        states: &[Moment],
        size: usize,
        first_frame: usize,
        fixed: &FixedBends,
    ) {
        let mut latents = self.latents.chunks_exact(size);
        let clean = Item {
            state: None,
            latent: latents.next().unwrap_or(&[]),
        };
        let with_clean = matches!(items, Items::All | Items::Clean);
        let mut live = Vec::from_iter(with_clean.then_some(clean));
        let mut loops = Vec::new();
        let bent = states.iter().zip(self.places.all().skip(1));
        for ((state, place), latent) in bent.zip(latents) {
            let item = Item {
                state: Some(state),
                latent,
            };
            if place.is_some() {
                live.push(item);
            } else if self.loops.lacks(state) {
                loops.push(item);
            }
        }
        self.batches.prepare(&live, fixed, first_frame);
        self.loops.prepare(&loops, fixed, &self.batches);
    }

    /// What is to be decoded before the stride is made to sound.
    pub(super) fn wanted(&mut self) -> impl Iterator<Item = &mut Batches> {
        let wanted = self.looks || self.economy.work().now != Items::None;
        let live = wanted.then_some(&mut self.batches);
        live.into_iter().chain(self.loops.wanted())
    }

    /// Whether anything is to be decoded after the stride was sent.
    pub(super) fn wants_later(&self) -> bool {
        self.economy.work().later != Items::None
    }

    /// What is to be decoded then.
    pub(super) fn wanted_later(&mut self) -> Option<&mut Batches> {
        self.wants_later().then_some(&mut self.batches)
    }

    /// Takes what was decoded, writes what was not, and measures both.
    pub(super) fn answer(
        &mut self,
        newest: i64,
        window: &Window,
        frames: &StrideFrames,
        sources: &Sources,
        levels: &mut Levels,
    ) {
        self.loops.take();
        let rows = StrideRows::new(window, frames, &self.places, self.tail);
        self.economy.complete(&rows, &self.batches);
        self.loops.measure(levels, |state| {
            let hold = sources.held(&state.latent)?;
            Some(LevelledWindow {
                units: hold.window(),
                level_db: hold.level_db,
            })
        });
        let decoded = |item: usize| self.live(item);
        levels.measure(newest, window.encoded(), decoded, |item| {
            let state = frames.state(item);
            state
                .map(|state| self.loops.level(state))
                .unwrap_or_default()
        });
    }

    /// Prepares what is decoded after the stride was sent, where that is not what was prepared at first. Nothing of it is read any more.
    pub(super) fn prepare_later(&mut self) {
        let work = self.economy.work();
        if (work.now, work.later) == (Items::Bent, Items::Clean) {
            let size = self.latents.len() / self.places.items().max(1);
            let clean = Item {
                state: None,
                latent: self.latents.get(..size).unwrap_or(&[]),
            };
            // No bend touches the clean item.
            let unbent = FixedBends::default();
            self.batches.prepare(&[clean], &unbent, self.tail);
        }
    }

    /// Takes what was decoded after the stride was sent.
    pub(super) fn answer_later(&mut self, window: &Window, frames: &StrideFrames) {
        if self.wants_later() {
            let rows = StrideRows::new(window, frames, &self.places, self.tail);
            self.economy.complete_later(&rows, &self.batches);
        }
    }

    /// What item `item`, which is no held loop, was decoded to, or what stands for it.
    pub(super) fn live(&self, item: usize) -> DecodedItem<'_> {
        let place = self.places.of(item).unwrap_or(0);
        self.economy.decoded(&self.batches, place)
    }

    /// What the held loop of `state` was decoded to.
    pub(super) fn held(&self, state: &Moment) -> DecodedItem<'_> {
        self.loops.decoded(state)
    }
}
