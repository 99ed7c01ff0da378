//! Whether the last picture is still there when the next one is drawn. EGL says so of surfaces that are asked to keep it, as those of software
//! rendering can; a graphics card's cannot, and is quick.

use std::ffi::{CStr, c_void};

use baseview::gl::GlContext;

type Handle = *mut c_void;
type Current = unsafe extern "system" fn() -> Handle;
type CurrentSurface = unsafe extern "system" fn(i32) -> Handle;
type SetAttribute = unsafe extern "system" fn(Handle, Handle, i32, i32) -> u32;
type GetAttribute = unsafe extern "system" fn(Handle, Handle, i32, *mut i32) -> u32;

const EGL_DRAW: i32 = 0x3059;
const EGL_SWAP_BEHAVIOR: i32 = 0x3093;
const EGL_BUFFER_PRESERVED: i32 = 0x3094;

/// Has pictures kept from now on. Returns whether they are. The context is current.
pub fn keep_pictures(context: &GlContext) -> bool {
    if !cfg!(target_os = "linux") {
        return false;
    }
    keep(context).unwrap_or(false)
}

fn keep(context: &GlContext) -> Option<bool> {
    let find = |name: &CStr| {
        let address = context.get_proc_address(name);
        (!address.is_null()).then_some(address)
    };
    // SAFETY: these are the types that EGL 1.4 gives functions of these names, and all of them have one.
    let (display, surface, set, get) = unsafe {
        (
            std::mem::transmute::<*const c_void, Current>(find(c"eglGetCurrentDisplay")?),
            std::mem::transmute::<*const c_void, CurrentSurface>(find(c"eglGetCurrentSurface")?),
            std::mem::transmute::<*const c_void, SetAttribute>(find(c"eglSurfaceAttrib")?),
            std::mem::transmute::<*const c_void, GetAttribute>(find(c"eglQuerySurface")?),
        )
    };
    // SAFETY: display and surface are the current ones, and are asked nothing where there are none, as where the context is GLX's.
    unsafe {
        let (display, surface) = (display(), surface(EGL_DRAW));
        if display.is_null() || surface.is_null() {
            return None;
        }
        let mut behaviour = 0;
        let is_set = set(display, surface, EGL_SWAP_BEHAVIOR, EGL_BUFFER_PRESERVED) != 0;
        let is_known = get(display, surface, EGL_SWAP_BEHAVIOR, &mut behaviour) != 0;
        Some(is_set && is_known && behaviour == EGL_BUFFER_PRESERVED)
    }
}
