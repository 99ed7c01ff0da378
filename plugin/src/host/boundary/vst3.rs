//! The VST3: our entry, factory and component around nice-plug's.

// The names of the interfaces are Steinberg's.
#![allow(non_snake_case)]

mod arrangement;
mod changes;
mod component;
mod factory;
mod frame;
mod notes;
mod pieces;
pub mod preset_file;
mod quiet;
mod read_back;
mod stream;
mod view;

use std::ffi::c_void;

use nice_plug::wrapper::setup_logger;
use vst3::ComWrapper;
use vst3::Steinberg::IPluginFactory;

use crate::host::plugin::Netbend;

/// What a VST3 host looks for in the library.
#[unsafe(no_mangle)]
pub extern "system" fn GetPluginFactory() -> *mut c_void {
    match ComWrapper::new(factory::Factory::new()).to_com_ptr::<IPluginFactory>() {
        Some(factory) => factory.into_raw().cast(),
        None => std::ptr::null_mut(),
    }
}

fn entered() -> bool {
    setup_logger::<Netbend>();
    true
}

/// A host on Linux calls it first.
#[cfg(all(target_family = "unix", not(target_os = "macos")))]
#[unsafe(no_mangle)]
pub extern "C" fn ModuleEntry(_library: *mut c_void) -> bool {
    entered()
}

/// A host on Linux calls it last.
#[cfg(all(target_family = "unix", not(target_os = "macos")))]
#[unsafe(no_mangle)]
pub extern "C" fn ModuleExit() -> bool {
    true
}

/// A host on macOS calls it first.
#[cfg(target_os = "macos")]
#[unsafe(no_mangle)]
pub extern "C" fn bundleEntry(_bundle: *mut c_void) -> bool {
    entered()
}

/// A host on macOS calls it last.
#[cfg(target_os = "macos")]
#[unsafe(no_mangle)]
pub extern "C" fn bundleExit() -> bool {
    true
}

/// A host on Windows calls it first.
#[cfg(target_os = "windows")]
#[unsafe(no_mangle)]
pub extern "system" fn InitDll() -> bool {
    entered()
}

/// A host on Windows calls it last.
#[cfg(target_os = "windows")]
#[unsafe(no_mangle)]
pub extern "system" fn ExitDll() -> bool {
    true
}
