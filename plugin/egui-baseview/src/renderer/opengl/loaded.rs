//! Libraries of graphics stay loaded, once a window has used them. baseview and EGL close theirs with the window, on its own thread: a process that
//! ends meanwhile calls what is no longer there, and the next window loads them again.

use std::ffi::{CStr, CString, c_int, c_void};

/// What such libraries are called, drivers among them.
const NAMES: [&[u8]; 4] = [b"/libEGL", b"/libGL", b"/libgallium", b"_dri.so"];

/// Keeps those loaded that are.
pub fn stay_loaded() {
    let mut found: Vec<CString> = Vec::new();
    // SAFETY: `collect` is called before this returns, with what is passed here.
    unsafe { libc::dl_iterate_phdr(Some(collect), std::ptr::from_mut(&mut found).cast()) };
    for name in found {
        // SAFETY: nothing is loaded that is not; what is stays so.
        unsafe {
            let flags = libc::RTLD_LAZY | libc::RTLD_NOLOAD | libc::RTLD_NODELETE;
            let library = libc::dlopen(name.as_ptr(), flags);
            if !library.is_null() {
                libc::dlclose(library);
            }
        }
    }
}

unsafe extern "C" fn collect(
    library: *mut libc::dl_phdr_info,
    _size: usize,
    found: *mut c_void,
) -> c_int {
    // SAFETY: the loader's own description of a library, and the list that was passed to it.
    unsafe {
        let (name, found) = ((*library).dlpi_name, &mut *found.cast::<Vec<CString>>());
        if !name.is_null() {
            let name = CStr::from_ptr(name);
            let holds = |part: &&[u8]| name.to_bytes().windows(part.len()).any(|is| is == *part);
            if NAMES.iter().any(holds) {
                found.push(name.to_owned());
            }
        }
    }
    0
}
