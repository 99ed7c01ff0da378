//! What a file says of itself, told to a host. Any thread but the audio thread.

use std::path::PathBuf;
use std::ptr::null;

use clap_sys::factory::preset_discovery::{
    CLAP_PRESET_DISCOVERY_IS_FACTORY_CONTENT, CLAP_PRESET_DISCOVERY_IS_FAVORITE,
    CLAP_PRESET_DISCOVERY_IS_USER_CONTENT, clap_preset_discovery_metadata_receiver,
};
use clap_sys::universal_plugin_id::clap_universal_plugin_id;
use nice_plug::prelude::ClapPlugin as _;

use crate::error::Origin;
use crate::host::boundary::clap::location::{system_error, text};
use crate::host::plugin::Netbend;
use crate::resources::library::{Entry, Library};

/// Tells of the file at `path`, or what is wrong with it. Whether it is a preset.
///
/// # Safety
/// `receiver` is the host's.
pub(super) unsafe fn tell(
    receiver: &clap_preset_discovery_metadata_receiver,
    library: &Library,
    path: PathBuf,
) -> bool {
    let entry = library.entry_of(path);
    if let Some(problem) = &entry.problem {
        // SAFETY: the caller's promise.
        return unsafe { refuse(receiver, system_error(&entry.path), problem) };
    }
    library.read_favourites();
    let flags = flags(&entry, library.is_favourite(&entry));
    // SAFETY: the caller's promise.
    unsafe { preset(receiver, &entry, flags) }
}

/// Says why there is nothing to tell. `number` is the system's of the error, or 0.
///
/// # Safety
/// `receiver` is the host's.
pub(super) unsafe fn refuse(
    receiver: &clap_preset_discovery_metadata_receiver,
    number: i32,
    reason: &str,
) -> bool {
    let reason = text(reason);
    if let Some(on_error) = receiver.on_error {
        // SAFETY: the host's function with its receiver; the text outlives the call.
        unsafe { on_error(receiver, number, reason.as_ptr()) };
    }
    false
}

/// Whose it is, and whether it is starred.
fn flags(entry: &Entry, is_favourite: bool) -> u32 {
    let whose = match entry.origin {
        Origin::Shipped => CLAP_PRESET_DISCOVERY_IS_FACTORY_CONTENT,
        Origin::Own => CLAP_PRESET_DISCOVERY_IS_USER_CONTENT,
    };
    match is_favourite {
        true => whose | CLAP_PRESET_DISCOVERY_IS_FAVORITE,
        false => whose,
    }
}

/// Tells of one preset, which is all that its file holds and so needs no key. `true`: a host that wants no more has all it wants.
///
/// # Safety
/// `receiver` is the host's.
unsafe fn preset(
    receiver: &clap_preset_discovery_metadata_receiver,
    entry: &Entry,
    flags: u32,
) -> bool {
    let name = text(entry.name());
    // SAFETY: the host's functions with its receiver; all texts outlive the calls.
    unsafe {
        let Some(begin) = receiver.begin_preset else {
            return false;
        };
        if !begin(receiver, name.as_ptr(), null()) {
            return true;
        }
        if let Some(add) = receiver.add_plugin_id {
            let own_id = text(Netbend::CLAP_ID);
            let id = clap_universal_plugin_id {
                abi: c"clap".as_ptr(),
                id: own_id.as_ptr(),
            };
            add(receiver, &raw const id);
        }
        if let Some(set) = receiver.set_flags {
            set(receiver, flags);
        }
        let metadata = &entry.metadata;
        if let Some(add) = receiver.add_creator.filter(|_| !metadata.author.is_empty()) {
            add(receiver, text(&metadata.author).as_ptr());
        }
        let has_description = !metadata.description.is_empty();
        if let Some(set) = receiver.set_description.filter(|_| has_description) {
            set(receiver, text(&metadata.description).as_ptr());
        }
        if let Some(add) = receiver.add_feature {
            for tag in &metadata.tags {
                add(receiver, text(tag).as_ptr());
            }
        }
    }
    true
}
