//! A weight slot, and what it is shown with.

use nice_plug::prelude::ParamSetter;

use crate::editor::theme::Tone;
use crate::params::weights::WeightParams;
use crate::report::layout::{ModelLayout, WeightLayout};

/// What every column of the panel needs.
pub struct WeightSlot<'a> {
    /// 1-based.
    pub number: usize,
    /// Its parameters.
    pub params: &'a WeightParams,
    /// What the model is made of, where one is loaded.
    pub layout: Option<&'a ModelLayout>,
    /// How parameters are set.
    pub setter: &'a ParamSetter<'a>,
}

impl WeightSlot<'_> {
    /// The tone of all that belongs to the slot.
    pub(super) fn tone(&self) -> Tone {
        if self.params.on.value() {
            Tone::Active
        } else {
            Tone::Idle
        }
    }

    /// The tensor chosen, where the model lists it.
    pub(super) fn tensor(&self) -> Option<&WeightLayout> {
        let place = usize::try_from(self.params.layer.value()).ok()?;
        self.layout?.weights.get(place.checked_sub(1)?)
    }
}
