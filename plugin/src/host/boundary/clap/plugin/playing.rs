//! A block of the host's, played in pieces whose buffers are all there and whose events are in order. Audio thread.

use std::ptr::{null, null_mut};

use clap_sys::audio_buffer::clap_audio_buffer;
use clap_sys::events::{CLAP_TRANSPORT_HAS_TEMPO, clap_event_transport};
use clap_sys::fixedpoint::{CLAP_BEATTIME_FACTOR, CLAP_SECTIME_FACTOR};
use clap_sys::plugin::clap_plugin;
use clap_sys::process::{CLAP_PROCESS_ERROR, clap_process, clap_process_status};
use netbend_dsp::number::{cut, low_bits, nearest_f64, signed};

use crate::host::boundary::buses::{Buses, CHANNELS, HostBlock, HostBus, silence};
use crate::host::boundary::clap::events::{Events, are_orderly};

const SECONDS_PER_MINUTE: f64 = 60.0;

/// What processing needs. Audio thread; made at activation.
pub(super) struct Playing {
    channels: usize,
    sample_rate: f64,
    buses: Buses,
    events: Events,
}

impl Playing {
    /// For that many channels at that rate, and pieces of `longest` samples at most.
    pub(super) fn new(channels: usize, sample_rate: f64, longest: usize) -> Self {
        Self {
            channels,
            sample_rate,
            buses: Buses::new(channels, longest),
            events: Events::new(),
        }
    }

    /// Plays one block through `plugin`, in pieces where it is longer than announced.
    ///
    /// # Safety
    /// `plugin` is nice-plug's plugin, and `host` the host's block.
    pub(super) unsafe fn play(
        &mut self,
        plugin: *const clap_plugin,
        host: &clap_process,
    ) -> clap_process_status {
        // SAFETY: the host's block.
        let block = unsafe { block(host) };
        // SAFETY: nice-plug's plugin.
        let Some(inner) = (unsafe { (*plugin).process }) else {
            return CLAP_PROCESS_ERROR;
        };
        // SAFETY: the host's list.
        let orderly = unsafe { are_orderly(host.in_events, host.frames_count) };
        let mut from = 0;
        loop {
            let count = (block.samples - from).min(self.buses.longest());
            let to = from + count;
            // SAFETY: the piece lies within the block, and is no longer than there is memory for.
            let mut channels = unsafe { self.buses.piece(&block, from, count) };
            let bus = |channels: &mut [*mut f32; CHANNELS]| clap_audio_buffer {
                data32: channels.as_mut_ptr(),
                data64: null_mut(),
                channel_count: low_bits::<u32>(self.channels),
                latency: 0,
                constant_mask: 0,
            };
            let inputs = [bus(&mut channels.input), bus(&mut channels.sidechain)];
            // nice-plug looks for the sidechain one port further than it is told there are.
            let mut outputs = [bus(&mut channels.output)];
            let is_whole = count == block.samples;
            let events;
            let in_events = if is_whole && orderly {
                host.in_events
            } else {
                // SAFETY: the host's list.
                events = unsafe {
                    self.events.of_piece(
                        host.in_events,
                        low_bits::<u32>(from),
                        low_bits::<u32>(to),
                        host.frames_count,
                    )
                };
                &raw const events
            };
            // SAFETY: the host's, or null.
            let transport =
                unsafe { host.transport.as_ref() }.map(|own| later(own, from, self.sample_rate));
            let piece = clap_process {
                steady_time: match host.steady_time {
                    unknown @ ..0 => unknown,
                    time => time.saturating_add(signed(from)),
                },
                frames_count: low_bits::<u32>(count),
                transport: transport.as_ref().map_or(null(), std::ptr::from_ref),
                audio_inputs: inputs.as_ptr(),
                audio_outputs: outputs.as_mut_ptr(),
                audio_inputs_count: low_bits::<u32>(inputs.len()),
                audio_outputs_count: low_bits::<u32>(outputs.len()),
                in_events,
                out_events: host.out_events,
            };
            // SAFETY: nice-plug's function with its plugin, and a block that is all there.
            let status = unsafe { inner(plugin, &raw const piece) };
            if status == CLAP_PROCESS_ERROR || to == block.samples {
                // SAFETY: the host's buses.
                unsafe { silence_others(host) };
                return status;
            }
            from = to;
        }
    }
}

/// The transport `samples` later.
fn later(host: &clap_event_transport, samples: usize, sample_rate: f64) -> clap_event_transport {
    let mut transport = *host;
    let seconds = nearest_f64(samples) / sample_rate;
    let along = |position: i64, distance: f64, factor: i64| {
        position.saturating_add(cut::<i64>((distance * nearest_f64(factor)).round()))
    };
    transport.song_pos_seconds = along(host.song_pos_seconds, seconds, CLAP_SECTIME_FACTOR);
    if host.flags & CLAP_TRANSPORT_HAS_TEMPO != 0 {
        let beats = seconds / SECONDS_PER_MINUTE * host.tempo;
        transport.song_pos_beats = along(host.song_pos_beats, beats, CLAP_BEATTIME_FACTOR);
    }
    transport
}

/// The host's buses: the main input, the sidechain, and the main output. Other samples than 32-bit ones are none.
///
/// # Safety
/// `host` is the host's block, which the result must not outlive.
unsafe fn block(host: &clap_process) -> HostBlock {
    // SAFETY: the host's arrays, as long as it says.
    let bus = |buses: *const clap_audio_buffer, count: u32, index: usize| unsafe {
        if buses.is_null() || index >= count as usize {
            return HostBus::MISSING;
        }
        let bus = &*buses.add(index);
        HostBus::new(bus.data32, bus.channel_count as usize)
    };
    HostBlock {
        input: bus(host.audio_inputs, host.audio_inputs_count, 0),
        sidechain: bus(host.audio_inputs, host.audio_inputs_count, 1),
        output: bus(host.audio_outputs, host.audio_outputs_count, 0),
        samples: host.frames_count as usize,
    }
}

/// Silences the output buses that the plugin does not have.
///
/// # Safety
/// `host` is the host's block.
unsafe fn silence_others(host: &clap_process) {
    if host.audio_outputs.is_null() {
        return;
    }
    for index in 1..host.audio_outputs_count as usize {
        // SAFETY: the host's array, as long as it says.
        unsafe {
            let bus = &*host.audio_outputs.add(index);
            let bus = HostBus::new(bus.data32, bus.channel_count as usize);
            silence(bus, host.frames_count as usize);
        }
    }
}
