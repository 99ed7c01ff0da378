//! The component as an audio processor.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use netbend_dsp::number::low_bits;
use vst3::Steinberg::Vst::{
    BusDirection, IAudioProcessorTrait, IProcessContextRequirementsTrait, ProcessData,
    ProcessModes_, ProcessSetup, SpeakerArrangement, SymbolicSampleSizes_,
};
use vst3::Steinberg::{
    TBool, int32, kInvalidArgument, kNotInitialized, kResultFalse, kResultOk, tresult, uint32,
};

use super::{Component, INPUT};
use crate::host::boundary::LONGEST_PIECE;

// The enums' type differs between systems.
#[allow(clippy::unnecessary_cast, clippy::cast_possible_wrap)]
const OFFLINE: int32 = ProcessModes_::kOffline as int32;
#[allow(clippy::unnecessary_cast, clippy::cast_possible_wrap)]
const SAMPLES_OF_32_BITS: int32 = SymbolicSampleSizes_::kSample32 as int32;

/// The host's array.
///
/// # Safety
/// `from` is null or an array of `count` arrangements.
unsafe fn arrangements<'a>(
    from: *mut SpeakerArrangement,
    count: int32,
) -> Option<&'a [SpeakerArrangement]> {
    match usize::try_from(count) {
        Ok(0) => Some(&[]),
        Ok(count) if !from.is_null() => {
            // SAFETY: the caller's promise.
            Some(unsafe { std::slice::from_raw_parts(from.cast_const(), count) })
        }
        _ => None,
    }
}

impl IAudioProcessorTrait for Component {
    unsafe fn setBusArrangements(
        &self,
        inputs: *mut SpeakerArrangement,
        input_count: int32,
        outputs: *mut SpeakerArrangement,
        output_count: int32,
    ) -> tresult {
        // SAFETY: the host's arrays.
        let asked = unsafe {
            (
                arrangements(inputs, input_count),
                arrangements(outputs, output_count),
            )
        };
        let (Some(inputs), Some(outputs)) = asked else {
            return kInvalidArgument;
        };
        if self.is_active.load(Ordering::Relaxed) {
            return kResultFalse;
        }
        let mut own = self
            .arrangement
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let Some(wanted) = own.with(inputs, outputs) else {
            return kResultFalse;
        };
        let (mut inputs, mut outputs) = wanted.for_plugin();
        // SAFETY: arrays of our own.
        let result = unsafe {
            self.plugin.setBusArrangements(
                inputs.as_mut_ptr(),
                low_bits::<int32>(inputs.len()),
                outputs.as_mut_ptr(),
                low_bits::<int32>(outputs.len()),
            )
        };
        if result == kResultOk {
            *own = wanted;
        }
        result
    }

    unsafe fn getBusArrangement(
        &self,
        direction: BusDirection,
        index: int32,
        speakers: *mut SpeakerArrangement,
    ) -> tresult {
        match self.arrangement().of_bus(direction == INPUT, index) {
            Some(own) if !speakers.is_null() => {
                // SAFETY: the host's place for it.
                unsafe { speakers.write(own) };
                kResultOk
            }
            _ => kInvalidArgument,
        }
    }

    unsafe fn canProcessSampleSize(&self, size: int32) -> tresult {
        // SAFETY: nice-plug's component.
        unsafe { self.plugin.canProcessSampleSize(size) }
    }

    unsafe fn getLatencySamples(&self) -> uint32 {
        // SAFETY: as above.
        unsafe { self.plugin.getLatencySamples() }
    }

    unsafe fn setupProcessing(&self, setup: *mut ProcessSetup) -> tresult {
        // SAFETY: the host's set-up, or null.
        let Some(asked) = (unsafe { setup.as_ref() }) else {
            return kInvalidArgument;
        };
        let has_rate = asked.sampleRate.is_finite() && asked.sampleRate > 0.0;
        if asked.symbolicSampleSize != SAMPLES_OF_32_BITS || !has_rate {
            return kInvalidArgument;
        }
        // A host that announces no or endless blocks gets pieces of a usual length.
        let longest = asked
            .maxSamplesPerBlock
            .clamp(1, low_bits::<int32>(LONGEST_PIECE));
        let mut setup = ProcessSetup {
            maxSamplesPerBlock: longest,
            ..*asked
        };
        let is_offline = asked.processMode == OFFLINE;
        self.is_set_up_offline.store(is_offline, Ordering::Relaxed);
        self.hosted.set_offline(is_offline);
        self.set_up
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .longest = low_bits::<usize>(longest);
        // SAFETY: a set-up of our own.
        unsafe { self.plugin.setupProcessing(&mut setup) }
    }

    unsafe fn setProcessing(&self, state: TBool) -> tresult {
        self.is_processing.store(state != 0, Ordering::Relaxed);
        // SAFETY: nice-plug's component.
        unsafe { self.plugin.setProcessing(state) }
    }

    unsafe fn process(&self, data: *mut ProcessData) -> tresult {
        // SAFETY: the host's block, or null.
        let Some(host) = (unsafe { data.as_ref() }) else {
            return kInvalidArgument;
        };
        if host.symbolicSampleSize != SAMPLES_OF_32_BITS || host.numSamples < 0 {
            return kInvalidArgument;
        }
        let is_offline =
            host.processMode == OFFLINE || self.is_set_up_offline.load(Ordering::Relaxed);
        self.hosted.set_offline(is_offline);
        let hears_sidechain = !self.sidechain_is_off.load(Ordering::Relaxed);
        // Taken only by a host that activates while it processes.
        match self.playing.try_lock().as_deref_mut() {
            Some(Some(playing)) => {
                // SAFETY: the host's block, just checked.
                let play = || unsafe { playing.play(&self.plugin, host, hears_sidechain) };
                self.hosted.rests.block(play)
            }
            _ => kNotInitialized,
        }
    }

    unsafe fn getTailSamples(&self) -> uint32 {
        // SAFETY: nice-plug's component.
        unsafe { self.plugin.getTailSamples() }
    }
}

impl IProcessContextRequirementsTrait for Component {
    unsafe fn getProcessContextRequirements(&self) -> uint32 {
        // SAFETY: as above.
        unsafe { self.plugin.getProcessContextRequirements() }
    }
}
