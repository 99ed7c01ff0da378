//! The component as an edit controller.

use std::sync::atomic::Ordering;

use vst3::Steinberg::Vst::ChannelContext::IInfoListenerTrait;
use vst3::Steinberg::Vst::{
    IAttributeList, IComponentHandler, IEditControllerTrait, ParamID, ParamValue, ParameterInfo,
    String128, TChar,
};
use vst3::Steinberg::{
    FIDString, IBStream, IPlugView, int32, kInvalidArgument, kResultFalse, kResultOk, tresult,
};

use super::Component;
use crate::host::boundary::vst3::view::View;

const SPACE: TChar = b' ' as TChar;

impl Component {
    /// The value that a parameter takes when it is set to `value`: that of a step, where it has steps.
    fn stepped(&self, id: ParamID, value: ParamValue) -> ParamValue {
        match self.steps.get(&id) {
            // On above the middle.
            Some(true) => f64::from(u8::from(value > 0.5)),
            // SAFETY: nice-plug's component.
            Some(false) => unsafe {
                let plain = self.plugin.normalizedParamToPlain(id, value);
                self.plugin.plainParamToNormalized(id, plain)
            },
            None => value,
        }
    }
}

impl IEditControllerTrait for Component {
    unsafe fn setComponentState(&self, _state: *mut IBStream) -> tresult {
        // Component and controller are one.
        kResultOk
    }

    unsafe fn setState(&self, _state: *mut IBStream) -> tresult {
        kResultOk
    }

    unsafe fn getState(&self, _state: *mut IBStream) -> tresult {
        kResultOk
    }

    unsafe fn getParameterCount(&self) -> int32 {
        // SAFETY: nice-plug's component.
        unsafe { self.plugin.getParameterCount() }
    }

    unsafe fn getParameterInfo(&self, index: int32, info: *mut ParameterInfo) -> tresult {
        // SAFETY: as above.
        let count = unsafe { self.plugin.getParameterCount() };
        if info.is_null() || !(0..count).contains(&index) {
            return kInvalidArgument;
        }
        // SAFETY: the host's place for it.
        let result = unsafe { self.plugin.getParameterInfo(index, info) };
        if result == kResultOk {
            // nice-plug puts the unit right behind the value, and so with a space before it; hosts have one of their own.
            // SAFETY: as above.
            let units = unsafe { &mut (*info).units };
            let spaces = units.iter().take_while(|unit| **unit == SPACE).count();
            units.copy_within(spaces.., 0);
            let end = units.len() - spaces;
            units[end..].fill(0);
        }
        result
    }

    unsafe fn getParamStringByValue(
        &self,
        id: ParamID,
        value: ParamValue,
        text: *mut String128,
    ) -> tresult {
        if text.is_null() || !value.is_finite() {
            return kInvalidArgument;
        }
        // SAFETY: the host's place for it.
        unsafe {
            self.plugin
                .getParamStringByValue(id, value.clamp(0.0, 1.0), text)
        }
    }

    unsafe fn getParamValueByString(
        &self,
        id: ParamID,
        text: *mut TChar,
        value: *mut ParamValue,
    ) -> tresult {
        if text.is_null() || value.is_null() {
            return kInvalidArgument;
        }
        let mut found = f64::NAN;
        // SAFETY: the host's string.
        let result = unsafe { self.plugin.getParamValueByString(id, text, &mut found) };
        if result != kResultOk || !found.is_finite() {
            return kResultFalse;
        }
        // SAFETY: the host's place for it.
        unsafe { value.write(found.clamp(0.0, 1.0)) };
        kResultOk
    }

    unsafe fn normalizedParamToPlain(&self, id: ParamID, value: ParamValue) -> ParamValue {
        // SAFETY: nice-plug's component.
        unsafe { self.plugin.normalizedParamToPlain(id, value) }
    }

    unsafe fn plainParamToNormalized(&self, id: ParamID, value: ParamValue) -> ParamValue {
        // SAFETY: as above.
        unsafe { self.plugin.plainParamToNormalized(id, value) }
    }

    unsafe fn getParamNormalized(&self, id: ParamID) -> ParamValue {
        // SAFETY: as above.
        let now = unsafe { self.plugin.getParamNormalized(id) };
        self.read_back.value(id, now)
    }

    unsafe fn setParamNormalized(&self, id: ParamID, value: ParamValue) -> tresult {
        if !self.read_back.knows(id) || !value.is_finite() {
            return kInvalidArgument;
        }
        let value = value.clamp(0.0, 1.0);
        if self.is_processing.load(Ordering::Relaxed) {
            // The next block brings it.
            // SAFETY: as above.
            let before = unsafe { self.plugin.getParamNormalized(id) };
            self.read_back.set(id, self.stepped(id, value), before);
            return kResultOk;
        }
        self.read_back.came(id);
        // SAFETY: as above.
        unsafe { self.plugin.setParamNormalized(id, value) }
    }

    unsafe fn setComponentHandler(&self, handler: *mut IComponentHandler) -> tresult {
        // SAFETY: the host's handler, or null.
        unsafe { self.plugin.setComponentHandler(handler) }
    }

    unsafe fn createView(&self, name: FIDString) -> *mut IPlugView {
        // SAFETY: the plugin's view comes with a count for us.
        unsafe { View::around(self.plugin.createView(name), &self.hosted) }
    }
}

impl IInfoListenerTrait for Component {
    unsafe fn setChannelContextInfos(&self, list: *mut IAttributeList) -> tresult {
        if list.is_null() {
            return kInvalidArgument;
        }
        // SAFETY: the host's list.
        unsafe { self.plugin.setChannelContextInfos(list) }
    }
}
