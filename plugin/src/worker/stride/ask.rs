//! What the network is asked about a stride, and what it answers.

use netbend_models::{Bender, ModelError};

use super::super::batches::{FixedBends, Item};
use super::super::levels::{LevelDb, LevelledWindow, Measured};
use super::StrideDecoder;

impl StrideDecoder {
    /// Encodes the window, and prepares to decode it at every knot.
    pub(super) fn ask(
        &mut self,
        fixed: &FixedBends,
        bender: &mut Bender,
    ) -> Result<(), ModelError> {
        if self.whole {
            self.stream.forget();
            self.held.forget();
            self.levels.forget();
        }
        let states = self.knots.states();
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
        let mut live = vec![Item {
            state: None,
            latent: latents.next().unwrap_or(&[]),
        }];
        let mut loops = Vec::new();
        self.places.clear();
        self.places.push(Some(0));
        self.held.retain(states);
        for (state, latent) in states.iter().zip(latents) {
            let item = Item {
                state: Some(state),
                latent,
            };
            if self.sources.held(&state.latent).is_none() {
                self.places.push(Some(live.len()));
                live.push(item);
            } else {
                self.places.push(None);
                if self.held.lacks(state) {
                    loops.push(item);
                }
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
        self.batches.prepare(&live, fixed, first_frame);
        self.held.prepare(&loops, fixed, &self.batches);
        Ok(())
    }

    /// Takes what was decoded, and measures it.
    pub(super) fn answer(&mut self) {
        self.held.take();
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
        let (batches, places) = (&self.batches, &self.places);
        let decoded = |item: usize| {
            let place = places.get(item).copied().flatten();
            batches.decoded(place.unwrap_or(0))
        };
        self.levels.measure(self.newest, live, decoded, |item| {
            let state = item.checked_sub(1).and_then(|place| states.get(place));
            state.map(|state| held.level(state)).unwrap_or_default()
        });
    }

    /// What is added at the current frame.
    pub(super) fn level(&self) -> LevelDb {
        self.levels.at(self.knots.at(self.moment), self.moment)
    }
}
