//! A plugin's editor in a window of ours, with the run loop that VST3 has plugins share on Linux.

use std::ffi::c_void;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use vst3::Steinberg::Linux::{
    FileDescriptor, IEventHandler, IEventHandlerTrait, IRunLoop, IRunLoopTrait, ITimerHandler,
    ITimerHandlerTrait, TimerInterval,
};
use vst3::Steinberg::Vst::{IEditControllerTrait, ViewType};
use vst3::Steinberg::{
    IPlugFrame, IPlugFrameTrait, IPlugView, IPlugViewContentScaleSupport,
    IPlugViewContentScaleSupportTrait, IPlugViewTrait, ViewRect, kInvalidArgument,
    kPlatformTypeX11EmbedWindowID, kResultFalse, kResultOk, tresult,
};
use vst3::{Class, ComPtr, ComRef, ComWrapper};

use super::Plugin;
use crate::host::HostError;

/// How long a run loop sleeps at most, in milliseconds.
const NAP_MS: i32 = 10;

/// An open editor. It closes when it is dropped.
pub struct View {
    view: ComPtr<IPlugView>,
    frame: ComWrapper<Frame>,
}

/// What the plugin sees of our window: a frame that may be resized, and our run loop.
#[derive(Default)]
struct Frame {
    size: Mutex<Option<(i32, i32)>>,
    refuses: AtomicBool,
    events: Mutex<Vec<(ComPtr<IEventHandler>, FileDescriptor)>>,
    timers: Mutex<Vec<Timer>>,
}

#[derive(Clone)]
struct Timer {
    handler: ComPtr<ITimerHandler>,
    every: Duration,
    due: Instant,
}

impl Plugin {
    /// Opens the plugin's editor inside an X11 window.
    ///
    /// # Errors
    /// If it has none or does not take the window.
    pub fn open_view(&mut self, window: u32) -> Result<View, HostError> {
        self.open_view_at(window, None)
    }

    /// As [`Plugin::open_view`], on a screen of that scale, which is told before the view is attached.
    ///
    /// # Errors
    /// If it has none or does not take the window.
    pub fn open_view_at(&mut self, window: u32, scale: Option<f32>) -> Result<View, HostError> {
        // SAFETY: what comes back is ours to release.
        let view = unsafe { ComPtr::from_raw(self.controller.createView(ViewType::kEditor)) };
        let view = view.ok_or(HostError::NoExtension("editor"))?;
        let frame = ComWrapper::new(Frame::default());
        let address = frame
            .as_com_ref::<IPlugFrame>()
            .ok_or(HostError::NoExtension("IPlugFrame"))?;
        if let Some(scale) = scale {
            tell_scale(&view, scale);
        }
        // SAFETY: the frame outlives the view; the window is one of this screen.
        let attached = unsafe {
            view.setFrame(address.as_ptr());
            view.attached(
                window as usize as *mut c_void,
                kPlatformTypeX11EmbedWindowID,
            )
        };
        if attached != kResultOk {
            return Err(HostError::Refused {
                action: "open its editor",
                reason: format!("result {attached}"),
            });
        }
        Ok(View { view, frame })
    }
}

impl View {
    /// Width and height in pixels.
    pub fn size(&self) -> (i32, i32) {
        let mut rect = ViewRect {
            left: 0,
            top: 0,
            right: 0,
            bottom: 0,
        };
        // SAFETY: the plugin fills the structure.
        unsafe { self.view.getSize(&mut rect) };
        (rect.right - rect.left, rect.bottom - rect.top)
    }

    /// Tells the view another scale. Whether it takes it.
    pub fn set_scale(&self, scale: f32) -> bool {
        tell_scale(&self.view, scale)
    }

    /// From now on the frame keeps the size that it has.
    pub fn refuse_sizes(&self) {
        self.frame.refuses.store(true, Ordering::Release);
    }

    /// The width and height that the plugin last asked its frame for.
    pub fn wanted_size(&self) -> Option<(i32, i32)> {
        *lock(&self.frame.size)
    }

    /// How many descriptors and timers the plugin has registered with our run loop.
    pub fn registered(&self) -> usize {
        lock(&self.frame.events).len() + lock(&self.frame.timers).len()
    }

    /// Serves the plugin's descriptors and timers for this long.
    pub fn run(&self, time: Duration) {
        let end = Instant::now() + time;
        while Instant::now() < end {
            self.frame.serve_events();
            self.frame.serve_timers();
        }
    }
}

impl Drop for View {
    fn drop(&mut self) {
        // SAFETY: the view was attached.
        unsafe {
            self.view.removed();
            self.view.setFrame(std::ptr::null_mut());
        }
    }
}

impl Frame {
    fn serve_events(&self) {
        let events = lock(&self.events).clone();
        let mut waited: Vec<libc::pollfd> = events
            .iter()
            .map(|&(_, fd)| libc::pollfd {
                fd,
                events: libc::POLLIN,
                revents: 0,
            })
            .collect();
        // SAFETY: the array is as long as said.
        unsafe { libc::poll(waited.as_mut_ptr(), waited.len() as libc::nfds_t, NAP_MS) };
        for ((handler, fd), waited) in events.iter().zip(waited) {
            if waited.revents != 0 {
                // SAFETY: a reference is held.
                unsafe { handler.onFDIsSet(*fd) };
            }
        }
    }

    fn serve_timers(&self) {
        let now = Instant::now();
        let mut due = Vec::new();
        for timer in &mut *lock(&self.timers) {
            if timer.due <= now {
                timer.due = now + timer.every;
                due.push(timer.handler.clone());
            }
        }
        for handler in due {
            // SAFETY: a reference is held.
            unsafe { handler.onTimer() };
        }
    }
}

impl Class for Frame {
    type Interfaces = (IPlugFrame, IRunLoop);
}

impl IPlugFrameTrait for Frame {
    unsafe fn resizeView(&self, view: *mut IPlugView, size: *mut ViewRect) -> tresult {
        // SAFETY: the plugin gives its view and a size.
        let (view, mut rect) = match unsafe { (ComRef::from_raw(view), size.as_ref()) } {
            (Some(view), Some(rect)) => (view, *rect),
            _ => return kInvalidArgument,
        };
        *lock(&self.size) = Some((rect.right - rect.left, rect.bottom - rect.top));
        if self.refuses.load(Ordering::Acquire) {
            return kResultFalse;
        }
        // SAFETY: the view is the plugin's own.
        unsafe { view.onSize(&mut rect) }
    }
}

impl IRunLoopTrait for Frame {
    unsafe fn registerEventHandler(
        &self,
        handler: *mut IEventHandler,
        fd: FileDescriptor,
    ) -> tresult {
        // SAFETY: the plugin gives an object of its own.
        let Some(handler) = (unsafe { ComRef::from_raw(handler) }) else {
            return kInvalidArgument;
        };
        lock(&self.events).push((handler.to_com_ptr(), fd));
        kResultOk
    }

    unsafe fn unregisterEventHandler(&self, handler: *mut IEventHandler) -> tresult {
        remove(&self.events, |(known, _)| known.as_ptr() == handler)
    }

    unsafe fn registerTimer(
        &self,
        handler: *mut ITimerHandler,
        milliseconds: TimerInterval,
    ) -> tresult {
        // SAFETY: the plugin gives an object of its own.
        let Some(handler) = (unsafe { ComRef::from_raw(handler) }) else {
            return kInvalidArgument;
        };
        let every = Duration::from_millis(milliseconds);
        lock(&self.timers).push(Timer {
            handler: handler.to_com_ptr(),
            every,
            due: Instant::now() + every,
        });
        kResultOk
    }

    unsafe fn unregisterTimer(&self, handler: *mut ITimerHandler) -> tresult {
        remove(&self.timers, |timer| timer.handler.as_ptr() == handler)
    }
}

/// Whether the view takes that scale.
fn tell_scale(view: &ComPtr<IPlugView>, scale: f32) -> bool {
    let view = view.cast::<IPlugViewContentScaleSupport>();
    // SAFETY: the view is the plugin's own.
    view.is_some_and(|view| unsafe { view.setContentScaleFactor(scale) } == kResultOk)
}

/// Takes out what is meant, and lets go of it when nothing is locked any more.
fn remove<T>(all: &Mutex<Vec<T>>, is_meant: impl Fn(&T) -> bool) -> tresult {
    let removed: Vec<T> = lock(all).extract_if(.., |one| is_meant(one)).collect();
    if removed.is_empty() {
        return kInvalidArgument;
    }
    kResultOk
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|error| error.into_inner())
}
