//! The factory: one class, the plugin. Main thread.

use std::ffi::c_void;

use nice_plug::wrapper::vst3::PluginInfo;
use vst3::Steinberg::{
    FIDString, FUnknown, IPluginFactory, IPluginFactory2, IPluginFactory2Trait, IPluginFactory3,
    IPluginFactory3Trait, IPluginFactoryTrait, PClassInfo, PClassInfo2, PClassInfoW, PFactoryInfo,
    TUID, int32, kInvalidArgument, kResultFalse, kResultOk, tresult,
};
use vst3::{Class, ComWrapper};

use super::component::Component;
use crate::host::plugin::Netbend;

/// Bytes of a class id.
const ID_BYTES: usize = 16;

/// What the host creates plugins with.
pub(super) struct Factory {
    info: PluginInfo,
}

impl Factory {
    pub(super) fn new() -> Self {
        Self {
            info: PluginInfo::for_plugin::<Netbend>(),
        }
    }
}

impl Class for Factory {
    type Interfaces = (IPluginFactory, IPluginFactory2, IPluginFactory3);
}

/// Writes `value` where the host wants it.
unsafe fn give<T>(index: int32, to: *mut T, value: impl FnOnce() -> T) -> tresult {
    if index != 0 || to.is_null() {
        return kInvalidArgument;
    }
    // SAFETY: the host's place for it.
    unsafe { to.write(value()) };
    kResultOk
}

impl IPluginFactoryTrait for Factory {
    unsafe fn getFactoryInfo(&self, info: *mut PFactoryInfo) -> tresult {
        // SAFETY: the host's place for it, or null.
        unsafe { give(0, info, || self.info.create_factory_info()) }
    }

    unsafe fn countClasses(&self) -> int32 {
        1
    }

    unsafe fn getClassInfo(&self, index: int32, info: *mut PClassInfo) -> tresult {
        // SAFETY: as above.
        unsafe { give(index, info, || self.info.create_class_info()) }
    }

    unsafe fn createInstance(
        &self,
        class: FIDString,
        interface: FIDString,
        object: *mut *mut c_void,
    ) -> tresult {
        if class.is_null() || interface.is_null() || object.is_null() {
            return kInvalidArgument;
        }
        // SAFETY: the host's place for it, and an id of sixteen bytes.
        let class = unsafe {
            object.write(std::ptr::null_mut());
            &*class.cast::<[u8; ID_BYTES]>()
        };
        if class != self.info.cid {
            return kInvalidArgument;
        }
        let Some(component) = Component::new() else {
            return kResultFalse;
        };
        let component = ComWrapper::new(component);
        match component.as_com_ref::<FUnknown>() {
            Some(unknown) => {
                let unknown = unknown.as_ptr();
                // SAFETY: a component of our own, with the host's id and place.
                unsafe {
                    ((*(*unknown).vtbl).queryInterface)(unknown, interface.cast::<TUID>(), object)
                }
            }
            None => kResultFalse,
        }
    }
}

impl IPluginFactory2Trait for Factory {
    unsafe fn getClassInfo2(&self, index: int32, info: *mut PClassInfo2) -> tresult {
        // SAFETY: the host's place for it, or null.
        unsafe { give(index, info, || self.info.create_class_info_2()) }
    }
}

impl IPluginFactory3Trait for Factory {
    unsafe fn getClassInfoUnicode(&self, index: int32, info: *mut PClassInfoW) -> tresult {
        // SAFETY: as above.
        unsafe { give(index, info, || self.info.create_class_info_unicode()) }
    }

    unsafe fn setHostContext(&self, _context: *mut FUnknown) -> tresult {
        kResultOk
    }
}
