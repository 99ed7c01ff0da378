//! Presets and moments put on an instance that plays, so that the host hears of every change and the engine plays it. GUI thread.
//!
//! Each parameter that moves is a gesture of its own. nice-plug (0.4.2) can set a whole state as well, but has the audio thread do that, where
//! it allocates, and waits for that thread for ever where the host has stopped calling it.

use std::sync::Arc;

use netbend_models::Preset;
use nice_plug::prelude::ParamSetter;

use crate::editor::gesture;
use crate::editor::put::Put;
use crate::engine::preset::settle;
use crate::error::Error;
use crate::params::NetbendParams;
use crate::params::snapshot::Snapshot;
use crate::report::status::{EngineState, Status};
use crate::resources::Resources;

type Tell = Arc<dyn Fn() + Send + Sync>;

/// Puts settings on an instance.
pub struct Loader {
    /// Tells the engine what the parameters name beside their values.
    tell: Tell,
    /// Where models lie.
    resources: Resources,
    /// A preset that names parts of a model that was not there, and what was put in its place.
    waiting: Option<(Preset, Snapshot)>,
    /// What was put last; until somebody takes it.
    put: Option<Put>,
}

impl Loader {
    /// `tell` tells the engine of other texts: model, fixed bends, sound clusters.
    pub fn new(resources: Resources, tell: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            tell: Arc::new(tell),
            resources,
            waiting: None,
            put: None,
        }
    }

    /// Loads a preset: see [`settle`].
    ///
    /// # Errors
    /// Where it asks for what the parameters cannot hold; nothing is changed then.
    pub(super) fn load(
        &mut self,
        preset: &Preset,
        params: &NetbendParams,
        setter: &ParamSetter<'_>,
    ) -> Result<(), Error> {
        let settled = settle(preset, params, &self.resources)?;
        self.put(&settled.snapshot, &named(preset), params, setter);
        if !settled.is_whole {
            self.waiting = Some((preset.clone(), settled.snapshot));
        }
        Ok(())
    }

    /// Puts everything back as it was at another moment, which `words` call by its name.
    pub(super) fn put(
        &mut self,
        snapshot: &Snapshot,
        words: &str,
        params: &NetbendParams,
        setter: &ParamSetter<'_>,
    ) {
        self.take_down(snapshot, words, params);
        for (param, position) in snapshot.moves(params) {
            gesture::put(setter, param, position);
        }
        self.put_texts(snapshot, params);
    }

    /// Puts back what is set beside the parameters' values.
    pub(super) fn put_texts(&self, snapshot: &Snapshot, params: &NetbendParams) {
        snapshot.put_texts(params);
        (self.tell)();
    }

    /// As [`put_texts`](Self::put_texts), as something that was done now.
    pub(super) fn change_texts(
        &mut self,
        snapshot: &Snapshot,
        words: &str,
        params: &NetbendParams,
    ) {
        self.take_down(snapshot, words, params);
        self.put_texts(snapshot, params);
    }

    /// Takes down what was done since `before`.
    pub(super) fn was_changed(&mut self, before: Snapshot, words: &str, params: &NetbendParams) {
        self.waiting = None;
        let after = Snapshot::of(params);
        if before != after {
            self.put = Some(Put {
                words: words.to_owned(),
                texts: Arc::new((before, after)),
            });
        }
    }

    /// What was put since the last call.
    pub(super) fn take_put(&mut self) -> Option<Put> {
        self.put.take()
    }

    fn take_down(&mut self, snapshot: &Snapshot, words: &str, params: &NetbendParams) {
        self.waiting = None;
        let before = Snapshot::of(params);
        if before != *snapshot {
            self.put = Some(Put {
                words: words.to_owned(),
                texts: Arc::new((before, snapshot.clone())),
            });
        }
    }

    /// Where a preset waits for the names of its model's parts and they are there, loads it once more; unless something was changed since.
    pub(super) fn attend(
        &mut self,
        params: &NetbendParams,
        status: &Status,
        setter: &ParamSetter<'_>,
    ) {
        if self.waiting.is_none() || status.state() != EngineState::Ready {
            return;
        }
        let name = params.model_name();
        if status.loaded().is_none_or(|loaded| loaded.name != name) {
            return;
        }
        let Some((preset, put)) = self.waiting.take() else {
            return;
        };
        if !put.sounds_like(&Snapshot::of(params)) {
            return;
        }
        // It went well before.
        if let Ok(snapshot) = Snapshot::with_preset(&preset, params) {
            self.put(&snapshot, &named(&preset), params, setter);
        }
    }
}

/// What loading a preset is called.
fn named(preset: &Preset) -> String {
    format!("Preset {}", preset.metadata.name)
}
