//! The parameter changes of one piece of a block, as the plugin reads them. Audio thread.
//!
//! They are the host's, seen through a window: times count from the piece's start, values are within 0 to 1, and what is no number
//! is left out.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicPtr, Ordering};

use vst3::Steinberg::Vst::{
    IParamValueQueue, IParamValueQueueTrait, IParameterChanges, IParameterChangesTrait, ParamID,
    ParamValue,
};
use vst3::Steinberg::{int32, kResultFalse, kResultOk, tresult};
use vst3::{Class, ComRef, ComWrapper};

use super::quiet::Quiet;
use super::read_back::ReadBack;

/// The window.
pub(super) struct Changes {
    host: AtomicPtr<IParameterChanges>,
    queue: ComWrapper<Queue>,
}

/// The host's changes of one parameter, seen through the window. There is one; the plugin reads one after the other.
pub(super) struct Queue {
    host: AtomicPtr<IParamValueQueue>,
    from: AtomicI32,
    to: AtomicI32,
    /// Where the block ends.
    end: AtomicI32,
    read_back: Arc<ReadBack>,
    quiet: Arc<Quiet>,
}

impl Class for Changes {
    type Interfaces = (IParameterChanges,);
}

impl Class for Queue {
    type Interfaces = (IParamValueQueue,);
}

impl Changes {
    /// A window onto nothing. Allocates.
    pub(super) fn new(read_back: Arc<ReadBack>, quiet: Arc<Quiet>) -> ComWrapper<Self> {
        ComWrapper::new(Self {
            host: AtomicPtr::default(),
            queue: ComWrapper::new(Queue {
                host: AtomicPtr::default(),
                from: AtomicI32::new(0),
                to: AtomicI32::new(0),
                end: AtomicI32::new(0),
                read_back,
                quiet,
            }),
        })
    }

    /// Turns the window to the samples from `from` to before `to` of a block that ends at `end`.
    ///
    /// # Safety
    /// The host's changes outlive the piece.
    ///
    /// # Real-time safety
    /// Atomic stores only.
    pub(super) unsafe fn show(&self, host: *mut IParameterChanges, from: i32, to: i32, end: i32) {
        self.host.store(host, Ordering::Relaxed);
        self.queue.from.store(from, Ordering::Relaxed);
        self.queue.to.store(to, Ordering::Relaxed);
        self.queue.end.store(end, Ordering::Relaxed);
    }

    fn host(&self) -> Option<ComRef<'_, IParameterChanges>> {
        // SAFETY: see `show`.
        unsafe { ComRef::from_raw(self.host.load(Ordering::Relaxed)) }
    }
}

impl IParameterChangesTrait for Changes {
    unsafe fn getParameterCount(&self) -> int32 {
        // SAFETY: see `show`.
        self.host()
            .map_or(0, |host| unsafe { host.getParameterCount() })
    }

    unsafe fn getParameterData(&self, index: int32) -> *mut IParamValueQueue {
        let null = std::ptr::null_mut();
        // SAFETY: see `show`.
        let queue = self
            .host()
            .map_or(null, |host| unsafe { host.getParameterData(index) });
        self.queue.host.store(queue, Ordering::Relaxed);
        match self.queue.as_com_ref::<IParamValueQueue>() {
            Some(own) if !queue.is_null() => own.as_ptr(),
            _ => null,
        }
    }

    unsafe fn addParameterData(
        &self,
        _id: *const ParamID,
        _index: *mut int32,
    ) -> *mut IParamValueQueue {
        std::ptr::null_mut()
    }
}

impl Queue {
    fn host(&self) -> Option<ComRef<'_, IParamValueQueue>> {
        // SAFETY: the host's, which outlives the piece.
        unsafe { ComRef::from_raw(self.host.load(Ordering::Relaxed)) }
    }

    /// The time within the piece of a change at `offset` of the block; `None` where it belongs to another piece. What is too early
    /// comes at the block's start, what is too late at its end.
    fn within(&self, offset: i32) -> Option<i32> {
        let [from, to, end] =
            [&self.from, &self.to, &self.end].map(|bound| bound.load(Ordering::Relaxed));
        let offset = offset.clamp(0, (end - 1).max(0));
        let is_in = offset >= from && (offset < to || to == end);
        is_in.then_some(offset - from)
    }
}

impl IParamValueQueueTrait for Queue {
    unsafe fn getParameterId(&self) -> ParamID {
        // SAFETY: the host's, which outlives the piece.
        self.host()
            .map_or(ParamID::MAX, |host| unsafe { host.getParameterId() })
    }

    unsafe fn getPointCount(&self) -> int32 {
        // SAFETY: as above.
        self.host()
            .map_or(0, |host| unsafe { host.getPointCount() })
    }

    unsafe fn getPoint(&self, index: int32, offset: *mut int32, value: *mut ParamValue) -> tresult {
        let Some(host) = self
            .host()
            .filter(|_| !offset.is_null() && !value.is_null())
        else {
            return kResultFalse;
        };
        let (mut at, mut to) = (0, f64::NAN);
        // SAFETY: as above, with places of our own.
        let (got, id) = unsafe {
            (
                host.getPoint(index, &mut at, &mut to),
                host.getParameterId(),
            )
        };
        let Some(at) = self
            .within(at)
            .filter(|_| got == kResultOk && to.is_finite())
        else {
            return kResultFalse;
        };
        self.read_back.came(id);
        let to = to.clamp(0.0, 1.0);
        if self.quiet.set(id, to) {
            return kResultFalse;
        }
        // SAFETY: the plugin's places.
        unsafe {
            offset.write(at);
            value.write(to);
        }
        kResultOk
    }

    unsafe fn addPoint(&self, _offset: int32, _value: ParamValue, _index: *mut int32) -> tresult {
        kResultFalse
    }
}
