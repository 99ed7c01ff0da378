//! States between the host's streams and ours. Main thread.

use std::ffi::c_void;
use std::sync::{Mutex, PoisonError};

use netbend_dsp::number::{low_bits, signed};
use vst3::Steinberg::IBStream_::IStreamSeekMode_::{kIBSeekCur, kIBSeekEnd, kIBSeekSet};
use vst3::Steinberg::{
    IBStream, IBStreamTrait, int32, int64, kInvalidArgument, kResultOk, tresult,
};
use vst3::{Class, ComRef, ComWrapper};

use crate::host::boundary::state::MAX_BYTES;

const PIECE_BYTES: usize = 64 << 10;

/// Everything that the host's stream holds from where it stands; `None` where it is null. Reads no more than a little past
/// [`MAX_BYTES`], which is enough to refuse it.
///
/// # Safety
/// `stream` is the host's, or null.
pub(super) unsafe fn read_all(stream: *mut IBStream) -> Option<Vec<u8>> {
    // SAFETY: the caller's promise.
    let stream = unsafe { ComRef::from_raw(stream) }?;
    let mut bytes = Vec::new();
    let mut piece = vec![0u8; PIECE_BYTES];
    while bytes.len() <= MAX_BYTES {
        let mut count = 0;
        // SAFETY: the piece is as long as is said.
        let result = unsafe {
            stream.read(
                piece.as_mut_ptr().cast(),
                low_bits::<int32>(piece.len()),
                &mut count,
            )
        };
        // At the end some hosts say that they failed.
        let read = usize::try_from(count)
            .ok()
            .and_then(|count| piece.get(..count));
        bytes.extend_from_slice(read.unwrap_or_default());
        if count <= 0 || result != kResultOk {
            break;
        }
    }
    Some(bytes)
}

/// Writes everything to the host's stream; whether it took it.
///
/// # Safety
/// `stream` is the host's, or null.
pub(super) unsafe fn write_all(stream: *mut IBStream, mut bytes: &[u8]) -> bool {
    // SAFETY: the caller's promise.
    let Some(stream) = (unsafe { ComRef::from_raw(stream) }) else {
        return false;
    };
    while !bytes.is_empty() {
        let piece = &bytes[..bytes.len().min(PIECE_BYTES)];
        let mut count = 0;
        // SAFETY: the piece is as long as is said, and only read.
        let result = unsafe {
            stream.write(
                piece.as_ptr().cast_mut().cast(),
                low_bits::<int32>(piece.len()),
                &mut count,
            )
        };
        match usize::try_from(count) {
            Ok(count) if result == kResultOk && count > 0 && count <= piece.len() => {
                bytes = &bytes[count..];
            }
            _ => return false,
        }
    }
    true
}

/// A stream in memory.
pub(super) struct Memory {
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    bytes: Vec<u8>,
    position: usize,
}

impl Memory {
    /// A stream of these bytes, at their start.
    pub(super) fn of(bytes: Vec<u8>) -> ComWrapper<Self> {
        ComWrapper::new(Self {
            inside: Mutex::new(Inside { bytes, position: 0 }),
        })
    }

    /// All bytes.
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.with(|inside| inside.bytes.clone())
    }

    fn with<T>(&self, action: impl FnOnce(&mut Inside) -> T) -> T {
        action(&mut self.inside.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Class for Memory {
    type Interfaces = (IBStream,);
}

/// Writes `value` where it is wanted.
unsafe fn tell<T>(to: *mut T, value: T) {
    if !to.is_null() {
        // SAFETY: the caller's place for it.
        unsafe { to.write(value) };
    }
}

impl IBStreamTrait for Memory {
    unsafe fn read(&self, buffer: *mut c_void, wanted: int32, read: *mut int32) -> tresult {
        let Ok(wanted) = usize::try_from(wanted) else {
            return kInvalidArgument;
        };
        self.with(|inside| {
            let rest = &inside.bytes[inside.position..];
            let count = rest.len().min(wanted);
            // SAFETY: the caller's buffer is as long as it says.
            unsafe {
                std::ptr::copy_nonoverlapping(rest.as_ptr(), buffer.cast(), count);
                tell(read, low_bits::<int32>(count));
            }
            inside.position += count;
        });
        kResultOk
    }

    unsafe fn write(&self, buffer: *mut c_void, count: int32, written: *mut int32) -> tresult {
        let Ok(length) = usize::try_from(count) else {
            return kInvalidArgument;
        };
        self.with(|inside| {
            inside.bytes.truncate(inside.position);
            // SAFETY: the caller's buffer is as long as it says.
            unsafe {
                inside
                    .bytes
                    .extend_from_slice(std::slice::from_raw_parts(buffer.cast(), length));
                tell(written, count);
            }
            inside.position = inside.bytes.len();
        });
        kResultOk
    }

    unsafe fn seek(&self, offset: int64, mode: int32, result: *mut int64) -> tresult {
        self.with(|inside| {
            let length = signed(inside.bytes.len());
            // The enum's type differs between systems.
            #[allow(clippy::unnecessary_cast, clippy::cast_possible_wrap)]
            let start = match mode {
                mode if mode == kIBSeekSet as int32 => 0,
                mode if mode == kIBSeekCur as int32 => signed(inside.position),
                mode if mode == kIBSeekEnd as int32 => length,
                _ => return kInvalidArgument,
            };
            let position = start.saturating_add(offset).clamp(0, length);
            inside.position = low_bits::<usize>(position);
            // SAFETY: the caller's place, or null.
            unsafe { tell(result, position) };
            kResultOk
        })
    }

    unsafe fn tell(&self, position: *mut int64) -> tresult {
        // SAFETY: the caller's place, or null.
        unsafe { tell(position, self.with(|inside| signed(inside.position))) };
        kResultOk
    }
}
