//! A block with whatever CLAP lets a host put there: null addresses, missing ports, more samples than announced.

use clack_host::events::event_types::ParamValueEvent;
use clack_host::events::io::{InputEvents, OutputEvents};
use clap_sys::audio_buffer::clap_audio_buffer;
use clap_sys::process::{CLAP_PROCESS_ERROR, clap_process};

use super::plugin::events;
use super::{HostError, Plugin};
use crate::bus::Bus;
use crate::guard::inside;
use crate::notes::Note;

impl Plugin {
    /// Processes one block of `samples` samples with these ports, be they more or fewer than the plugin has. Does
    /// not serve the plugin's requests: see [`Plugin::pump`].
    ///
    /// # Errors
    /// [`HostError::Refused`] if the plugin is not active or fails.
    ///
    /// # Panics
    /// If a channel has fewer samples than the block.
    pub fn process_freely(
        &mut self,
        samples: usize,
        inputs: Vec<Bus<'_>>,
        outputs: Vec<Bus<'_>>,
        changes: &[ParamValueEvent],
    ) -> Result<(), HostError> {
        self.process_freely_playing(samples, inputs, outputs, changes, &[])
    }

    /// As [`Plugin::process_freely`], with notes, in order, whose samples count from the block's start.
    ///
    /// # Errors
    /// As [`Plugin::process_freely`].
    ///
    /// # Panics
    /// As [`Plugin::process_freely`].
    pub fn process_freely_playing(
        &mut self,
        samples: usize,
        mut inputs: Vec<Bus<'_>>,
        mut outputs: Vec<Bus<'_>>,
        changes: &[ParamValueEvent],
        notes: &[Note],
    ) -> Result<(), HostError> {
        let refused = |reason: &str| HostError::Refused {
            action: "process",
            reason: reason.to_owned(),
        };
        let room = inputs.iter().chain(&outputs).map(Bus::samples).min();
        assert!(room.is_none_or(|room| samples <= room), "{samples} samples");
        let active = self.active.as_mut();
        let handle = active.ok_or_else(|| refused("it is not active"))?;
        let plugin = handle.processor.plugin_handle().as_raw_ptr();
        let (inputs, mut outputs) = (raw(&mut inputs), raw(&mut outputs));
        self.output_events.clear();
        let in_events = events(changes, notes);
        let in_events = InputEvents::from_buffer(&in_events);
        let mut out_events = OutputEvents::from_buffer(&mut self.output_events);
        let block = clap_process {
            steady_time: -1,
            frames_count: samples as u32,
            transport: std::ptr::null(),
            audio_inputs: inputs.as_ptr(),
            audio_outputs: outputs.as_mut_ptr(),
            audio_inputs_count: inputs.len() as u32,
            audio_outputs_count: outputs.len() as u32,
            in_events: in_events.as_raw(),
            out_events: out_events.as_raw(),
        };
        // SAFETY: the plugin has been started; all addresses are null or those of what lives in this function or
        // is borrowed by the ports, and no channel is shorter than the block.
        let status = unsafe {
            let process = (*plugin).process.ok_or_else(|| refused("it cannot"))?;
            inside(|| process(plugin, &block))
        };
        match status {
            CLAP_PROCESS_ERROR => Err(refused("an error")),
            _ => Ok(()),
        }
    }
}

fn raw(buses: &mut [Bus<'_>]) -> Vec<clap_audio_buffer> {
    let port = |bus: &mut Bus<'_>| clap_audio_buffer {
        data32: bus.array(),
        data64: std::ptr::null_mut(),
        channel_count: bus.channels() as u32,
        latency: 0,
        constant_mask: 0,
    };
    buses.iter_mut().map(port).collect()
}
