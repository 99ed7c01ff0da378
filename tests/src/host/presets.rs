//! The host's own browser of presets: what a bundle says there is, and a preset put on an instance.

use std::ffi::{CStr, CString, c_char};
use std::path::{Path, PathBuf};

use clack_extensions::preset_discovery::prelude::*;
use clack_extensions::preset_discovery::provider::Provider;
use clack_host::prelude::{HostError as ClackError, HostInfo};
use clap_sys::ext::preset_load::{CLAP_EXT_PRESET_LOAD, clap_plugin_preset_load};
use clap_sys::factory::preset_discovery::clap_preset_discovery_metadata_receiver;

use super::bundle::text;
use super::{Bundle, HostError, Plugin};

/// A folder with presets.
#[derive(Clone, Debug)]
pub struct Folder {
    /// What it is called.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// Whose its presets are.
    pub flags: Flags,
}

/// What the bundle says of one file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preset {
    /// What it is called.
    pub name: String,
    /// Which of the presets of its file it is, where there are several.
    pub load_key: Option<String>,
    /// Which plugins take it: kind and id.
    pub plugins: Vec<(String, String)>,
    /// Whose it is, and whether it is a favourite.
    pub flags: Flags,
    /// Who made it.
    pub creators: Vec<String>,
    /// What it does.
    pub description: String,
    /// Words to find it by.
    pub features: Vec<String>,
}

/// Why a file is no preset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The system's number, or 0.
    pub number: i32,
    /// The bundle's own words.
    pub reason: String,
}

/// The presets of a bundle.
pub struct Presets {
    provider: Provider<Declared>,
}

#[derive(Default)]
struct Declared {
    endings: Vec<String>,
    folders: Vec<Folder>,
}

#[derive(Default)]
struct Receiver {
    presets: Vec<Preset>,
    refused: Option<Refused>,
}

impl Bundle {
    /// What presets the bundle says there are.
    ///
    /// # Errors
    /// Where it has not exactly one provider of presets, or that one does not start.
    pub fn presets(&self) -> Result<Presets, HostError> {
        let none = || HostError::NoExtension("clap.preset-discovery-factory");
        let factory: PresetDiscoveryFactory<'_> = self.entry.get_factory().ok_or_else(none)?;
        let ids: Vec<_> = factory
            .provider_descriptors()
            .map(ProviderDescriptor::id)
            .collect();
        let [Some(id)] = ids[..] else {
            return Err(none());
        };
        let failed = |reason: String| HostError::Create {
            id: text(Some(id)),
            reason,
        };
        let host = HostInfo::new("Netbend tests", "Netbend", "", env!("CARGO_PKG_VERSION"))
            .map_err(|error| failed(error.to_string()))?;
        let provider = Provider::instantiate(Declared::default(), &self.entry, id, &host);
        Ok(Presets {
            provider: provider.map_err(|error| failed(error.to_string()))?,
        })
    }
}

impl Presets {
    /// What files of presets end with.
    pub fn endings(&self) -> &[String] {
        &self.provider.indexer().endings
    }

    /// Where presets lie.
    pub fn folders(&self) -> &[Folder] {
        &self.provider.indexer().folders
    }

    /// The files that a host finds in a folder, in the order of their paths.
    pub fn files(&self, folder: &Folder) -> Vec<PathBuf> {
        let mut files = Vec::new();
        let mut folders = vec![folder.path.clone()];
        while let Some(folder) = folders.pop() {
            let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
            for path in entries.map(|entry| entry.path()) {
                let ending = path.extension().unwrap_or_default().to_string_lossy();
                if path.is_dir() {
                    folders.push(path);
                } else if self.endings().iter().any(|own| *own == ending) {
                    files.push(path);
                }
            }
        }
        files.sort();
        files
    }

    /// What the bundle says of a file.
    ///
    /// # Errors
    /// What is wrong with it.
    ///
    /// # Panics
    /// Where the bundle speaks neither of one preset nor of an error.
    pub fn preset(&mut self, path: &Path) -> Result<Preset, Refused> {
        let path = c_path(path);
        let mut receiver = Receiver::default();
        let location = Location::File { path: &path };
        self.provider.get_metadata(location, &mut receiver);
        match (receiver.refused, &receiver.presets[..]) {
            (Some(refused), []) => Err(refused),
            (None, [preset]) => Ok(preset.clone()),
            (refused, presets) => panic!("{path:?}: {refused:?}, {presets:?}"),
        }
    }

    /// Asks for whatever CLAP lets a host ask for: any kind of location, and null; once with a receiver that takes nothing, once with none.
    /// Whether the bundle says that there is something.
    pub fn ask_freely(&mut self, kind: u32, location: Option<&CStr>) -> bool {
        let provider = self.provider.as_raw();
        let location = location.map_or(std::ptr::null(), CStr::as_ptr);
        let receiver = clap_preset_discovery_metadata_receiver {
            receiver_data: std::ptr::null_mut(),
            on_error: None,
            begin_preset: None,
            add_plugin_id: None,
            set_soundpack_id: None,
            set_flags: None,
            add_creator: None,
            set_description: None,
            set_timestamps: None,
            add_feature: None,
            add_extra_info: None,
        };
        [&raw const receiver, std::ptr::null()]
            .iter()
            .any(|receiver| {
                // SAFETY: the provider lives, and the receiver outlives the call.
                unsafe {
                    let get = (*provider).get_metadata;
                    get.is_some_and(|get| get(provider, kind, location, *receiver))
                }
            })
    }
}

impl Plugin {
    /// Loads the preset in the file at `path`, as a host's browser does.
    ///
    /// # Errors
    /// Where the plugin refuses, with what it told the host.
    pub fn load_preset(&mut self, path: &Path) -> Result<(), HostError> {
        self.load_preset_freely(0, Some(&c_path(path)))
    }

    /// The same with whatever CLAP lets a host pass.
    ///
    /// # Errors
    /// Where the plugin refuses, with what it told the host.
    pub fn load_preset_freely(
        &mut self,
        kind: u32,
        location: Option<&CStr>,
    ) -> Result<(), HostError> {
        let plugin = self.instance.plugin_handle().as_raw_ptr();
        let id: *const c_char = CLAP_EXT_PRESET_LOAD.as_ptr();
        let location = location.map_or(std::ptr::null(), CStr::as_ptr);
        // SAFETY: the plugin lives; the id stands for the type, and the location is a string or null.
        let loaded = unsafe {
            let extension = (*plugin).get_extension.map(|get| get(plugin, id));
            let extension = extension.unwrap_or_default();
            let extension = extension.cast::<clap_plugin_preset_load>().as_ref();
            extension
                .and_then(|extension| extension.from_location)
                .ok_or(HostError::NoExtension("clap.preset-load"))
                .map(|load| load(plugin, kind, location, std::ptr::null()))?
        };
        self.pump()?;
        match loaded {
            true => Ok(()),
            false => Err(HostError::Refused {
                action: "load a preset",
                reason: self.heard().errors.last().cloned().unwrap_or_default(),
            }),
        }
    }
}

fn c_path(path: &Path) -> CString {
    // One with a zero in it names nothing.
    CString::new(path.to_string_lossy().into_owned()).unwrap_or_default()
}

impl IndexerImpl for Declared {
    fn declare_filetype(&mut self, kind: FileType<'_>) -> Result<(), ClackError> {
        self.endings.push(text(kind.file_extension));
        Ok(())
    }

    fn declare_location(&mut self, location: LocationInfo<'_>) -> Result<(), ClackError> {
        let path = location.location.file_path();
        self.folders.push(Folder {
            name: text(Some(location.name)),
            path: text(path).into(),
            flags: location.flags,
        });
        Ok(())
    }

    fn declare_soundpack(&mut self, _: Soundpack<'_>) -> Result<(), ClackError> {
        Ok(())
    }
}

impl Receiver {
    /// Adds to the preset that was begun last; what is said before one begins is lost.
    fn add(&mut self, add: impl FnOnce(&mut Preset)) {
        if let Some(preset) = self.presets.last_mut() {
            add(preset);
        }
    }
}

impl MetadataReceiverImpl for Receiver {
    fn on_error(&mut self, number: i32, reason: Option<&CStr>) {
        let reason = text(reason);
        self.refused = Some(Refused { number, reason });
    }

    fn begin_preset(&mut self, name: Option<&CStr>, key: Option<&CStr>) -> Result<(), ClackError> {
        self.presets.push(Preset {
            name: text(name),
            load_key: key.map(|key| text(Some(key))),
            ..Preset::default()
        });
        Ok(())
    }

    fn add_plugin_id(&mut self, id: UniversalPluginId<'_>) {
        let id = (text(Some(id.abi)), text(Some(id.id)));
        self.add(|preset| preset.plugins.push(id));
    }

    fn set_soundpack_id(&mut self, _: &CStr) {}

    fn set_flags(&mut self, flags: Flags) {
        self.add(|preset| preset.flags = flags);
    }

    fn add_creator(&mut self, creator: &CStr) {
        self.add(|preset| preset.creators.push(text(Some(creator))));
    }

    fn set_description(&mut self, description: &CStr) {
        self.add(|preset| preset.description = text(Some(description)));
    }

    fn set_timestamps(&mut self, _: Option<Timestamp>, _: Option<Timestamp>) {}

    fn add_feature(&mut self, feature: &CStr) {
        self.add(|preset| preset.features.push(text(Some(feature))));
    }

    fn add_extra_info(&mut self, _: &CStr, _: &CStr) {}
}
