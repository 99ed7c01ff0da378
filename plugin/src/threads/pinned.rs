//! Keeps the plugin's code in memory for as long as the process lives: a thread that was left to itself still runs it after the host has closed
//! the plugin.
//!
//! On Linux the linker says so already (`build.rs`); this says it again, and says it elsewhere.

use std::sync::Once;

/// Sees to it, once.
pub(crate) fn pin() {
    static PINNED: Once = Once::new();
    PINNED.call_once(pin_this_library);
}

#[cfg(unix)]
fn pin_this_library() {
    use std::ffi::c_void;
    use std::mem::MaybeUninit;

    let mut found = MaybeUninit::<libc::Dl_info>::zeroed();
    let here: fn() = pin;
    // SAFETY: the address is of a function of this library, and the answer, where there is one, is whole; its name lives as long as the
    // library is loaded. Opening what is loaded (`RTLD_NOLOAD`) runs nothing; the handle is never closed. A program is not opened, and need not be.
    unsafe {
        if libc::dladdr(here as *const c_void, found.as_mut_ptr()) != 0 {
            let name = found.assume_init().dli_fname;
            if !name.is_null() {
                let flags = libc::RTLD_NOW | libc::RTLD_NOLOAD | libc::RTLD_NODELETE;
                libc::dlopen(name, flags);
            }
        }
    }
}

#[cfg(windows)]
fn pin_this_library() {
    use std::ffi::c_void;

    #[link(name = "kernel32")]
    unsafe extern "system" {
        fn GetModuleHandleExW(flags: u32, address: *const c_void, module: *mut *mut c_void) -> i32;
    }
    const PIN: u32 = 1;
    const FROM_ADDRESS: u32 = 4;
    let here: fn() = pin;
    let mut module = std::ptr::null_mut();
    // SAFETY: the address is of a function of this library, and there is room for the answer.
    unsafe { GetModuleHandleExW(PIN | FROM_ADDRESS, here as *const c_void, &mut module) };
}

#[cfg(not(any(unix, windows)))]
fn pin_this_library() {}
