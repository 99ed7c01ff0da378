//! One instance of a plugin and its life cycle.

use std::ffi::CStr;

use clack_extensions::latency::PluginLatency;
use clack_extensions::render::{PluginRender, RenderMode};
use clack_extensions::tail::{PluginTail, TailLength};
use clack_host::events::Pckn;
use clack_host::events::event_types::{NoteOffEvent, NoteOnEvent, ParamValueEvent};
use clack_host::events::io::{EventBuffer, InputEvents, OutputEvents};
use clack_host::prelude::*;

use super::HostError;
use super::handlers::{Handlers, Heard, MainThread, Requests};
use crate::guard::inside;
use crate::notes::Note;

/// Restarts that a plugin may ask for in a row.
const MAX_RESTARTS: usize = 4;

/// What a host puts on the plugin's second input.
#[derive(Clone, Copy, Debug)]
pub enum Sidechain<'a> {
    /// No buffer at all: the host knows of one input only.
    Missing,
    /// A port without channels.
    Unconnected,
    /// Sound, `[channel][sample]`.
    Connected(&'a [&'a [f32]]),
}

/// An instance of a plugin.
pub struct Plugin {
    pub(super) instance: PluginInstance<Handlers>,
    pub(super) active: Option<Active>,
    sample_rate: f64,
    max_block: u32,
    pub(super) output_events: EventBuffer,
}

/// The main input and the sidechain.
const INPUT_PORTS: usize = 2;

/// What exists from activation to deactivation.
pub(super) struct Active {
    pub(super) processor: StartedPluginAudioProcessor<Handlers>,
    inputs: AudioPorts,
    outputs: AudioPorts,
    /// The plugin may write to its inputs' channel pointers, so it gets a copy, `[port][channel][sample]`.
    scratch: [Vec<Vec<f32>>; INPUT_PORTS],
}

impl Plugin {
    pub(super) fn new(entry: &PluginEntry, id: &CStr) -> Result<Self, String> {
        let host = HostInfo::new("Netbend tests", "Netbend", "", env!("CARGO_PKG_VERSION"))
            .map_err(|error| error.to_string())?;
        let instance = PluginInstance::new(
            |_| Requests::default(),
            |us| MainThread(us),
            entry,
            id,
            &host,
        )
        .map_err(|error| error.to_string())?;
        let mut plugin = Self {
            instance,
            active: None,
            sample_rate: 0.0,
            max_block: 0,
            output_events: EventBuffer::with_capacity(256),
        };
        plugin.pump().map_err(|error| error.to_string())?;
        Ok(plugin)
    }

    /// Tells the plugin whether it may take its time (a bounce) or must keep up.
    ///
    /// # Errors
    /// If it knows no such thing or refuses.
    pub fn set_offline(&mut self, offline: bool) -> Result<(), HostError> {
        let render: PluginRender = self.extension("render")?;
        let mode = if offline {
            RenderMode::Offline
        } else {
            RenderMode::Realtime
        };
        render
            .set(&self.instance.plugin_handle(), mode)
            .map_err(|error| HostError::Refused {
                action: "change its render mode",
                reason: error.to_string(),
            })?;
        self.pump()
    }

    /// Activates and starts the plugin for blocks of up to `max_block` samples, and restarts it if
    /// it asks for that at once, as it may when its latency has changed.
    ///
    /// # Errors
    /// [`HostError::Refused`] with the plugin's reason.
    pub fn activate(&mut self, sample_rate: f64, max_block: u32) -> Result<(), HostError> {
        self.deactivate();
        (self.sample_rate, self.max_block) = (sample_rate, max_block);
        self.start()?;
        self.pump()
    }

    fn start(&mut self) -> Result<(), HostError> {
        let (sample_rate, max_block) = (self.sample_rate, self.max_block);
        let refused = |action| move |reason: String| HostError::Refused { action, reason };
        let configuration = PluginAudioConfiguration {
            sample_rate,
            min_frames_count: 1,
            max_frames_count: max_block,
        };
        let processor = self
            .instance
            .activate(|_, _| (), configuration)
            .map_err(|error| refused("be activated")(error.to_string()))?
            .start_processing()
            .map_err(|error| refused("start")(error.to_string()))?;
        let channels = self.channels()? as usize;
        self.active = Some(Active {
            processor,
            // Room for both ports whatever is given: nice-plug 0.4.2 looks one port further than the host says.
            inputs: AudioPorts::with_capacity(INPUT_PORTS * channels, INPUT_PORTS),
            outputs: AudioPorts::with_capacity(channels, 1),
            scratch: std::array::from_fn(|_| vec![vec![0.0; max_block as usize]; channels]),
        });
        Ok(())
    }

    /// Stops and deactivates the plugin, if it is active.
    pub fn deactivate(&mut self) {
        if let Some(active) = self.active.take() {
            self.instance.deactivate(active.processor.stop_processing());
        }
    }

    /// Whether the plugin is ready to process.
    pub fn is_active(&self) -> bool {
        self.active.is_some()
    }

    /// Lets the plugin forget what it has heard, as a host does when it jumps in time.
    pub fn reset(&mut self) {
        if let Some(active) = &mut self.active {
            active.processor.reset();
        }
    }

    /// The latency it reports, in samples.
    ///
    /// # Errors
    /// If it reports none.
    pub fn latency(&mut self) -> Result<usize, HostError> {
        let latency: PluginLatency = self.extension("latency")?;
        Ok(latency.get(&self.instance.plugin_handle()) as usize)
    }

    /// How long it sounds on after its input has ended, in samples; `None` for ever. It is not to be asked while inactive.
    ///
    /// # Errors
    /// If it does not say.
    pub fn tail(&mut self) -> Result<Option<u32>, HostError> {
        let tail: PluginTail = self.extension("tail")?;
        let Some(active) = &mut self.active else {
            return Err(HostError::NoExtension("tail"));
        };
        Ok(match tail.get(&active.processor.plugin_handle()) {
            TailLength::Finite(samples) => Some(samples),
            TailLength::Infinite => None,
        })
    }

    /// Processes one block, `[channel][sample]`, with parameter changes at sample offsets inside
    /// it in ascending order. The sidechain is not connected. Does not serve the plugin's requests: see [`Plugin::pump`].
    ///
    /// # Errors
    /// [`HostError::Refused`] if the plugin is not active or fails.
    ///
    /// # Panics
    /// If the block is longer than announced, or has other channels than the plugin's layout.
    pub fn process(
        &mut self,
        input: &[&[f32]],
        output: &mut [&mut [f32]],
        changes: &[ParamValueEvent],
    ) -> Result<(), HostError> {
        self.process_beside(input, Sidechain::Unconnected, output, changes)
    }

    /// As [`Plugin::process`], with a sidechain.
    ///
    /// # Errors
    /// [`HostError::Refused`] if the plugin is not active or fails.
    ///
    /// # Panics
    /// As [`Plugin::process`], and if the sidechain's channels have other lengths than the input's.
    pub fn process_beside(
        &mut self,
        input: &[&[f32]],
        sidechain: Sidechain<'_>,
        output: &mut [&mut [f32]],
        changes: &[ParamValueEvent],
    ) -> Result<(), HostError> {
        self.process_playing(input, sidechain, output, changes, &[])
    }

    /// As [`Plugin::process_beside`], with notes, in order, whose samples count from the block's start.
    ///
    /// # Errors
    /// [`HostError::Refused`] if the plugin is not active or fails.
    ///
    /// # Panics
    /// As [`Plugin::process_beside`].
    pub fn process_playing(
        &mut self,
        input: &[&[f32]],
        sidechain: Sidechain<'_>,
        output: &mut [&mut [f32]],
        changes: &[ParamValueEvent],
        notes: &[Note],
    ) -> Result<(), HostError> {
        let events = events(changes, notes);
        match &mut self.active {
            Some(active) => {
                let events = InputEvents::from_buffer(&events);
                active.process(&mut self.output_events, input, sidechain, output, &events)
            }
            None => Err(HostError::Refused {
                action: "process",
                reason: String::from("it is not active"),
            }),
        }
    }

    /// Does what the plugin asked for: calls it on the main thread, restarts it.
    ///
    /// # Errors
    /// If it asked for a restart and then refuses it, or asks for one restart after the other.
    pub fn pump(&mut self) -> Result<(), HostError> {
        for _ in 0..MAX_RESTARTS {
            while self.instance.access_shared_handler(Requests::take_callback) {
                self.instance.call_on_main_thread_callback();
            }
            let restart = self.instance.access_shared_handler(Requests::take_restart);
            if !(restart && self.is_active()) {
                return Ok(());
            }
            self.deactivate();
            self.start()?;
        }
        Err(HostError::Refused {
            action: "settle",
            reason: format!("it asked for {MAX_RESTARTS} restarts in a row"),
        })
    }

    /// What the plugin has told of presets and of what they changed.
    pub fn heard(&mut self) -> Heard {
        self.instance.access_shared_handler(Requests::heard)
    }

    /// Sends parameter changes outside of processing.
    pub(super) fn flush(&mut self, changes: &[ParamValueEvent]) -> Result<(), HostError> {
        use clack_extensions::params::PluginParams;
        let params: PluginParams = self.extension("params")?;
        self.output_events.clear();
        let input = InputEvents::from_buffer(&changes);
        let mut output = OutputEvents::from_buffer(&mut self.output_events);
        if let Some(active) = &mut self.active {
            params.flush_active(&mut active.processor.plugin_handle(), &input, &mut output);
        } else if let Some(mut handle) = self.instance.inactive_plugin_handle() {
            params.flush(&mut handle, &input, &mut output);
        }
        self.pump()
    }

    pub(super) fn extension<E>(&self, name: &'static str) -> Result<E, HostError>
    where
        E: clack_host::extensions::Extension<
                ExtensionSide = clack_host::extensions::PluginExtensionSide,
            >,
    {
        let handle = self.instance.plugin_shared_handle();
        handle.get_extension().ok_or(HostError::NoExtension(name))
    }
}

impl Drop for Plugin {
    fn drop(&mut self) {
        self.deactivate();
    }
}

impl Active {
    /// Processes one block: see [`Plugin::process_beside`].
    pub(super) fn process(
        &mut self,
        output_events: &mut EventBuffer,
        input: &[&[f32]],
        sidechain: Sidechain<'_>,
        output: &mut [&mut [f32]],
        in_events: &InputEvents<'_>,
    ) -> Result<(), HostError> {
        let Self {
            processor,
            inputs,
            outputs,
            scratch,
        } = self;
        assert_eq!(
            (input.len(), output.len()),
            (scratch[0].len(), scratch[0].len()),
            "channels"
        );
        let (ports, beside): (usize, &[&[f32]]) = match sidechain {
            Sidechain::Missing => (1, &[]),
            Sidechain::Unconnected => (2, &[]),
            Sidechain::Connected(channels) => (2, channels),
        };
        let samples = input.first().map_or(0, |channel| channel.len());
        let given = [input, beside];
        for (copies, channels) in scratch.iter_mut().zip(given) {
            for (copy, channel) in copies.iter_mut().zip(channels) {
                copy[..samples].copy_from_slice(channel);
            }
        }
        let buffers = scratch.iter_mut().zip(given).take(ports);
        let inputs = inputs.with_input_buffers(buffers.map(|(copies, channels)| {
            let copies = copies.iter_mut().take(channels.len());
            AudioPortBuffer {
                latency: 0,
                channels: AudioPortBufferType::f32_input_only(
                    copies.map(move |copy| InputChannel::variable(&mut copy[..samples])),
                ),
            }
        }));
        let mut outputs = outputs.with_output_buffers([AudioPortBuffer {
            latency: 0,
            channels: AudioPortBufferType::f32_output_only(
                output.iter_mut().map(|channel| &mut **channel),
            ),
        }]);
        output_events.clear();
        let mut out_events = OutputEvents::from_buffer(output_events);
        let (outputs, out_events) = (&mut outputs, &mut out_events);
        inside(|| processor.process(&inputs, outputs, in_events, out_events, None, None))
            .map(|_| ())
            .map_err(|error| HostError::Refused {
                action: "process",
                reason: error.to_string(),
            })
    }
}

/// Changes and notes of a block in order of time; of the same time the changes come first.
pub(super) fn events(changes: &[ParamValueEvent], notes: &[Note]) -> EventBuffer {
    use clack_host::events::Event as _;
    let mut events = EventBuffer::with_capacity(changes.len() + notes.len());
    let mut changes = changes.iter().peekable();
    for note in notes {
        let time = note.sample as u32;
        while let Some(change) = changes.next_if(|change| change.header().time() <= time) {
            events.push(change);
        }
        let which = Pckn::new(
            0_u16,
            0_u16,
            u16::from(note.key),
            clack_host::events::Match::All,
        );
        match note.begins() {
            true => events.push(&NoteOnEvent::new(time, which, note.velocity)),
            false => events.push(&NoteOffEvent::new(time, which, 0.0)),
        }
    }
    changes.for_each(|change| events.push(change));
    events
}
