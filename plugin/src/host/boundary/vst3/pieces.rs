//! A block played in pieces that the plugin takes. Audio thread, but for [`Playing::new`].

use std::ptr::null_mut;
use std::sync::Arc;

use netbend_dsp::number::{low_bits, nearest_f64, signed};
use vst3::ComWrapper;
use vst3::Steinberg::Vst::ProcessContext_::StatesAndFlags_::kTempoValid;
use vst3::Steinberg::Vst::{
    AudioBusBuffers, AudioBusBuffers__type0, IAudioProcessorTrait, IEventList, IParameterChanges,
    ProcessContext, ProcessData,
};
use vst3::Steinberg::{int32, kResultOk, tresult};

use super::changes::Changes;
use super::notes::Notes;
use super::quiet::Quiet;
use super::read_back::ReadBack;
use crate::host::boundary::buses::{Buses, CHANNELS, HostBlock, HostBus, silence};

const SECONDS_PER_MINUTE: f64 = 60.0;

/// What processing needs.
pub(super) struct Playing {
    channels: usize,
    buses: Buses,
    changes: ComWrapper<Changes>,
    notes: ComWrapper<Notes>,
}

impl Playing {
    /// For a plugin of `channels` channels and pieces of up to `longest` samples. Allocates.
    pub(super) fn new(
        channels: usize,
        longest: usize,
        read_back: Arc<ReadBack>,
        quiet: Arc<Quiet>,
    ) -> Self {
        Self {
            channels,
            buses: Buses::new(channels, longest),
            changes: Changes::new(read_back, quiet),
            notes: Notes::new(),
        }
    }

    /// Plays the host's block through `plugin`. A block of no samples brings parameters only.
    ///
    /// # Safety
    /// `host` is the host's block, of 32-bit samples and no negative length.
    ///
    /// # Real-time safety
    /// Never allocates, locks, waits or panics, as far as the plugin does not.
    pub(super) unsafe fn play(
        &mut self,
        plugin: &impl IAudioProcessorTrait,
        host: &ProcessData,
        hears_sidechain: bool,
    ) -> tresult {
        // SAFETY: the caller's promise.
        let block = unsafe { block(host, hears_sidechain) };
        let Some(changes) = self.changes.as_com_ref::<IParameterChanges>() else {
            return kResultOk;
        };
        let Some(notes) = self.notes.as_com_ref::<IEventList>() else {
            return kResultOk;
        };
        let (changes, notes) = (changes.as_ptr(), notes.as_ptr());
        let mut from = 0;
        loop {
            let count = (block.samples - from).min(self.buses.longest());
            let to = from + count;
            // SAFETY: the host's changes; the piece lies within the block, and is no longer than there is memory for.
            let mut channels = unsafe {
                let (from, to) = (low_bits::<int32>(from), low_bits::<int32>(to));
                self.changes
                    .show(host.inputParameterChanges, from, to, host.numSamples);
                self.notes.show(host.inputEvents, from, to, host.numSamples);
                self.buses.piece(&block, low_bits::<usize>(from), count)
            };
            let bus = |channels: &mut [*mut f32; CHANNELS]| AudioBusBuffers {
                numChannels: low_bits::<int32>(self.channels),
                silenceFlags: 0,
                __field0: AudioBusBuffers__type0 {
                    channelBuffers32: channels.as_mut_ptr(),
                },
            };
            let mut inputs = [bus(&mut channels.input), bus(&mut channels.sidechain)];
            let mut outputs = [bus(&mut channels.output)];
            // SAFETY: the host's, or null.
            let mut context =
                unsafe { host.processContext.as_ref() }.map(|context| later(context, from));
            let mut piece = ProcessData {
                numSamples: low_bits::<int32>(count),
                numInputs: low_bits::<int32>(inputs.len()),
                numOutputs: low_bits::<int32>(outputs.len()),
                inputs: inputs.as_mut_ptr(),
                outputs: outputs.as_mut_ptr(),
                inputParameterChanges: changes,
                inputEvents: notes,
                processContext: context.as_mut().map_or(null_mut(), std::ptr::from_mut),
                ..*host
            };
            // SAFETY: a block that is all there.
            let result = unsafe { plugin.process(&mut piece) };
            if result != kResultOk || to == block.samples {
                // SAFETY: the host's buses.
                unsafe { finish(host) };
                return result;
            }
            from = to;
        }
    }
}

/// The host's buses: the main input, the sidechain, and the main output.
///
/// # Safety
/// `host` is the host's block, which the result must not outlive.
unsafe fn block(host: &ProcessData, hears_sidechain: bool) -> HostBlock {
    // SAFETY: the host's arrays, as long as it says.
    let bus = |buses: *const AudioBusBuffers, count: int32, index: int32| unsafe {
        if buses.is_null() || index >= count {
            return HostBus::MISSING;
        }
        let bus = &*buses.add(low_bits::<usize>(index));
        let channels = usize::try_from(bus.numChannels).unwrap_or(0);
        HostBus::new(bus.__field0.channelBuffers32, channels)
    };
    HostBlock {
        input: bus(host.inputs, host.numInputs, 0),
        sidechain: if hears_sidechain {
            bus(host.inputs, host.numInputs, 1)
        } else {
            HostBus::MISSING
        },
        output: bus(host.outputs, host.numOutputs, 0),
        samples: usize::try_from(host.numSamples).unwrap_or(0),
    }
}

/// The transport `samples` later.
fn later(context: &ProcessContext, samples: usize) -> ProcessContext {
    let mut context = *context;
    let samples = signed(samples);
    context.projectTimeSamples = context.projectTimeSamples.saturating_add(samples);
    context.continousTimeSamples = context.continousTimeSamples.saturating_add(samples);
    #[allow(clippy::unnecessary_cast)] // The flag's type differs between systems.
    let has_tempo = context.state & kTempoValid as u32 != 0;
    if has_tempo && samples > 0 && context.sampleRate > 0.0 {
        let seconds = nearest_f64(samples) / context.sampleRate;
        context.projectTimeMusic += seconds / SECONDS_PER_MINUTE * context.tempo;
    }
    context
}

/// Says that no output is to be taken for silence, and silences those that the plugin does not have.
///
/// # Safety
/// `host` is the host's block.
unsafe fn finish(host: &ProcessData) {
    let count = usize::try_from(host.numOutputs).unwrap_or(0);
    if host.outputs.is_null() {
        return;
    }
    for index in 0..count {
        // SAFETY: the host's array, as long as it says.
        let bus = unsafe { &mut *host.outputs.add(index) };
        bus.silenceFlags = 0;
        if index > 0 {
            let channels = usize::try_from(bus.numChannels).unwrap_or(0);
            let samples = usize::try_from(host.numSamples).unwrap_or(0);
            // SAFETY: as above.
            unsafe {
                silence(
                    HostBus::new(bus.__field0.channelBuffers32, channels),
                    samples,
                )
            };
        }
    }
}
