#![allow(dead_code, non_camel_case_types)]

#[cfg(feature = "x11")]
pub mod x11;

use std::os::raw::{c_char, c_int};
use std::sync::OnceLock;

use dlib::dlopen_external_library;
use log::info;

pub struct xkb_context;
pub struct xkb_keymap;
pub struct xkb_state;

pub type xkb_keycode_t = u32;

#[repr(C)]
#[derive(Copy, Clone, Debug, PartialEq)]
pub enum xkb_context_flags {
    /// Do not apply any context flags.
    XKB_CONTEXT_NO_FLAGS = 0,
}

#[repr(C)]
#[derive(Copy, Clone, Debug, PartialEq)]
pub enum xkb_keymap_compile_flags {
    /// Do not apply any flags.
    XKB_KEYMAP_COMPILE_NO_FLAGS = 0,
}

#[repr(C)]
#[derive(Copy, Clone, Debug, PartialEq)]
pub enum xkb_key_direction {
    /// The key was released.
    XKB_KEY_UP,
    /// The key was pressed.
    XKB_KEY_DOWN,
}

/// Parts of a state that a change touched, as bits.
pub type xkb_state_component = u32;

dlopen_external_library!(XkbCommon,
functions:
    fn xkb_context_new(xkb_context_flags) -> *mut xkb_context,
    fn xkb_context_unref(*mut xkb_context) -> (),

    fn xkb_keymap_unref(*mut xkb_keymap) -> (),

    fn xkb_state_unref(*mut xkb_state) -> (),
    fn xkb_state_update_key(
        *mut xkb_state,
        xkb_keycode_t,
        xkb_key_direction
    ) -> xkb_state_component,
    fn xkb_state_key_get_utf8(
        *mut xkb_state,
        xkb_keycode_t,
        *mut c_char,
        usize
    ) -> c_int,
);

pub fn xkbcommon_option() -> Option<&'static XkbCommon> {
    static XKBCOMMON_OPTION: OnceLock<Option<XkbCommon>> = OnceLock::new();
    XKBCOMMON_OPTION
        .get_or_init(|| {
            open_with_sonames(&["libxkbcommon.so.0", "libxkbcommon.so"], |name| unsafe {
                XkbCommon::open(name)
            })
        })
        .as_ref()
}

fn open_with_sonames<T, F>(names: &[&str], open: F) -> Option<T>
where
    F: Fn(&str) -> Result<T, dlib::DlError>,
{
    for name in names {
        match open(name) {
            Ok(l) => return Some(l),
            Err(e) => info!("Failed loading `{}`. Error: {:?}", name, e),
        }
    }
    None
}
