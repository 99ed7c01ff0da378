//! A plugin of either format, as whoever calls it freely sees it.

use clack_host::events::event_types::ParamValueEvent;

use crate::bus::Bus;
use crate::host::{self, HostError};
use crate::hosted::Hosted;
use crate::notes::Note;
use crate::sounding::Change;
use crate::vst3;

/// What a host does for one call.
pub struct Call<'a> {
    /// How many samples.
    pub samples: usize,
    /// The buses in, which may be fewer or more than there are.
    pub inputs: Vec<Bus<'a>>,
    /// The bus out, if any.
    pub outputs: Vec<Bus<'a>>,
    /// In order of time.
    pub changes: &'a [Change],
    /// In order of time.
    pub notes: &'a [Note],
    /// Whether the plugin may wait.
    pub offline: bool,
}

/// A plugin whose `process` is called freely.
pub trait Callable: Hosted {
    /// Whether an instance that was set up for an offline render may wait whatever its blocks say, until it is set up anew.
    const SET_UP_HOLDS: bool;

    /// Sets the plugin up and activates it.
    ///
    /// # Errors
    /// If it refuses.
    fn begin(&mut self, rate: f64, longest: usize, offline: bool) -> Result<(), HostError>;

    /// One call.
    ///
    /// # Errors
    /// If the plugin fails.
    fn call(&mut self, call: Call<'_>) -> Result<(), HostError>;

    /// Says, outside of a block, whether it may wait, where the format has that.
    ///
    /// # Errors
    /// If the plugin refuses.
    fn say_offline(&mut self, offline: bool) -> Result<(), HostError>;

    /// The latency it reports, in samples.
    ///
    /// # Errors
    /// If it reports none.
    fn latency_samples(&mut self) -> Result<usize, HostError>;

    /// Serves what the plugin asks for.
    ///
    /// # Errors
    /// If that fails.
    fn settle(&mut self) -> Result<(), HostError>;
}

impl Callable for host::Plugin {
    const SET_UP_HOLDS: bool = false;

    fn begin(&mut self, rate: f64, longest: usize, offline: bool) -> Result<(), HostError> {
        self.deactivate();
        self.set_offline(offline)?;
        self.activate(rate, longest as u32)
    }

    fn call(&mut self, call: Call<'_>) -> Result<(), HostError> {
        let event = |one: &Change| host::change(one.param, one.value, one.offset);
        let events: Vec<ParamValueEvent> =
            call.changes.iter().map(event).collect::<Result<_, _>>()?;
        self.process_freely_playing(call.samples, call.inputs, call.outputs, &events, call.notes)
    }

    fn say_offline(&mut self, offline: bool) -> Result<(), HostError> {
        self.set_offline(offline)
    }

    fn latency_samples(&mut self) -> Result<usize, HostError> {
        self.latency()
    }

    fn settle(&mut self) -> Result<(), HostError> {
        self.pump()
    }
}

fn mode(offline: bool) -> vst3::Mode {
    if offline {
        vst3::Mode::Offline
    } else {
        vst3::Mode::Realtime
    }
}

impl Callable for vst3::Plugin {
    const SET_UP_HOLDS: bool = true;

    fn begin(&mut self, rate: f64, longest: usize, offline: bool) -> Result<(), HostError> {
        self.set_up(mode(offline), rate, longest)?;
        self.activate_bus(vst3::Direction::Input, 0, true);
        self.activate_bus(vst3::Direction::Input, 1, true);
        self.activate_bus(vst3::Direction::Output, 0, true);
        self.activate()
    }

    fn call(&mut self, call: Call<'_>) -> Result<(), HostError> {
        let mut changes = vst3::Changes::none();
        for change in call.changes {
            changes.push(change.offset as i32, change.param, change.value);
        }
        self.process(vst3::Block {
            samples: call.samples,
            mode: mode(call.offline),
            inputs: vst3::Buses::Of(call.inputs),
            outputs: vst3::Buses::Of(call.outputs),
            changes: Some(changes),
            notes: call.notes.to_vec(),
            context: true,
        })
    }

    fn say_offline(&mut self, _: bool) -> Result<(), HostError> {
        // A block says so itself.
        Ok(())
    }

    fn latency_samples(&mut self) -> Result<usize, HostError> {
        Ok(self.latency())
    }

    fn settle(&mut self) -> Result<(), HostError> {
        self.pump()
    }
}
