//! The extension by which a host's own browser loads a preset. Main thread.
//!
//! The host names a file. All that the preset speaks of is put on the instance; then the host is told that values are others, that the
//! project has something to save, and which preset it was.

use std::ffi::{CStr, c_char};

use clap_sys::ext::params::{CLAP_EXT_PARAMS, CLAP_PARAM_RESCAN_VALUES, clap_host_params};
use clap_sys::ext::preset_load::{
    CLAP_EXT_PRESET_LOAD, CLAP_EXT_PRESET_LOAD_COMPAT, clap_host_preset_load,
};
use clap_sys::ext::state::{CLAP_EXT_STATE, clap_host_state};
use clap_sys::factory::preset_discovery::clap_preset_discovery_location_kind;
use clap_sys::host::clap_host;

use super::location;
use crate::host::hosted::Hosted;

/// Loads what the host names, and tells it what came of that. Whether it is loaded.
///
/// # Safety
/// `host` is the plugin's, `path` and `load_key` are strings, or null.
pub(super) unsafe fn load(
    hosted: &Hosted,
    host: *const clap_host,
    kind: clap_preset_discovery_location_kind,
    path: *const c_char,
    load_key: *const c_char,
) -> bool {
    // SAFETY: the caller's promise.
    let file = unsafe { location::file(kind, path) };
    let loaded = match &file {
        Ok(file) => hosted.load_preset(file).map_err(|error| error.to_string()),
        Err(reason) => Err(reason.clone()),
    };
    // SAFETY: the host outlives the plugin; each extension's id stands for its type.
    let told: Option<&clap_host_preset_load> = unsafe {
        extension(host, CLAP_EXT_PRESET_LOAD)
            .or_else(|| extension(host, CLAP_EXT_PRESET_LOAD_COMPAT))
    };
    match loaded {
        Ok(()) => {
            // SAFETY: as above.
            unsafe { tell_of_values(host) };
            if let Some(loaded) = told.and_then(|told| told.loaded) {
                // SAFETY: the host's function with its own arguments.
                unsafe { loaded(host, kind, path, load_key) };
            }
            true
        }
        Err(reason) => {
            let number = file.map_or(0, |file| location::system_error(&file));
            let reason = location::text(&reason);
            // A host that named nothing is not handed that nothing: it may read it.
            let told = told.filter(|_| location::is_one(kind, path));
            if let Some(on_error) = told.and_then(|told| told.on_error) {
                // SAFETY: as above; the text outlives the call.
                unsafe { on_error(host, kind, path, load_key, number, reason.as_ptr()) };
            }
            false
        }
    }
}

/// Tells the host that parameters have other values, and that the project has something to save.
///
/// # Safety
/// `host` is the plugin's.
unsafe fn tell_of_values(host: *const clap_host) {
    // SAFETY: the caller's promise; each extension's id stands for its type, and its functions are called with the host.
    unsafe {
        let params = extension::<clap_host_params>(host, CLAP_EXT_PARAMS);
        if let Some(rescan) = params.and_then(|params| params.rescan) {
            rescan(host, CLAP_PARAM_RESCAN_VALUES);
        }
        let state = extension::<clap_host_state>(host, CLAP_EXT_STATE);
        if let Some(mark_dirty) = state.and_then(|state| state.mark_dirty) {
            mark_dirty(host);
        }
    }
}

/// An extension of the host's.
///
/// # Safety
/// `host` is the plugin's, and `id` stands for `E`.
unsafe fn extension<'a, E>(host: *const clap_host, id: &CStr) -> Option<&'a E> {
    // SAFETY: the caller's promise.
    unsafe {
        let get = host.as_ref()?.get_extension?;
        get(host, id.as_ptr()).cast::<E>().as_ref()
    }
}
