//! Our component: nice-plug's with checked buffers, buses, values, states and render mode.
//!
//! # Thread model
//! `process` and `setProcessing` run on the audio thread, everything else on the host's main thread; values are read and set on any.

mod controller;
mod processor;
mod units;

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use netbend_dsp::number::low_bits;
use nice_plug::params::Params;
use nice_plug::params::internals::ParamPtr;
use nice_plug::wrapper::vst3::Wrapper;
use try_lock::TryLock;
use vst3::Class;
use vst3::Steinberg::Vst::ChannelContext::IInfoListener;
use vst3::Steinberg::Vst::{
    BusDirection, BusDirections_, BusInfo, IAudioProcessor, IComponent, IComponentTrait,
    IEditController, IEditControllerTrait, IProcessContextRequirements, IUnitInfo, IoMode,
    MediaType, MediaTypes_, RoutingInfo,
};
use vst3::Steinberg::{
    FUnknown, IBStream, IPluginBaseTrait, TBool, TUID, int32, kInvalidArgument, kResultFalse,
    kResultOk, tresult,
};

use super::arrangement::Arrangement;
use super::pieces::Playing;
use super::quiet::Quiet;
use super::read_back::ReadBack;
use super::stream::{Memory, read_all, write_all};
use crate::host::boundary::parameter_id::parameter_id;
use crate::host::boundary::{kept, opened, state};
use crate::host::hosted::{self, Hosted};
use crate::host::plugin::Netbend;

// The enums' type differs between systems.
#[allow(clippy::unnecessary_cast, clippy::cast_possible_wrap)]
const AUDIO: MediaType = MediaTypes_::kAudio as MediaType;
#[allow(clippy::unnecessary_cast, clippy::cast_possible_wrap)]
const INPUT: BusDirection = BusDirections_::kInput as BusDirection;
/// Where the sidechain is among the inputs.
const SIDECHAIN: int32 = 1;

/// Around nice-plug's component, until the host lets go of it.
pub(super) struct Component {
    plugin: Wrapper<Netbend>,
    hosted: Arc<Hosted>,
    arrangement: Mutex<Arrangement>,
    /// Whether the host switched the sidechain off.
    sidechain_is_off: AtomicBool,
    is_active: AtomicBool,
    is_processing: AtomicBool,
    set_up: Mutex<SetUp>,
    /// Whether the set-up, which may differ from what a block says, is for an offline render.
    is_set_up_offline: AtomicBool,
    /// Made at activation. The audio thread has it while it processes.
    playing: TryLock<Option<Playing>>,
    read_back: Arc<ReadBack>,
    quiet: Arc<Quiet>,
    /// The parameters that have steps, and whether they are switches.
    steps: HashMap<u32, bool>,
}

/// What the host has announced.
#[derive(Default)]
struct SetUp {
    longest: usize,
}

impl Component {
    /// A new instance of the plugin; `None` where there is none.
    pub(super) fn new() -> Option<Self> {
        let plugin = Wrapper::<Netbend>::new();
        let hosted = hosted::take_newest()?;
        let map = hosted.params.param_map();
        let ids = map.iter().map(|(id, ..)| parameter_id(id));
        let steps = map.iter().filter_map(|(id, param, _)| {
            // SAFETY: the pointer comes from parameters that we hold.
            unsafe { param.step_count() }?;
            Some((parameter_id(id), matches!(param, ParamPtr::BoolParam(_))))
        });
        Some(Self {
            plugin,
            read_back: Arc::new(ReadBack::new(ids)),
            quiet: Arc::new(Quiet::new(&hosted)),
            steps: steps.collect(),
            hosted,
            arrangement: Mutex::default(),
            sidechain_is_off: AtomicBool::new(false),
            is_active: AtomicBool::new(false),
            is_processing: AtomicBool::new(false),
            set_up: Mutex::default(),
            is_set_up_offline: AtomicBool::new(false),
            playing: TryLock::new(None),
        })
    }

    fn arrangement(&self) -> Arrangement {
        *self
            .arrangement
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets what the host set on the controller while audio played, and no block has brought. Not while audio plays.
    fn set_waiting(&self) {
        // SAFETY: nice-plug's component.
        let now = |id| unsafe { self.plugin.getParamNormalized(id) };
        for (id, value) in self.read_back.take(now) {
            // SAFETY: as above.
            unsafe { self.plugin.setParamNormalized(id, value) };
        }
    }

    /// The state with what the host set on the controller and no block has brought yet.
    fn with_waiting(&self, json: Vec<u8>) -> Option<Vec<u8>> {
        let map = self.hosted.params.param_map();
        let waiting: BTreeMap<_, _> = map
            .into_iter()
            .filter_map(|(id, ..)| {
                let number = parameter_id(&id);
                // SAFETY: nice-plug's component.
                let now = unsafe { self.plugin.getParamNormalized(number) };
                Some((id, self.read_back.waiting(number, now)?))
            })
            .collect();
        if waiting.is_empty() {
            return Some(json);
        }
        state::with_positions(&json, &waiting).ok()
    }

    /// Whether there is such a bus.
    fn has_bus(&self, kind: MediaType, direction: BusDirection, index: int32) -> bool {
        // SAFETY: nice-plug's component.
        let count = unsafe { self.plugin.getBusCount(kind, direction) };
        (0..count).contains(&index)
    }
}

impl Class for Component {
    type Interfaces = (
        IComponent,
        IEditController,
        IAudioProcessor,
        IProcessContextRequirements,
        IUnitInfo,
        IInfoListener,
    );
}

impl IPluginBaseTrait for Component {
    unsafe fn initialize(&self, context: *mut FUnknown) -> tresult {
        // SAFETY: the host's context.
        unsafe { self.plugin.initialize(context) }
    }

    unsafe fn terminate(&self) -> tresult {
        // SAFETY: nice-plug's component.
        unsafe { self.plugin.terminate() }
    }
}

impl IComponentTrait for Component {
    unsafe fn getControllerClassId(&self, class: *mut TUID) -> tresult {
        // SAFETY: the host's place for it.
        unsafe { self.plugin.getControllerClassId(class) }
    }

    unsafe fn setIoMode(&self, mode: IoMode) -> tresult {
        // SAFETY: nice-plug's component.
        unsafe { self.plugin.setIoMode(mode) }
    }

    unsafe fn getBusCount(&self, kind: MediaType, direction: BusDirection) -> int32 {
        // SAFETY: as above.
        unsafe { self.plugin.getBusCount(kind, direction) }
    }

    unsafe fn getBusInfo(
        &self,
        kind: MediaType,
        direction: BusDirection,
        index: int32,
        info: *mut BusInfo,
    ) -> tresult {
        if info.is_null() || !self.has_bus(kind, direction, index) {
            return kInvalidArgument;
        }
        // SAFETY: the host's place for it.
        let result = unsafe { self.plugin.getBusInfo(kind, direction, index, info) };
        let speakers = self.arrangement().of_bus(direction == INPUT, index);
        if let Some(speakers) = speakers.filter(|_| result == kResultOk && kind == AUDIO) {
            // SAFETY: as above.
            unsafe { (*info).channelCount = low_bits::<int32>(speakers.count_ones()) };
        }
        result
    }

    unsafe fn getRoutingInfo(&self, input: *mut RoutingInfo, output: *mut RoutingInfo) -> tresult {
        if input.is_null() || output.is_null() {
            return kInvalidArgument;
        }
        // SAFETY: the host's places.
        unsafe { self.plugin.getRoutingInfo(input, output) }
    }

    unsafe fn activateBus(
        &self,
        kind: MediaType,
        direction: BusDirection,
        index: int32,
        state: TBool,
    ) -> tresult {
        if !self.has_bus(kind, direction, index) {
            return kInvalidArgument;
        }
        if kind == AUDIO && direction == INPUT && index == SIDECHAIN {
            self.sidechain_is_off.store(state == 0, Ordering::Relaxed);
        }
        // SAFETY: nice-plug's component.
        unsafe { self.plugin.activateBus(kind, direction, index, state) }
    }

    unsafe fn setActive(&self, state: TBool) -> tresult {
        self.is_active.store(state != 0, Ordering::Relaxed);
        if state != 0 {
            let longest = self
                .set_up
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .longest;
            let playing = Playing::new(
                self.arrangement().channels(),
                longest,
                Arc::clone(&self.read_back),
                Arc::clone(&self.quiet),
            );
            match self.playing.try_lock() {
                Some(mut own) => *own = Some(playing),
                // The host still processes.
                None => return kResultFalse,
            }
        }
        // SAFETY: nice-plug's component.
        let result = unsafe { self.plugin.setActive(state) };
        if state == 0 {
            self.set_waiting();
        }
        result
    }

    unsafe fn setState(&self, host: *mut IBStream) -> tresult {
        // SAFETY: the host's stream, or null.
        let Some(saved) = (unsafe { read_all(host) }) else {
            return kInvalidArgument;
        };
        let Some(json) = opened(&saved, &self.hosted) else {
            return kResultFalse;
        };
        let memory = Memory::of(json);
        let Some(stream) = memory.as_com_ref::<IBStream>() else {
            return kResultFalse;
        };
        // SAFETY: a stream of our own.
        let result = unsafe { IComponentTrait::setState(&self.plugin, stream.as_ptr()) };
        if result == kResultOk {
            self.read_back.forget();
            self.hosted.state_loaded();
        }
        result
    }

    unsafe fn getState(&self, host: *mut IBStream) -> tresult {
        let memory = Memory::of(Vec::new());
        let Some(stream) = memory.as_com_ref::<IBStream>() else {
            return kResultFalse;
        };
        // SAFETY: a stream of our own.
        let result = unsafe { IComponentTrait::getState(&self.plugin, stream.as_ptr()) };
        let json = kept(&memory.bytes()).filter(|_| result == kResultOk);
        match json.and_then(|json| self.with_waiting(json)) {
            // SAFETY: the host's stream, or null.
            Some(json) if unsafe { write_all(host, &json) } => kResultOk,
            _ => kResultFalse,
        }
    }
}

impl Drop for Component {
    fn drop(&mut self) {
        // A host that lets go of an active plugin has forgotten to say so.
        if self.is_active.load(Ordering::Relaxed) {
            // SAFETY: nice-plug's component.
            unsafe { self.plugin.setActive(0) };
        }
    }
}
