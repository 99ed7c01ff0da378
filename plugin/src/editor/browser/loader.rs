//! Presets and moments put on an instance that plays, so that the host hears of every change and the engine plays it. GUI thread.
//!
//! Each parameter that moves is a gesture of its own. nice-plug (0.4.2) can set a whole state as well, but has the audio thread do that, where
//! it allocates, and waits for that thread for ever where the host has stopped calling it.

use std::sync::Arc;

use netbend_models::Preset;
use netbend_models::bends::Selection;
use nice_plug::prelude::ParamSetter;

use crate::error::Error;
use crate::params::NetbendParams;
use crate::params::snapshot::Snapshot;
use crate::report::status::{EngineState, Status};

type Tell = Arc<dyn Fn() + Send + Sync>;

/// Puts settings on an instance.
pub struct Loader {
    /// Tells the engine what the parameters name beside their values.
    tell: Tell,
    /// A preset that names parts of a model that was not there yet, and what was put in its place.
    waiting: Option<(Preset, Snapshot)>,
    /// What was set before the last time something was put, and what it was; until somebody takes it.
    texts: Option<Box<(Snapshot, Snapshot)>>,
}

impl Loader {
    /// `tell` tells the engine of other texts: model, fixed bends, sound clusters.
    pub fn new(tell: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            tell: Arc::new(tell),
            waiting: None,
            texts: None,
        }
    }

    /// Loads a preset: see [`Snapshot::with_preset`].
    ///
    /// # Errors
    /// Where it asks for what the parameters cannot hold; nothing is changed then.
    pub(super) fn load(
        &mut self,
        preset: &Preset,
        params: &NetbendParams,
        setter: &ParamSetter<'_>,
    ) -> Result<(), Error> {
        let snapshot = Snapshot::with_preset(preset, params)?;
        let is_same_model = preset
            .model
            .as_ref()
            .is_none_or(|model| *model == params.model_name());
        let is_known = is_same_model && params.part_names.count() > 0;
        self.put(&snapshot, params, setter);
        if names_parts(preset) && !is_known {
            self.waiting = Some((preset.clone(), snapshot));
        }
        Ok(())
    }

    /// Puts everything back as it was at another moment.
    pub(super) fn put(
        &mut self,
        snapshot: &Snapshot,
        params: &NetbendParams,
        setter: &ParamSetter<'_>,
    ) {
        self.waiting = None;
        let before = Snapshot::of(params);
        if before != *snapshot {
            self.texts = Some(Box::new((before, snapshot.clone())));
        }
        let host = setter.raw_context;
        for (param, position) in snapshot.moves(params) {
            // SAFETY: the pointers come from `params`, which are those that the host knows.
            unsafe {
                host.raw_begin_set_parameter(param);
                host.raw_set_parameter_normalized(param, position);
                host.raw_end_set_parameter(param);
            }
        }
        self.put_texts(snapshot, params);
    }

    /// Puts back what is set beside the parameters' values.
    pub(super) fn put_texts(&self, snapshot: &Snapshot, params: &NetbendParams) {
        snapshot.put_texts(params);
        (self.tell)();
    }

    /// What was set before something was put, and what was put.
    pub(super) fn take_texts(&mut self) -> Option<Box<(Snapshot, Snapshot)>> {
        self.texts.take()
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
            self.put(&snapshot, params, setter);
        }
    }
}

/// Whether a preset needs to know what the parts of its model are called.
fn names_parts(preset: &Preset) -> bool {
    let is_part = |selection: &Selection| matches!(selection, Selection::Part(_));
    !preset.parts.is_empty() || preset.bends.iter().any(|bend| is_part(&bend.selection))
}
