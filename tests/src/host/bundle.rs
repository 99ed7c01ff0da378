//! Opening a `.clap`.

use std::ffi::{CStr, CString};
use std::path::Path;

use clack_host::prelude::PluginEntry;

use super::{HostError, Plugin};

/// An open CLAP bundle. Stays loaded for as long as any of its instances lives.
pub struct Bundle {
    pub(super) entry: PluginEntry,
}

/// What a bundle says about one of its plugins.
#[derive(Clone, Debug, Default)]
pub struct Descriptor {
    /// The CLAP id, such as `org.netbend.netbend`.
    pub id: String,
    /// The name shown to users.
    pub name: String,
    /// Who makes it.
    pub vendor: String,
    /// Its version.
    pub version: String,
    /// What it is, in CLAP's words, such as `audio-effect`.
    pub features: Vec<String>,
}

impl Bundle {
    /// Loads a `.clap`.
    ///
    /// # Errors
    /// [`HostError::Open`] if it is no CLAP plugin for this system.
    pub fn open(path: &Path) -> Result<Self, HostError> {
        // SAFETY: loading a library runs its code; a host's user chooses which plugins to trust.
        let entry = unsafe { PluginEntry::load(path) };
        let describe = |error: clack_host::entry::PluginEntryError| HostError::Open {
            path: path.to_owned(),
            reason: error.to_string(),
        };
        Ok(Self {
            entry: entry.map_err(describe)?,
        })
    }

    /// What the bundle holds.
    pub fn descriptors(&self) -> Vec<Descriptor> {
        let Some(factory) = self.entry.get_plugin_factory() else {
            return Vec::new();
        };
        factory
            .plugin_descriptors()
            .map(|descriptor| Descriptor {
                id: text(descriptor.id()),
                name: text(descriptor.name()),
                vendor: text(descriptor.vendor()),
                version: text(descriptor.version()),
                features: descriptor
                    .features()
                    .map(|feature| text(Some(feature)))
                    .collect(),
            })
            .collect()
    }

    /// Creates an instance of one of the bundle's plugins. It belongs to the calling thread.
    ///
    /// # Errors
    /// [`HostError::Create`] if there is no such plugin or it fails to start.
    pub fn create(&self, id: &str) -> Result<Plugin, HostError> {
        let failed = |reason: String| HostError::Create {
            id: id.to_owned(),
            reason,
        };
        let c_id = CString::new(id).map_err(|error| failed(error.to_string()))?;
        Plugin::new(&self.entry, &c_id).map_err(failed)
    }
}

pub(super) fn text(string: Option<&CStr>) -> String {
    string
        .map(|string| string.to_string_lossy().into_owned())
        .unwrap_or_default()
}
