//! What the network is asked about a stride, and what it answers.

use netbend_models::{Bender, ModelError};

use super::super::batches::{FixedBends, Item};
use super::super::levels::{LevelDb, LevelledWindow, Measured};
use super::StrideDecoder;
use super::economy::{Items, StrideRows};

/// The stride's rows, while other parts of the decoder change.
macro_rules! rows {
    ($decoder:ident) => {
        StrideRows {
            input: $decoder.history.last_window(),
            tail: $decoder.tail,
            frames: $decoder.last_seen_frame + 1 - $decoder.frames..$decoder.last_seen_frame + 1,
            states: $decoder.knots.states(),
            places: &$decoder.places,
            last_item: $decoder.knots.at($decoder.frames).0,
        }
    };
}

impl StrideDecoder {
    /// Encodes the window, and prepares to decode it at every knot, as far as the stride is worth it. `voiced`: the model is heard.
    pub(super) fn ask(
        &mut self,
        voiced: bool,
        fixed: &FixedBends,
        bender: &mut Bender,
    ) -> Result<(), ModelError> {
        if self.whole {
            self.stream.forget();
            self.held.forget();
            self.levels.forget();
        }
        let states = self.knots.states();
        self.held.retain(states);
        self.places.clear();
        self.places.push(Some(0));
        let (mut live_items, mut lacks_loops) = (1, false);
        for state in states {
            if self.sources.held(&state.latent).is_none() {
                self.places.push(Some(live_items));
                live_items += 1;
            } else {
                self.places.push(None);
                lacks_loops |= self.held.lacks(state);
            }
        }
        let moments = std::iter::once(None).chain(states.iter().map(Some));
        let measured = moments
            .zip(&self.places)
            .map(|(moment, place)| match place {
                Some(_) => Measured::Live(moment),
                None => Measured::Loop,
            });
        let surveys = self.levels.track(self.newest, measured, self.may_survey);
        let first_frame = if surveys { 0 } else { self.tail };
        let clean_is_heard = voiced && self.knots.have_clean();
        let work = self
            .economy
            .plan(live_items - 1, lacks_loops, clean_is_heard);
        let items = match work.now {
            Items::None => work.later,
            now => now,
        };
        // Even where nothing is decoded the window is encoded, or the next one would have to be encoded whole.
        let states = match items {
            Items::None | Items::Clean => &[],
            Items::All | Items::Bent => states,
        };
        let latent_states: Vec<_> = states.iter().map(|m| m.latent).collect();
        let window = self.history.window(self.level_db);
        self.sources.latents(
            window,
            self.newest,
            &latent_states,
            &mut self.stream,
            bender,
            &mut self.latents,
        )?;
        let mut latents = self.latents.chunks_exact(bender.manifest().latent_size);
        let clean = Item {
            state: None,
            latent: latents.next().unwrap_or(&[]),
        };
        let with_clean = matches!(items, Items::All | Items::Clean);
        let mut live = Vec::from_iter(with_clean.then_some(clean));
        let mut loops = Vec::new();
        let bent = states.iter().zip(self.places.iter().skip(1));
        for ((state, place), latent) in bent.zip(latents) {
            let item = Item {
                state: Some(state),
                latent,
            };
            if place.is_some() {
                live.push(item);
            } else if self.held.lacks(state) {
                loops.push(item);
            }
        }
        self.batches.prepare(&live, fixed, first_frame);
        self.held.prepare(&loops, fixed, &self.batches);
        Ok(())
    }

    /// Takes what was decoded, writes what was not, and measures both.
    pub(super) fn answer(&mut self) {
        self.held.take();
        self.economy.complete(&rows!(self), &self.batches);
        let sources = &self.sources;
        self.held.measure(&self.levels, |state| {
            let hold = sources.held(&state.latent)?;
            Some(LevelledWindow {
                units: hold.window(),
                level_db: hold.level_db,
            })
        });
        let live = LevelledWindow {
            units: self.history.last_window(),
            level_db: self.level_db,
        };
        let (states, held) = (self.knots.states(), &self.held);
        let (economy, batches, places) = (&self.economy, &self.batches, &self.places);
        let decoded = |item: usize| {
            let place = places.get(item).copied().flatten();
            economy.decoded(batches, place.unwrap_or(0))
        };
        self.levels.measure(self.newest, live, decoded, |item| {
            let state = item.checked_sub(1).and_then(|place| states.get(place));
            state.map(|state| held.level(state)).unwrap_or_default()
        });
    }

    /// Prepares what is decoded after the stride was sent, where that is not what was prepared at first. Nothing of it is read any more.
    pub(super) fn prepare_later(&mut self) {
        let work = self.economy.work();
        if self.asked && (work.now, work.later) == (Items::Bent, Items::Clean) {
            let items = self.places.len();
            let size = self.latents.len() / items.max(1);
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
    pub(in crate::worker) fn complete_later(&mut self) {
        if self.wanted_later().is_some() {
            self.economy.complete_later(&rows!(self), &self.batches);
        }
    }

    /// What is added at the current frame.
    pub(super) fn level(&self) -> LevelDb {
        self.levels.at(self.knots.at(self.moment), self.moment)
    }
}
