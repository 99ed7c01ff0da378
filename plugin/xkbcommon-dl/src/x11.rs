use std::os::raw::{c_int, c_void};
use std::sync::OnceLock;

use super::*;

pub type xcb_connection_t = c_void;

dlopen_external_library!(Symbols,
functions:
    fn xkb_x11_get_core_keyboard_device_id(*mut xcb_connection_t) -> i32,
    fn xkb_x11_keymap_new_from_device(
        *mut xkb_context,
        *mut xcb_connection_t,
        i32,
        xkb_keymap_compile_flags
    ) -> *mut xkb_keymap,
    fn xkb_x11_state_new_from_device(
        *mut xkb_keymap,
        *mut xcb_connection_t,
        i32
    ) -> *mut xkb_state,
);

pub struct XkbCommonX11 {
    pub xkb_x11_get_core_keyboard_device_id: unsafe extern "C" fn(*mut xcb_connection_t) -> i32,
    pub xkb_x11_keymap_new_from_device: unsafe extern "C" fn(
        *mut xkb_context,
        *mut xcb_connection_t,
        i32,
        xkb_keymap_compile_flags,
    ) -> *mut xkb_keymap,
    /// Takes over the caller's reference to the map: the state has one of its own, and the map is gone when the state is.
    pub xkb_x11_state_new_from_device:
        unsafe extern "C" fn(*mut xkb_keymap, *mut xcb_connection_t, c_int) -> *mut xkb_state,
    symbols: Symbols,
}

pub fn xkbcommon_x11_option() -> Option<&'static XkbCommonX11> {
    static XKBCOMMON_X11_OPTION: OnceLock<Option<XkbCommonX11>> = OnceLock::new();
    XKBCOMMON_X11_OPTION
        .get_or_init(|| {
            let names = ["libxkbcommon-x11.so.0", "libxkbcommon-x11.so"];
            let symbols = open_with_sonames(&names, |name| unsafe { Symbols::open(name) })?;
            Some(XkbCommonX11 {
                xkb_x11_get_core_keyboard_device_id: *symbols.xkb_x11_get_core_keyboard_device_id,
                xkb_x11_keymap_new_from_device: *symbols.xkb_x11_keymap_new_from_device,
                xkb_x11_state_new_from_device: new_state_with_its_keymap,
                symbols,
            })
        })
        .as_ref()
}

unsafe extern "C" fn new_state_with_its_keymap(
    keymap: *mut xkb_keymap,
    connection: *mut xcb_connection_t,
    device_id: i32,
) -> *mut xkb_state {
    let (Some(common), Some(x11)) = (xkbcommon_option(), xkbcommon_x11_option()) else {
        return std::ptr::null_mut();
    };
    let state = (x11.symbols.xkb_x11_state_new_from_device)(keymap, connection, device_id);
    (common.xkb_keymap_unref)(keymap);
    state
}
