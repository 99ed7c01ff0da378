//! What hosts call never allocates on the audio thread, whatever they pass: both formats, through the functions that a host finds in
//! the library.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

use std::ffi::{CStr, c_char, c_void};
use std::ptr::{null, null_mut};

use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use clap_sys::audio_buffer::clap_audio_buffer;
use clap_sys::entry::clap_plugin_entry;
use clap_sys::events::{
    CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_PARAM_VALUE, clap_event_header, clap_event_param_value,
    clap_input_events,
};
use clap_sys::factory::plugin_factory::{CLAP_PLUGIN_FACTORY_ID, clap_plugin_factory};
use clap_sys::host::clap_host;
use clap_sys::plugin::clap_plugin;
use clap_sys::process::{CLAP_PROCESS_ERROR, clap_process};
use clap_sys::version::CLAP_VERSION;
use netbend as _; // Brings the functions below.
use vst3::Steinberg::Vst::{
    AudioBusBuffers, AudioBusBuffers__type0, IAudioProcessor, IAudioProcessorTrait, IComponent,
    IComponentTrait, ProcessData, ProcessSetup,
};
use vst3::Steinberg::{IPluginFactory, IPluginFactoryTrait, kResultOk};
use vst3::{ComPtr, Interface};

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

const LONGEST: usize = 128;
/// Also none, odd ones, and longer ones than announced.
const BLOCKS: [usize; 7] = [0, 1, 64, 128, 129, 1_000, 37];
const ROUNDS: usize = 60;
/// Until libraries have made what they make once for each thread.
const WARM_UP: usize = 5;
/// The numbers of `slot_on_1` and `slot_amount_1`.
fn number(id: &str) -> u32 {
    let hash = id.bytes().fold(0u32, |hash, byte| {
        hash.wrapping_mul(31).wrapping_add(byte.into())
    });
    hash & !(1 << 31)
}

unsafe extern "C" {
    static clap_entry: clap_plugin_entry;
}

unsafe extern "system" {
    fn GetPluginFactory() -> *mut c_void;
}

/// Which channels a host passes in round `round`.
fn channels(round: usize, samples: &mut [Vec<f32>; 2]) -> [*mut f32; 2] {
    let [left, right] = samples;
    match round % 4 {
        0 => [left.as_mut_ptr(), right.as_mut_ptr()],
        1 => [left.as_mut_ptr(), null_mut()],
        2 => [null_mut(), right.as_mut_ptr()],
        _ => [null_mut(), null_mut()],
    }
}

fn sounds() -> [Vec<f32>; 2] {
    let longest = *BLOCKS.iter().max().unwrap();
    std::array::from_fn(|channel| {
        (0..longest)
            .map(|n| ((n + 7 * channel) as f32 * 0.3).sin() * 0.5)
            .collect()
    })
}

/// Runs `block`, without allocations once it is warm.
fn checked<T>(round: usize, block: impl FnOnce() -> T) -> T {
    if round < WARM_UP {
        block()
    } else {
        assert_no_alloc(block)
    }
}

#[test]
fn the_clap_never_allocates_on_the_audio_thread() {
    unsafe extern "C" fn no_extension(_: *const clap_host, _: *const c_char) -> *const c_void {
        null()
    }
    unsafe extern "C" fn ignore(_: *const clap_host) {}
    let host = clap_host {
        clap_version: CLAP_VERSION,
        host_data: null_mut(),
        name: c"test".as_ptr(),
        vendor: c"".as_ptr(),
        url: c"".as_ptr(),
        version: c"".as_ptr(),
        get_extension: Some(no_extension),
        request_restart: Some(ignore),
        request_process: Some(ignore),
        request_callback: Some(ignore),
    };
    // SAFETY: the entry, used as a host does, on one thread.
    let plugin: &clap_plugin = unsafe {
        assert!((clap_entry.init.unwrap())(c"".as_ptr()));
        let factory = (clap_entry.get_factory.unwrap())(CLAP_PLUGIN_FACTORY_ID.as_ptr());
        let factory = &*factory.cast::<clap_plugin_factory>();
        let id: &CStr = c"org.netbend.netbend";
        &*(factory.create_plugin.unwrap())(factory, &raw const host, id.as_ptr())
    };
    // SAFETY: as above.
    unsafe {
        assert!((plugin.init.unwrap())(plugin));
        assert!((plugin.activate.unwrap())(
            plugin,
            44_100.0,
            1,
            LONGEST as u32
        ));
        assert!((plugin.start_processing.unwrap())(plugin));
    }

    let (mut input, mut sidechain, mut output) = (sounds(), sounds(), sounds());
    for round in 0..ROUNDS {
        let samples = BLOCKS[round % BLOCKS.len()];
        let mut buses = [
            channels(round, &mut input),
            channels(round / 2, &mut sidechain),
            channels(round / 3, &mut output),
        ];
        let [mut first, mut second, mut out] = std::array::from_fn(|bus| clap_audio_buffer {
            data32: if (round / 5 + bus).is_multiple_of(6) {
                null_mut()
            } else {
                buses[bus].as_mut_ptr()
            },
            data64: null_mut(),
            channel_count: 2,
            latency: 0,
            constant_mask: 0,
        });
        if round % 9 == 8 {
            (first.channel_count, second.channel_count, out.channel_count) = (1, 0, 1);
        }
        let inputs = [first, second];
        let mut outputs = [out];
        let events = [
            event("slot_on_1", 1.0, 0),
            event(
                "slot_amount_1",
                (round % 10) as f64 / 9.0,
                samples as u32 / 2,
            ),
            // Later than the block, then out of order and no number.
            event("slot_amount_1", 0.5, 5_000),
            event("mix", f64::NAN, 0),
            event("mix", 1.0, 0),
        ];
        let events = &events[..[2, 3, 5][round % 3]];
        let list = clap_input_events {
            ctx: (&raw const events).cast_mut().cast(),
            size: Some(count),
            get: Some(get),
        };
        let process = clap_process {
            steady_time: -1,
            frames_count: samples as u32,
            transport: null(),
            audio_inputs: inputs.as_ptr(),
            audio_outputs: outputs.as_mut_ptr(),
            audio_inputs_count: [2, 1, 0][round % 3],
            audio_outputs_count: u32::from(round % 7 != 6),
            in_events: &raw const list,
            out_events: null(),
        };
        // SAFETY: a block as a careless host passes it.
        let status = checked(round, || unsafe {
            (plugin.process.unwrap())(plugin, &raw const process)
        });
        assert_ne!(status, CLAP_PROCESS_ERROR, "round {round}");
        assert!(output.iter().flatten().all(|sample| sample.is_finite()));
    }
    // SAFETY: as above.
    unsafe {
        (plugin.stop_processing.unwrap())(plugin);
        (plugin.deactivate.unwrap())(plugin);
        (plugin.destroy.unwrap())(plugin);
    }
}

fn event(id: &str, value: f64, time: u32) -> clap_event_param_value {
    clap_event_param_value {
        header: clap_event_header {
            size: size_of::<clap_event_param_value>() as u32,
            time,
            space_id: CLAP_CORE_EVENT_SPACE_ID,
            type_: CLAP_EVENT_PARAM_VALUE,
            flags: 0,
        },
        param_id: number(id),
        cookie: null_mut(),
        note_id: -1,
        port_index: -1,
        channel: -1,
        key: -1,
        value,
    }
}

unsafe extern "C" fn count(list: *const clap_input_events) -> u32 {
    // SAFETY: the test's list.
    let events = unsafe { *(*list).ctx.cast::<&[clap_event_param_value]>() };
    events.len() as u32
}

unsafe extern "C" fn get(list: *const clap_input_events, index: u32) -> *const clap_event_header {
    // SAFETY: as above.
    let events = unsafe { *(*list).ctx.cast::<&[clap_event_param_value]>() };
    (&raw const events[index as usize]).cast()
}

#[test]
fn the_vst3_never_allocates_on_the_audio_thread() {
    // SAFETY: the factory, used as a host does, on one thread.
    let component: ComPtr<IComponent> = unsafe {
        let factory = ComPtr::from_raw(GetPluginFactory().cast::<IPluginFactory>()).unwrap();
        let mut component = null_mut();
        let class = b"NetbendNetBendFx";
        let created = factory.createInstance(
            class.as_ptr().cast(),
            IComponent::IID.as_ptr().cast(),
            &mut component,
        );
        assert_eq!(created, kResultOk);
        ComPtr::from_raw(component.cast()).unwrap()
    };
    let processor = component.cast::<IAudioProcessor>().unwrap();
    let mut setup = ProcessSetup {
        processMode: 0,
        symbolicSampleSize: 0,
        maxSamplesPerBlock: LONGEST as i32,
        sampleRate: 44_100.0,
    };
    // SAFETY: as above.
    unsafe {
        assert_eq!(processor.setupProcessing(&mut setup), kResultOk);
        assert_eq!(component.setActive(1), kResultOk);
        processor.setProcessing(1);
    }

    let (mut input, mut sidechain, mut output) = (sounds(), sounds(), sounds());
    for round in 0..ROUNDS {
        let mut buses = [
            channels(round, &mut input),
            channels(round / 2, &mut sidechain),
            channels(round / 3, &mut output),
        ];
        let [mut first, mut second, out] = std::array::from_fn(|bus| AudioBusBuffers {
            numChannels: 2,
            silenceFlags: 0,
            __field0: AudioBusBuffers__type0 {
                channelBuffers32: if (round / 5 + bus).is_multiple_of(6) {
                    null_mut()
                } else {
                    buses[bus].as_mut_ptr()
                },
            },
        });
        if round % 9 == 8 {
            (first.numChannels, second.numChannels) = (1, 0);
        }
        let mut inputs = [first, second];
        let mut outputs = [out];
        let mut data = ProcessData {
            processMode: 0,
            symbolicSampleSize: 0,
            numSamples: BLOCKS[round % BLOCKS.len()] as i32,
            numInputs: [2, 1, 0][round % 3],
            numOutputs: i32::from(round % 7 != 6),
            inputs: inputs.as_mut_ptr(),
            outputs: outputs.as_mut_ptr(),
            inputParameterChanges: null_mut(),
            outputParameterChanges: null_mut(),
            inputEvents: null_mut(),
            outputEvents: null_mut(),
            processContext: null_mut(),
        };
        // SAFETY: a block as a careless host passes it.
        let result = checked(round, || unsafe { processor.process(&mut data) });
        assert_eq!(result, kResultOk, "round {round}");
        assert!(output.iter().flatten().all(|sample| sample.is_finite()));
    }
    // SAFETY: as above.
    unsafe {
        processor.setProcessing(0);
        component.setActive(0);
    }
}
