//! Parameter changes over one block.

use std::cell::RefCell;

use vst3::Steinberg::Vst::{
    IParamValueQueue, IParamValueQueueTrait, IParameterChanges, IParameterChangesTrait, ParamID,
    ParamValue,
};
use vst3::Steinberg::{kInvalidArgument, kResultFalse, kResultOk, tresult};
use vst3::{Class, ComPtr, ComWrapper};

/// Queues of points, one for each parameter, in the order in which they were given. Offsets and values may be anything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    queues: Vec<(u32, Vec<(i32, f64)>)>,
}

impl Changes {
    /// No change.
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds a point to the parameter's queue.
    pub fn at(mut self, offset: i32, param: u32, value: f64) -> Self {
        self.push(offset, param, value);
        self
    }

    /// Adds a point to the parameter's queue.
    pub fn push(&mut self, offset: i32, param: u32, value: f64) {
        match self.queues.iter_mut().find(|queue| queue.0 == param) {
            Some(queue) => queue.1.push((offset, value)),
            None => self.queues.push((param, vec![(offset, value)])),
        }
    }

    /// Adds a queue without a point.
    pub fn empty_queue(mut self, param: u32) -> Self {
        self.queues.push((param, Vec::new()));
        self
    }

    /// As the plugin sees them.
    pub(super) fn list(&self) -> Option<ComWrapper<List>> {
        let queue = |(param, points): &(u32, Vec<(i32, f64)>)| {
            let queue = ComWrapper::new(Queue {
                param: *param,
                points: RefCell::new(points.clone()),
            });
            queue.to_com_ptr::<IParamValueQueue>()
        };
        let queues: Option<Vec<_>> = self.queues.iter().map(queue).collect();
        Some(ComWrapper::new(List {
            queues: RefCell::new(queues?),
        }))
    }
}

pub(super) struct List {
    queues: RefCell<Vec<ComPtr<IParamValueQueue>>>,
}

struct Queue {
    param: ParamID,
    points: RefCell<Vec<(i32, f64)>>,
}

impl Class for List {
    type Interfaces = (IParameterChanges,);
}

impl IParameterChangesTrait for List {
    unsafe fn getParameterCount(&self) -> i32 {
        self.queues.borrow().len() as i32
    }

    unsafe fn getParameterData(&self, index: i32) -> *mut IParamValueQueue {
        let queues = self.queues.borrow();
        let queue = usize::try_from(index)
            .ok()
            .and_then(|index| queues.get(index));
        queue.map_or(std::ptr::null_mut(), ComPtr::as_ptr)
    }

    unsafe fn addParameterData(
        &self,
        id: *const ParamID,
        index: *mut i32,
    ) -> *mut IParamValueQueue {
        let mut queues = self.queues.borrow_mut();
        // SAFETY: the plugin gives the address of a number.
        let param = unsafe { *id };
        // SAFETY: the queues are ours.
        let known = queues
            .iter()
            .position(|queue| unsafe { queue.getParameterId() } == param);
        let place = known.unwrap_or(queues.len());
        if known.is_none() {
            let queue = ComWrapper::new(Queue {
                param,
                points: RefCell::default(),
            });
            queues.extend(queue.to_com_ptr::<IParamValueQueue>());
        }
        if !index.is_null() {
            // SAFETY: the plugin gives the address of a number.
            unsafe { index.write(place as i32) };
        }
        queues
            .get(place)
            .map_or(std::ptr::null_mut(), ComPtr::as_ptr)
    }
}

impl Class for Queue {
    type Interfaces = (IParamValueQueue,);
}

impl IParamValueQueueTrait for Queue {
    unsafe fn getParameterId(&self) -> ParamID {
        self.param
    }

    unsafe fn getPointCount(&self) -> i32 {
        self.points.borrow().len() as i32
    }

    unsafe fn getPoint(&self, index: i32, offset: *mut i32, value: *mut ParamValue) -> tresult {
        let points = self.points.borrow();
        let point = usize::try_from(index)
            .ok()
            .and_then(|index| points.get(index));
        let Some(&point) = point else {
            return kInvalidArgument;
        };
        if offset.is_null() || value.is_null() {
            return kInvalidArgument;
        }
        // SAFETY: the plugin gives the addresses of two numbers.
        unsafe {
            offset.write(point.0);
            value.write(point.1);
        }
        kResultOk
    }

    unsafe fn addPoint(&self, offset: i32, value: ParamValue, index: *mut i32) -> tresult {
        let Ok(mut points) = self.points.try_borrow_mut() else {
            return kResultFalse;
        };
        if !index.is_null() {
            // SAFETY: the plugin gives the address of a number.
            unsafe { index.write(points.len() as i32) };
        }
        points.push((offset, value));
        kResultOk
    }
}
