//! The stream that states are written to and read from, which may give trouble.

use std::cell::{Cell, RefCell};
use std::ffi::c_void;

use vst3::Class;
use vst3::Steinberg::IBStream_::IStreamSeekMode_::{kIBSeekCur, kIBSeekEnd};
use vst3::Steinberg::{
    IBStream, IBStreamTrait, kInvalidArgument, kResultFalse, kResultOk, tresult,
};

/// What is wrong with a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing.
    #[default]
    None,
    /// No call moves more bytes than this.
    Short(usize),
    /// It fails once it has moved this many bytes.
    FailsAfter(usize),
    /// It cannot say where it is nor go elsewhere.
    Unseekable,
}

/// Bytes with a place to read and to write at.
#[derive(Default)]
pub struct Stream {
    bytes: RefCell<Vec<u8>>,
    place: Cell<usize>,
    moved: Cell<usize>,
    trouble: Trouble,
}

impl Stream {
    /// A stream of these bytes, to be read from the `start`th.
    pub fn new(bytes: Vec<u8>, start: usize, trouble: Trouble) -> Self {
        Self {
            bytes: RefCell::new(bytes),
            place: Cell::new(start),
            moved: Cell::new(0),
            trouble,
        }
    }

    /// All its bytes.
    pub fn bytes(&self) -> Vec<u8> {
        self.bytes.borrow().clone()
    }

    /// How many bytes a call may move that asks for `wanted`; `None` if it is to fail.
    fn allowed(&self, wanted: i32) -> Option<usize> {
        let wanted = usize::try_from(wanted).ok()?;
        match self.trouble {
            Trouble::None | Trouble::Unseekable => Some(wanted),
            Trouble::Short(most) => Some(wanted.min(most)),
            Trouble::FailsAfter(most) => match most.saturating_sub(self.moved.get()) {
                0 => None,
                left => Some(wanted.min(left)),
            },
        }
    }

    fn move_on(&self, count: usize) {
        self.place.set(self.place.get() + count);
        self.moved.set(self.moved.get() + count);
    }
}

impl Class for Stream {
    type Interfaces = (IBStream,);
}

/// Says how many bytes were moved, to a plugin that wants to know.
///
/// # Safety
/// The address must be null or a number's.
unsafe fn say<T>(address: *mut T, value: T) {
    if !address.is_null() {
        // SAFETY: as the caller promises.
        unsafe { address.write(value) };
    }
}

impl IBStreamTrait for Stream {
    unsafe fn read(&self, buffer: *mut c_void, wanted: i32, read: *mut i32) -> tresult {
        let bytes = self.bytes.borrow();
        let rest = bytes.get(self.place.get()..).unwrap_or_default();
        let allowed = self.allowed(wanted);
        let count = rest.len().min(allowed.unwrap_or(0));
        // SAFETY: the plugin gives room for what it wants, and `count` is no more.
        unsafe {
            std::ptr::copy_nonoverlapping(rest.as_ptr(), buffer.cast(), count);
            say(read, count as i32);
        }
        self.move_on(count);
        allowed.map_or(kResultFalse, |_| kResultOk)
    }

    unsafe fn write(&self, buffer: *mut c_void, wanted: i32, written: *mut i32) -> tresult {
        let allowed = self.allowed(wanted);
        let count = allowed.unwrap_or(0);
        let (mut bytes, start) = (self.bytes.borrow_mut(), self.place.get());
        let length = bytes.len().max(start + count);
        bytes.resize(length, 0);
        // SAFETY: the plugin gives as many bytes as it says.
        unsafe {
            let from = bytes[start..].as_mut_ptr();
            std::ptr::copy_nonoverlapping(buffer.cast::<u8>(), from, count);
            say(written, count as i32);
        }
        self.move_on(count);
        allowed.map_or(kResultFalse, |_| kResultOk)
    }

    unsafe fn seek(&self, offset: i64, mode: i32, place: *mut i64) -> tresult {
        if self.trouble == Trouble::Unseekable {
            return kResultFalse;
        }
        let from = if mode == kIBSeekCur as i32 {
            self.place.get()
        } else if mode == kIBSeekEnd as i32 {
            self.bytes.borrow().len()
        } else {
            0
        };
        let Ok(to) = usize::try_from(from as i64 + offset) else {
            return kInvalidArgument;
        };
        self.place.set(to);
        // SAFETY: null or a number's address.
        unsafe { say(place, to as i64) };
        kResultOk
    }

    unsafe fn tell(&self, place: *mut i64) -> tresult {
        if self.trouble == Trouble::Unseekable {
            return kResultFalse;
        }
        // SAFETY: null or a number's address.
        unsafe { say(place, self.place.get() as i64) };
        kResultOk
    }
}
