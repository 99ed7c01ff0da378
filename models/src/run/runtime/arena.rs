//! One arena for all sessions: the memory that a run borrows is that of the run before, whichever session that was of.
//!
//! Left alone, ONNX Runtime gives every session an arena that grows by powers of two and is never given back. Sessions of one thread run one after
//! the other, so most of that would lie idle.

use std::ptr;

use ort::AsPointer as _;
use ort::environment::Environment;
use ort::memory::{AllocationDevice, AllocatorType, MemoryInfo, MemoryType};

/// What the arena is told, and as which number. Regions are as large as what asks for them (`kSameAsRequested`); the rest is ONNX Runtime's own choice.
const SETTINGS: [(&std::ffi::CStr, usize); 1] = [(c"arena_extend_strategy", 1)];

/// Gives `environment` the arena that sessions made `with_env_allocators` take their memory from.
///
/// # Errors
/// What ONNX Runtime reports.
pub(super) fn share(environment: &Environment) -> ort::Result<()> {
    let info = MemoryInfo::new(
        AllocationDevice::CPU,
        0,
        AllocatorType::Arena,
        MemoryType::Default,
    )?;
    let (keys, values) = SETTINGS
        .map(|(key, value)| (key.as_ptr(), value))
        .into_iter()
        .unzip::<_, _, Vec<_>, Vec<_>>();
    let (api, mut settings) = (ort::api(), ptr::null_mut());
    // SAFETY: keys and values are as many as said and outlive the call, which makes `settings`.
    unsafe {
        ort::Error::result_from_status((api.CreateArenaCfgV2)(
            keys.as_ptr(),
            values.as_ptr(),
            keys.len(),
            &mut settings,
        ))?;
    }
    // SAFETY: environment, memory info and settings are living objects of this library; it copies what it keeps of the latter two. The settings
    // are released once, and not used after.
    unsafe {
        let status =
            (api.CreateAndRegisterAllocator)(environment.ptr().cast_mut(), info.ptr(), settings);
        (api.ReleaseArenaCfg)(settings);
        ort::Error::result_from_status(status)
    }
}
