//! The view: nice-plug's, with a frame of ours. Main thread.

use std::ffi::c_void;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use vst3::Steinberg::IPlugViewContentScaleSupport_::ScaleFactor;
use vst3::Steinberg::{
    FIDString, IPlugFrame, IPlugView, IPlugViewContentScaleSupport,
    IPlugViewContentScaleSupportTrait, IPlugViewTrait, TBool, ViewRect, char16, int16,
    kInvalidArgument, kResultOk, tresult,
};
use vst3::{Class, ComPtr, ComRef, ComWrapper};

use super::frame::{Agreed, Frame};
use crate::host::hosted::Hosted;

/// Around the plugin's view, until the host lets go of it.
pub(super) struct View {
    plugin: ComPtr<IPlugView>,
    hosted: Arc<Hosted>,
    /// Ourselves, as the host knows us.
    own: AtomicPtr<IPlugView>,
    frame: Mutex<Option<Frame>>,
    agreed: Arc<Agreed>,
}

impl Class for View {
    type Interfaces = (IPlugView, IPlugViewContentScaleSupport);
}

impl View {
    /// A view around the plugin's, for the host to release; null where there is none.
    ///
    /// # Safety
    /// `plugin` is null, or the plugin's view with a count for us.
    pub(super) unsafe fn around(plugin: *mut IPlugView, hosted: &Arc<Hosted>) -> *mut IPlugView {
        // SAFETY: the caller's promise.
        let Some(plugin) = (unsafe { ComPtr::from_raw(plugin) }) else {
            return std::ptr::null_mut();
        };
        let view = ComWrapper::new(Self {
            plugin,
            hosted: Arc::clone(hosted),
            own: AtomicPtr::default(),
            frame: Mutex::default(),
            agreed: Arc::default(),
        });
        let Some(own) = view.to_com_ptr::<IPlugView>() else {
            return std::ptr::null_mut();
        };
        let own = own.into_raw();
        view.own.store(own, Ordering::Release);
        own
    }

    /// Whether the host runs what the plugin's view is told in a loop of its own.
    fn has_loop(&self) -> bool {
        let frame = self.frame.lock().unwrap_or_else(PoisonError::into_inner);
        matches!(&*frame, Some(Frame::Loop(_)))
    }

    /// Gives the plugin's view another frame, or none.
    fn change_frame(&self, frame: Option<Frame>) -> tresult {
        let of_plugin = frame
            .as_ref()
            .map_or(std::ptr::null_mut(), Frame::for_plugin);
        // SAFETY: a frame of ours, or null.
        let result = unsafe { self.plugin.setFrame(of_plugin) };
        let before = {
            let mut own = self.frame.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *own, frame)
        };
        if let Some(before) = before {
            before.close();
        }
        result
    }
}

impl Drop for View {
    /// Not every host takes its frame back.
    fn drop(&mut self) {
        self.change_frame(None);
    }
}

impl IPlugViewTrait for View {
    unsafe fn setFrame(&self, frame: *mut IPlugFrame) -> tresult {
        let own = self.own.load(Ordering::Acquire);
        // SAFETY: the host's frame, or null.
        let frame = unsafe { ComRef::from_raw(frame) };
        self.change_frame(frame.map(|frame| Frame::around(frame, own, Arc::clone(&self.agreed))))
    }

    unsafe fn isPlatformTypeSupported(&self, kind: FIDString) -> tresult {
        if kind.is_null() {
            return kInvalidArgument;
        }
        // SAFETY: the host's string.
        unsafe { self.plugin.isPlatformTypeSupported(kind) }
    }

    unsafe fn attached(&self, parent: *mut c_void, kind: FIDString) -> tresult {
        if parent.is_null() || kind.is_null() {
            return kInvalidArgument;
        }
        // SAFETY: the host's window and string.
        let attach = || unsafe { self.plugin.attached(parent, kind) };
        let result = self.hosted.rests.open(self.has_loop(), attach);
        let mut size = ViewRect {
            left: 0,
            top: 0,
            right: 0,
            bottom: 0,
        };
        // SAFETY: a place of ours.
        if result == kResultOk && unsafe { self.plugin.getSize(&raw mut size) } == kResultOk {
            self.agreed.on(&size);
        }
        result
    }

    unsafe fn removed(&self) -> tresult {
        // SAFETY: the plugin's view.
        let remove = || unsafe { self.plugin.removed() };
        self.hosted.rests.close(remove)
    }

    unsafe fn onWheel(&self, distance: f32) -> tresult {
        // SAFETY: as above.
        unsafe { self.plugin.onWheel(distance) }
    }

    unsafe fn onKeyDown(&self, key: char16, code: int16, modifiers: int16) -> tresult {
        // SAFETY: as above.
        unsafe { self.plugin.onKeyDown(key, code, modifiers) }
    }

    unsafe fn onKeyUp(&self, key: char16, code: int16, modifiers: int16) -> tresult {
        // SAFETY: as above.
        unsafe { self.plugin.onKeyUp(key, code, modifiers) }
    }

    unsafe fn getSize(&self, size: *mut ViewRect) -> tresult {
        if size.is_null() {
            return kInvalidArgument;
        }
        // SAFETY: the host's place for it.
        unsafe { self.plugin.getSize(size) }
    }

    unsafe fn onSize(&self, size: *mut ViewRect) -> tresult {
        if size.is_null() {
            return kInvalidArgument;
        }
        // SAFETY: as above.
        let result = unsafe { self.plugin.onSize(size) };
        // SAFETY: the host's place for it.
        let size = unsafe { size.as_ref() };
        if let Some(size) = size.filter(|_| result == kResultOk) {
            self.agreed.on(size);
        }
        result
    }

    unsafe fn onFocus(&self, state: TBool) -> tresult {
        // SAFETY: the plugin's view.
        unsafe { self.plugin.onFocus(state) }
    }

    unsafe fn canResize(&self) -> tresult {
        // SAFETY: as above.
        unsafe { self.plugin.canResize() }
    }

    unsafe fn checkSizeConstraint(&self, size: *mut ViewRect) -> tresult {
        if size.is_null() {
            return kInvalidArgument;
        }
        // SAFETY: the host's place for it.
        unsafe { self.plugin.checkSizeConstraint(size) }
    }
}

impl IPlugViewContentScaleSupportTrait for View {
    unsafe fn setContentScaleFactor(&self, factor: ScaleFactor) -> tresult {
        // nice-plug forgets what it is told before the view is attached, as most hosts tell it.
        if !self.hosted.params.window.suggest(f64::from(factor)) {
            return kInvalidArgument;
        }
        if let Some(plugin) = self.plugin.cast::<IPlugViewContentScaleSupport>() {
            // SAFETY: the plugin's view.
            unsafe { plugin.setContentScaleFactor(factor) };
        }
        kResultOk
    }
}
