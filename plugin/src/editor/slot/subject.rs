//! A slot, and what it is shown with.

use nice_plug::prelude::ParamSetter;

use crate::editor::theme::Tone;
use crate::editor::warning::Model;
use crate::params::slot::SlotParams;
use crate::params::sound_clusters::SoundClusterStore;

/// What every column of the panel needs.
pub struct Slot<'a> {
    /// 1-based.
    pub number: usize,
    /// Its parameters.
    pub params: &'a SlotParams,
    /// The model, where one is loaded.
    pub model: Option<Model<'a>>,
    /// The clusters learned from a sound.
    pub sound: &'a SoundClusterStore,
    /// How parameters are set.
    pub setter: &'a ParamSetter<'a>,
}

impl Slot<'_> {
    /// The tone of all that belongs to the slot.
    pub(super) fn tone(&self) -> Tone {
        if self.params.on.value() {
            Tone::Active
        } else {
            Tone::Idle
        }
    }

    /// The tone of what acts only where it is `used`.
    pub(super) fn used(&self, used: bool) -> Tone {
        if used { self.tone() } else { Tone::Unused }
    }
}
