//! What presets there are, for hosts' own browsers. Any thread but the audio thread.
//!
//! One provider. It names the folders of the library, and of each file that the host then finds there it says what the
//! library's own list says.

mod metadata;

use std::ffi::{CStr, c_char, c_void};
use std::ptr::{null, null_mut};

use clap_sys::factory::preset_discovery::{
    CLAP_PRESET_DISCOVERY_IS_FACTORY_CONTENT, CLAP_PRESET_DISCOVERY_IS_USER_CONTENT,
    CLAP_PRESET_DISCOVERY_LOCATION_FILE, clap_preset_discovery_factory,
    clap_preset_discovery_filetype, clap_preset_discovery_indexer, clap_preset_discovery_location,
    clap_preset_discovery_location_kind, clap_preset_discovery_metadata_receiver,
    clap_preset_discovery_provider, clap_preset_discovery_provider_descriptor,
};
use clap_sys::version::CLAP_VERSION;

use super::location::{self, text};
use crate::error::Origin;
use crate::resources::Resources;
use crate::resources::library::{ENDINGS, Library};

/// What hosts remember the provider by: never another one.
const ID: &CStr = c"org.netbend.netbend.presets";

static DESCRIPTOR: clap_preset_discovery_provider_descriptor =
    clap_preset_discovery_provider_descriptor {
        clap_version: CLAP_VERSION,
        id: ID.as_ptr(),
        name: c"Netbend".as_ptr(),
        vendor: c"Netbend".as_ptr(),
    };

/// What a host finds.
pub(super) static FACTORY: clap_preset_discovery_factory = clap_preset_discovery_factory {
    count: Some(count),
    get_descriptor: Some(get_descriptor),
    create: Some(create),
};

/// From `create` to `destroy`.
#[repr(C)]
struct Provider {
    /// What the host holds: it is where the provider is.
    own: clap_preset_discovery_provider,
    indexer: *const clap_preset_discovery_indexer,
    library: Library,
}

impl Provider {
    /// # Safety
    /// `provider` was made by [`create`] and is not destroyed, or is null.
    unsafe fn of<'a>(provider: *const clap_preset_discovery_provider) -> Option<&'a Self> {
        // SAFETY: the caller's promise; a provider begins with what the host holds.
        unsafe { provider.cast::<Self>().as_ref() }
    }

    /// Says what presets are called. Whether the host takes that.
    ///
    /// # Safety
    /// `indexer` is the host's.
    unsafe fn declare_endings(indexer: &clap_preset_discovery_indexer) -> bool {
        let Some(declare) = indexer.declare_filetype else {
            return false;
        };
        ENDINGS.iter().all(|ending| {
            let ending = text(ending);
            let declared = clap_preset_discovery_filetype {
                name: c"Netbend preset".as_ptr(),
                description: c"Bends and sound of Netbend, as text".as_ptr(),
                file_extension: ending.as_ptr(),
            };
            // SAFETY: the host's function with its indexer; the texts outlive the call.
            unsafe { declare(indexer, &raw const declared) }
        })
    }

    /// Says where presets lie: the folders that are there. One that the host does not take is left out.
    ///
    /// # Safety
    /// `indexer` is the host's.
    unsafe fn declare_folders(&self, indexer: &clap_preset_discovery_indexer) {
        let Some(declare) = indexer.declare_location else {
            return;
        };
        for (folder, origin) in self.library.folders() {
            let absolute = std::path::absolute(&folder).ok();
            let Some(path) = absolute.filter(|path| path.is_dir()) else {
                continue;
            };
            // No other names are CLAP's.
            let Some(path) = path.to_str().map(text) else {
                continue;
            };
            let (flags, name) = match origin {
                Origin::Shipped => (CLAP_PRESET_DISCOVERY_IS_FACTORY_CONTENT, c"Netbend"),
                Origin::Own => (CLAP_PRESET_DISCOVERY_IS_USER_CONTENT, c"Your own"),
            };
            let declared = clap_preset_discovery_location {
                flags,
                name: name.as_ptr(),
                kind: CLAP_PRESET_DISCOVERY_LOCATION_FILE,
                location: path.as_ptr(),
            };
            // SAFETY: the host's function with its indexer; the texts outlive the call.
            unsafe { declare(indexer, &raw const declared) };
        }
    }
}

unsafe extern "C" fn count(_factory: *const clap_preset_discovery_factory) -> u32 {
    1
}

unsafe extern "C" fn get_descriptor(
    _factory: *const clap_preset_discovery_factory,
    index: u32,
) -> *const clap_preset_discovery_provider_descriptor {
    match index {
        0 => &raw const DESCRIPTOR,
        _ => null(),
    }
}

unsafe extern "C" fn create(
    _factory: *const clap_preset_discovery_factory,
    indexer: *const clap_preset_discovery_indexer,
    id: *const c_char,
) -> *const clap_preset_discovery_provider {
    // SAFETY: the host passes a string, or null.
    if indexer.is_null() || id.is_null() || unsafe { CStr::from_ptr(id) } != ID {
        return null();
    }
    let own = clap_preset_discovery_provider {
        desc: &raw const DESCRIPTOR,
        provider_data: null_mut(),
        init: Some(init),
        destroy: Some(destroy),
        get_metadata: Some(get_metadata),
        get_extension: Some(get_extension),
    };
    let library = Library::of(&Resources::find());
    let provider = Box::new(Provider {
        own,
        indexer,
        library,
    });
    Box::into_raw(provider).cast()
}

unsafe extern "C" fn init(provider: *const clap_preset_discovery_provider) -> bool {
    // SAFETY: the host calls with our provider; its indexer outlives that.
    unsafe {
        let Some(provider) = Provider::of(provider) else {
            return false;
        };
        let Some(indexer) = provider.indexer.as_ref() else {
            return false;
        };
        let is_taken = Provider::declare_endings(indexer);
        if is_taken {
            provider.declare_folders(indexer);
        }
        is_taken
    }
}

unsafe extern "C" fn destroy(provider: *const clap_preset_discovery_provider) {
    if !provider.is_null() {
        // SAFETY: the host calls once, with our provider.
        drop(unsafe { Box::from_raw(provider.cast_mut().cast::<Provider>()) });
    }
}

unsafe extern "C" fn get_metadata(
    provider: *const clap_preset_discovery_provider,
    kind: clap_preset_discovery_location_kind,
    path: *const c_char,
    receiver: *const clap_preset_discovery_metadata_receiver,
) -> bool {
    // SAFETY: the host calls with our provider, a string or null, and its receiver.
    unsafe {
        let (Some(provider), Some(receiver)) = (Provider::of(provider), receiver.as_ref()) else {
            return false;
        };
        match location::file(kind, path) {
            Ok(path) => metadata::tell(receiver, &provider.library, path),
            Err(reason) => metadata::refuse(receiver, 0, &reason),
        }
    }
}

unsafe extern "C" fn get_extension(
    _provider: *const clap_preset_discovery_provider,
    _id: *const c_char,
) -> *const c_void {
    null()
}
