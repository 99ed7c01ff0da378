//! The CLAP: our entry and plugin around nice-plug's, and presets for hosts' own browsers.
//!
//! | module | thread | what it is |
//! |---|---|---|
//! | `plugin` | both | the plugin and its extensions |
//! | `events` | audio | the events of a block |
//! | `stream` | main | states between the host's streams and ours |
//! | `preset_load` | main | presets that the host loads |
//! | `remote_controls` | main | pages of eight for controllers |
//! | `discovery` | any but audio | what presets there are |
//! | `location` | any but audio | which file a host speaks of |

mod discovery;
mod events;
mod location;
mod plugin;
mod preset_load;
mod remote_controls;
mod stream;

use std::ffi::{CStr, c_char, c_void};
use std::ptr::null;
use std::sync::{Arc, OnceLock};

use clap_sys::entry::clap_plugin_entry;
use clap_sys::factory::plugin_factory::{CLAP_PLUGIN_FACTORY_ID, clap_plugin_factory};
use clap_sys::factory::preset_discovery::{
    CLAP_PRESET_DISCOVERY_FACTORY_ID, CLAP_PRESET_DISCOVERY_FACTORY_ID_COMPAT,
};
use clap_sys::host::clap_host;
use clap_sys::plugin::{clap_plugin, clap_plugin_descriptor};
use clap_sys::version::CLAP_VERSION;
use nice_plug::wrapper::clap::{PluginDescriptor, Wrapper};
use nice_plug::wrapper::setup_logger;

use crate::host::hosted;
use crate::host::plugin::Netbend;

/// What a CLAP host looks for in the library.
#[allow(unsafe_code)]
#[unsafe(no_mangle)]
#[used]
pub static clap_entry: clap_plugin_entry = clap_plugin_entry {
    clap_version: CLAP_VERSION,
    init: Some(init),
    deinit: Some(deinit),
    get_factory: Some(get_factory),
};

static FACTORY: clap_plugin_factory = clap_plugin_factory {
    get_plugin_count: Some(get_plugin_count),
    get_plugin_descriptor: Some(get_plugin_descriptor),
    create_plugin: Some(create_plugin),
};

fn descriptor() -> &'static PluginDescriptor {
    static DESCRIPTOR: OnceLock<PluginDescriptor> = OnceLock::new();
    DESCRIPTOR.get_or_init(PluginDescriptor::for_plugin::<Netbend>)
}

extern "C" fn init(_path: *const c_char) -> bool {
    setup_logger::<Netbend>();
    true
}

extern "C" fn deinit() {}

extern "C" fn get_factory(id: *const c_char) -> *const c_void {
    if id.is_null() {
        return null();
    }
    // SAFETY: the host passes a string.
    match unsafe { CStr::from_ptr(id) } {
        id if id == CLAP_PLUGIN_FACTORY_ID => (&raw const FACTORY).cast(),
        id if id == CLAP_PRESET_DISCOVERY_FACTORY_ID
            || id == CLAP_PRESET_DISCOVERY_FACTORY_ID_COMPAT =>
        {
            (&raw const discovery::FACTORY).cast()
        }
        _ => null(),
    }
}

extern "C" fn get_plugin_count(_factory: *const clap_plugin_factory) -> u32 {
    1
}

extern "C" fn get_plugin_descriptor(
    _factory: *const clap_plugin_factory,
    index: u32,
) -> *const clap_plugin_descriptor {
    match index {
        0 => descriptor().clap_plugin_descriptor(),
        _ => null(),
    }
}

extern "C" fn create_plugin(
    _factory: *const clap_plugin_factory,
    host: *const clap_host,
    id: *const c_char,
) -> *const clap_plugin {
    // SAFETY: the host passes a string, or null.
    if host.is_null() || id.is_null() || unsafe { CStr::from_ptr(id) } != descriptor().clap_id() {
        return null();
    }
    // SAFETY: the host outlives the plugins it creates.
    let inner = unsafe { Wrapper::<Netbend>::new(host) };
    let Some(hosted) = hosted::take_newest() else {
        return null();
    };
    // nice-plug's `destroy` takes this count back.
    let wrapper = Arc::into_raw(inner);
    // SAFETY: the wrapper lives until `destroy`.
    let inner = unsafe { (*wrapper).clap_plugin.as_ptr() };
    // SAFETY: as above.
    unsafe { plugin::Boundary::create(inner, host, hosted) }
}
