//! The playing half of a plugin, on loan to another thread.

use clack_host::events::io::{EventBuffer, InputEvents};

use super::params::change;
use super::plugin::Active;
use super::{HostError, Plugin, Sidechain};
use crate::notes::Note;
use crate::sounding::{Change, Sounding};

/// What plays, until it is [given back](Plugin::take_back).
pub struct Half {
    active: Active,
    output_events: EventBuffer,
}

impl Plugin {
    /// Lends the playing half of a plugin that is active. Until it is back, the plugin neither plays nor restarts.
    pub fn lend(&mut self) -> Option<Half> {
        let active = self.active.take()?;
        let output_events = EventBuffer::with_capacity(256);
        Some(Half {
            active,
            output_events,
        })
    }

    /// Takes the half back.
    pub fn take_back(&mut self, half: Half) {
        self.active = Some(half.active);
    }
}

impl Sounding for Half {
    fn play_notes(
        &mut self,
        [left, right]: [&mut [f32]; 2],
        [left_out, right_out]: [&mut [f32]; 2],
        changes: &[Change],
        notes: &[Note],
    ) -> Result<(), HostError> {
        let event = |one: &Change| change(one.param, one.value, one.offset);
        let events = changes.iter().map(event).collect::<Result<Vec<_>, _>>()?;
        self.active.process(
            &mut self.output_events,
            &[left, right],
            Sidechain::Unconnected,
            &mut [left_out, right_out],
            &InputEvents::from_buffer(&super::plugin::events(&events, notes)),
        )
    }
}
