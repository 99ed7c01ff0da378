//! Which ONNX Runtime was loaded.

use std::ffi::{CStr, c_char, c_void};
use std::path::Path;

/// `OrtApiBase` of `onnxruntime_c_api.h`, which never changes.
#[repr(C)]
struct ApiBase {
    get_api: extern "C" fn(u32) -> *const c_void,
    get_version_string: extern "C" fn() -> *const c_char,
}

/// The version of the ONNX Runtime library at `path`, such as `1.31.1`; `None` where it does not say. The library must be one that
/// [`Runtime`](crate::Runtime) has loaded.
pub fn runtime_version(path: &Path) -> Option<String> {
    // SAFETY: the library is loaded already, so nothing of it runs now, and `Runtime` keeps it for ever.
    let library = unsafe { libloading::Library::new(path) }.ok()?;
    // SAFETY: the signature is that of the C header.
    let base = unsafe {
        let get: libloading::Symbol<'_, extern "C" fn() -> *const ApiBase> =
            library.get(b"OrtGetApiBase").ok()?;
        get().as_ref()?
    };
    let version = (base.get_version_string)();
    if version.is_null() {
        return None;
    }
    // SAFETY: the header promises a constant text that ends with a zero.
    let version = unsafe { CStr::from_ptr(version) };
    version.to_str().ok().map(str::to_owned)
}
