//! The frame that the plugin's view is told of: the host's, with our own run loop on Linux. Main thread.
//!
//! nice-plug 0.4.2 registers an event handler with the host's run loop when it gets a frame, and never lets go of it: each opening of
//! the editor kept two sockets. So the view gets a frame of ours. What is registered there is remembered, and once the view has
//! let go of its frame, we take it out of the host's run loop and let go of what nobody else holds.

use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use vst3::Steinberg::Linux::{
    FileDescriptor, IEventHandler, IRunLoop, IRunLoopTrait, ITimerHandler, TimerInterval,
};
use vst3::Steinberg::{
    IPlugFrame, IPlugFrameTrait, IPlugView, IPlugViewTrait as _, ViewRect, kInvalidArgument,
    kResultFalse, kResultOk, tresult,
};
use vst3::{Class, ComPtr, ComRef, ComWrapper, Interface};

/// A frame without a run loop.
pub(super) struct PlainFrame(Ours);

/// A frame with one.
pub(super) struct LoopFrame {
    ours: Ours,
    host: ComPtr<IRunLoop>,
    /// What the view has registered; we hold a count of each.
    handlers: Mutex<Vec<ComPtr<IEventHandler>>>,
}

/// The host's frame, our view as the host knows it, and the size that both agreed on last.
struct Ours {
    host: ComPtr<IPlugFrame>,
    view: AtomicPtr<IPlugView>,
    agreed: Arc<Agreed>,
}

/// The size that host and view agreed on last, in the host's pixels.
#[derive(Default)]
pub(super) struct Agreed(Mutex<Option<(i32, i32)>>);

impl Agreed {
    /// Both have that size.
    pub(super) fn on(&self, size: &ViewRect) {
        let size = (size.right - size.left, size.bottom - size.top);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(size);
    }

    fn size(&self) -> Option<ViewRect> {
        let agreed = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        agreed.map(|(right, bottom)| ViewRect {
            left: 0,
            top: 0,
            right,
            bottom,
        })
    }
}

impl Class for PlainFrame {
    type Interfaces = (IPlugFrame,);
}

impl Class for LoopFrame {
    type Interfaces = (IPlugFrame, IRunLoop);
}

/// A frame of ours.
pub(super) enum Frame {
    /// Without a run loop.
    Plain(ComWrapper<PlainFrame>),
    /// With one.
    Loop(ComWrapper<LoopFrame>),
}

impl Frame {
    /// Around the host's frame, for `view`.
    pub(super) fn around(
        host: ComRef<'_, IPlugFrame>,
        view: *mut IPlugView,
        agreed: Arc<Agreed>,
    ) -> Self {
        let ours = Ours {
            host: host.to_com_ptr(),
            view: AtomicPtr::new(view),
            agreed,
        };
        match host.cast::<IRunLoop>() {
            Some(run_loop) => Self::Loop(ComWrapper::new(LoopFrame {
                ours,
                host: run_loop,
                handlers: Mutex::default(),
            })),
            None => Self::Plain(ComWrapper::new(PlainFrame(ours))),
        }
    }

    /// The frame for the plugin's view.
    pub(super) fn for_plugin(&self) -> *mut IPlugFrame {
        let frame = match self {
            Self::Plain(frame) => frame.as_com_ref::<IPlugFrame>(),
            Self::Loop(frame) => frame.as_com_ref::<IPlugFrame>(),
        };
        frame.map_or(std::ptr::null_mut(), |frame| frame.as_ptr())
    }

    /// After the plugin's view has let go of the frame.
    pub(super) fn close(self) {
        let ours = match &self {
            Self::Plain(frame) => &frame.0,
            Self::Loop(frame) => &frame.ours,
        };
        ours.view.store(std::ptr::null_mut(), Ordering::Release);
        if let Self::Loop(frame) = self {
            for handler in frame.take_handlers() {
                // SAFETY: the host's run loop, and a handler that we hold.
                unsafe { frame.host.unregisterEventHandler(handler.as_ptr()) };
                let_go(handler);
            }
        }
    }
}

/// Lets go of our count, and of the one that nice-plug's handler keeps of itself: it is that one where a single count is left
/// after ours, since view and host have let go before.
fn let_go(handler: ComPtr<IEventHandler>) {
    let handler = handler.into_raw();
    // SAFETY: we own one count; the second is the handler's own, which nothing else ever releases.
    unsafe {
        if release(handler) == 1 {
            release(handler);
        }
    }
}

/// Releases one count and says how many are left.
///
/// # Safety
/// One count is the caller's.
unsafe fn release<I: Interface>(object: *mut I) -> u32 {
    let unknown = object.cast::<vst3::Steinberg::FUnknown>();
    // SAFETY: every interface begins with that of `FUnknown`.
    unsafe { ((*(*unknown).vtbl).release)(unknown) }
}

impl Ours {
    /// Asks the host for a size; it knows our view, not the plugin's. Where it refuses, the view goes back to the size that was agreed on: it has
    /// changed its own already, and nice-plug does not tell it.
    unsafe fn resize(&self, size: *mut ViewRect) -> tresult {
        let view = self.view.load(Ordering::Acquire);
        if view.is_null() {
            return kResultFalse;
        }
        // SAFETY: the view lives while it is stored here.
        let result = unsafe { self.host.resizeView(view, size) };
        if result == kResultOk {
            // SAFETY: the plugin's place for it, or null.
            if let Some(size) = unsafe { size.as_ref() } {
                self.agreed.on(size);
            }
        } else if let Some(mut agreed) = self.agreed.size() {
            // SAFETY: as above.
            let view = unsafe { ComRef::from_raw(view) };
            // SAFETY: as above.
            view.map(|view| unsafe { view.onSize(&raw mut agreed) });
        }
        result
    }
}

impl IPlugFrameTrait for PlainFrame {
    unsafe fn resizeView(&self, _view: *mut IPlugView, size: *mut ViewRect) -> tresult {
        // SAFETY: the plugin's place for it.
        unsafe { self.0.resize(size) }
    }
}

impl IPlugFrameTrait for LoopFrame {
    unsafe fn resizeView(&self, _view: *mut IPlugView, size: *mut ViewRect) -> tresult {
        // SAFETY: as above.
        unsafe { self.ours.resize(size) }
    }
}

impl LoopFrame {
    fn take_handlers(&self) -> Vec<ComPtr<IEventHandler>> {
        std::mem::take(&mut *self.handlers.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl IRunLoopTrait for LoopFrame {
    unsafe fn registerEventHandler(
        &self,
        handler: *mut IEventHandler,
        descriptor: FileDescriptor,
    ) -> tresult {
        // SAFETY: the view's handler, or null.
        let Some(own) = (unsafe { ComRef::from_raw(handler) }) else {
            return kInvalidArgument;
        };
        self.handlers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(own.to_com_ptr());
        // SAFETY: the host's run loop.
        unsafe { self.host.registerEventHandler(handler, descriptor) }
    }

    unsafe fn unregisterEventHandler(&self, handler: *mut IEventHandler) -> tresult {
        let mut handlers = self.handlers.lock().unwrap_or_else(PoisonError::into_inner);
        // A handler that is going already has been taken out of the host's run loop: see `close`.
        let Some(place) = handlers.iter().position(|own| own.as_ptr() == handler) else {
            return kResultFalse;
        };
        let own = handlers.remove(place);
        drop(handlers);
        // SAFETY: the host's run loop, and a handler that we hold.
        unsafe { self.host.unregisterEventHandler(own.as_ptr()) }
    }

    unsafe fn registerTimer(
        &self,
        handler: *mut ITimerHandler,
        milliseconds: TimerInterval,
    ) -> tresult {
        // SAFETY: the host's run loop.
        unsafe { self.host.registerTimer(handler, milliseconds) }
    }

    unsafe fn unregisterTimer(&self, handler: *mut ITimerHandler) -> tresult {
        // SAFETY: the host's run loop.
        unsafe { self.host.unregisterTimer(handler) }
    }
}
