//! The host's side of VST3: what a plugin may ask of us. Requests are noted on any thread and
//! served between blocks.

use std::ffi::c_void;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI32, Ordering};

use vst3::Class;
use vst3::Steinberg::Vst::{
    IComponentHandler, IComponentHandlerTrait, IHostApplication, IHostApplicationTrait, ParamID,
    ParamValue, String128,
};
use vst3::Steinberg::{TUID, kNotImplemented, kResultOk, tresult};

const NAME: &str = "Netbend tests";

/// What the plugin has asked for and has not been given yet.
#[derive(Default)]
pub(super) struct Handler {
    restart: AtomicI32,
    edits: Mutex<Vec<(ParamID, ParamValue)>>,
}

/// Who we are.
pub(super) struct Application;

impl Handler {
    /// The flags of all `restartComponent` since last asked.
    pub fn take_restart(&self) -> i32 {
        self.restart.swap(0, Ordering::AcqRel)
    }

    /// What the plugin's editor has set since last asked.
    pub fn take_edits(&self) -> Vec<(ParamID, ParamValue)> {
        let mut edits = self.edits.lock().unwrap_or_else(|error| error.into_inner());
        std::mem::take(&mut edits)
    }
}

impl Class for Handler {
    type Interfaces = (IComponentHandler,);
}

impl IComponentHandlerTrait for Handler {
    unsafe fn beginEdit(&self, _: ParamID) -> tresult {
        kResultOk
    }

    unsafe fn performEdit(&self, id: ParamID, value: ParamValue) -> tresult {
        let mut edits = self.edits.lock().unwrap_or_else(|error| error.into_inner());
        edits.push((id, value));
        kResultOk
    }

    unsafe fn endEdit(&self, _: ParamID) -> tresult {
        kResultOk
    }

    unsafe fn restartComponent(&self, flags: i32) -> tresult {
        self.restart.fetch_or(flags, Ordering::AcqRel);
        kResultOk
    }
}

impl Class for Application {
    type Interfaces = (IHostApplication,);
}

impl IHostApplicationTrait for Application {
    unsafe fn getName(&self, name: *mut String128) -> tresult {
        let mut text: String128 = [0; 128];
        for (to, from) in text.iter_mut().zip(NAME.encode_utf16()) {
            *to = from;
        }
        // SAFETY: the plugin gives room for a name.
        unsafe { name.write(text) };
        kResultOk
    }

    unsafe fn createInstance(
        &self,
        _: *mut TUID,
        _: *mut TUID,
        object: *mut *mut c_void,
    ) -> tresult {
        // SAFETY: the plugin gives room for an address.
        unsafe { object.write(std::ptr::null_mut()) };
        kNotImplemented
    }
}
