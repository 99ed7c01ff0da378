//! Opening a `.vst3`.

use std::ffi::{c_char, c_void};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use libloading::Library;
use vst3::Steinberg::{IPluginFactory, IPluginFactoryTrait, PClassInfo, TUID, kResultOk};
use vst3::{ComPtr, Interface};

use super::Plugin;
use crate::host::HostError;

/// The category of classes that process audio.
const AUDIO_EFFECT: &str = "Audio Module Class";

/// An open VST3 bundle. Stays loaded for as long as any of its instances lives.
pub struct Bundle {
    factory: ComPtr<IPluginFactory>,
    module: Rc<Module>,
}

/// What a bundle says about one of its classes.
#[derive(Clone, Debug)]
pub struct Class {
    /// The number it is created by.
    pub id: [u8; 16],
    /// The name shown to users.
    pub name: String,
    /// What it is, such as `Audio Module Class`.
    pub category: String,
}

impl Bundle {
    /// Loads a `.vst3`.
    ///
    /// # Errors
    /// [`HostError::Open`] if it is no VST3 plugin for this system.
    pub fn open(path: &Path) -> Result<Self, HostError> {
        let failed = |reason: String| HostError::Open {
            path: path.to_owned(),
            reason,
        };
        let module = Module::load(&library(path).map_err(failed)?).map_err(failed)?;
        let factory = module.factory().map_err(failed)?;
        Ok(Self {
            factory,
            module: Rc::new(module),
        })
    }

    /// What the bundle holds.
    pub fn classes(&self) -> Vec<Class> {
        // SAFETY: the factory lives as long as the bundle and runs on one thread.
        let count = unsafe { self.factory.countClasses() };
        let class = |index| {
            let mut info = PClassInfo {
                cid: [0; 16],
                cardinality: 0,
                category: [0; 32],
                name: [0; 64],
            };
            // SAFETY: the plugin fills the structure it is given.
            let result = unsafe { self.factory.getClassInfo(index, &mut info) };
            (result == kResultOk).then(|| Class {
                id: info.cid.map(|byte| byte as u8),
                name: text(&info.name),
                category: text(&info.category),
            })
        };
        (0..count).filter_map(class).collect()
    }

    /// Creates an instance of the bundle's first audio effect. It belongs to the calling thread.
    ///
    /// # Errors
    /// [`HostError::Create`] if there is none or it fails to start.
    pub fn create(&self) -> Result<Plugin, HostError> {
        let classes = self.classes();
        let effect = classes.iter().find(|class| class.category == AUDIO_EFFECT);
        let failed = |reason: &str| HostError::Create {
            id: effect.map_or_else(|| String::from(AUDIO_EFFECT), |class| class.name.clone()),
            reason: reason.to_owned(),
        };
        let class = effect.ok_or_else(|| failed("the bundle holds no such class"))?;
        let component = instance(&self.factory, &class.id)
            .ok_or_else(|| failed("the factory returned nothing"))?;
        Plugin::new(component, &self.factory, Rc::clone(&self.module))
            .map_err(|error| failed(&error.to_string()))
    }
}

/// Asks a factory for an object of a class, by one of its interfaces.
pub(super) fn instance<I: Interface>(
    factory: &ComPtr<IPluginFactory>,
    class: &[u8; 16],
) -> Option<ComPtr<I>> {
    let mut object: *mut c_void = std::ptr::null_mut();
    let (class, interface): (*const [u8; 16], *const [u8; 16]) = (class, &I::IID);
    // SAFETY: both numbers are 16 bytes that outlive the call; what comes back is ours to release.
    unsafe {
        let result = factory.createInstance(
            class.cast::<c_char>(),
            interface.cast::<c_char>(),
            &mut object,
        );
        (result == kResultOk)
            .then(|| ComPtr::from_raw(object.cast::<I>()))
            .flatten()
    }
}

/// The number of a class as VST3 writes it.
pub(super) fn tuid_bytes(id: &TUID) -> [u8; 16] {
    id.map(|byte| byte as u8)
}

/// The plugin's library, entered.
pub(super) struct Module {
    library: Library,
}

/// What leaves a library again.
type Exit = unsafe extern "system" fn() -> bool;
type GetFactory = unsafe extern "system" fn() -> *mut IPluginFactory;

#[cfg(target_os = "linux")]
const ENTRIES: (&[u8], &[u8]) = (b"ModuleEntry", b"ModuleExit");
#[cfg(target_os = "macos")]
const ENTRIES: (&[u8], &[u8]) = (b"bundleEntry", b"bundleExit");
#[cfg(windows)]
const ENTRIES: (&[u8], &[u8]) = (b"InitDll", b"ExitDll");

impl Module {
    fn load(path: &Path) -> Result<Self, String> {
        // SAFETY: loading a library runs its code; a host's user chooses which plugins to trust.
        let library = unsafe { Library::new(path) }.map_err(|error| error.to_string())?;
        // SAFETY: the format gives the function this signature.
        unsafe { enter(&library) }?;
        Ok(Self { library })
    }

    fn factory(&self) -> Result<ComPtr<IPluginFactory>, String> {
        // SAFETY: the format gives the function this signature; the reference it returns is ours.
        unsafe {
            let get = self
                .library
                .get::<GetFactory>(b"GetPluginFactory")
                .map_err(|error| error.to_string())?;
            ComPtr::from_raw(get()).ok_or_else(|| String::from("it has no factory"))
        }
    }
}

impl Drop for Module {
    fn drop(&mut self) {
        // SAFETY: every object of the library has been released.
        unsafe {
            if let Ok(exit) = self.library.get::<Exit>(ENTRIES.1) {
                exit();
            }
        }
    }
}

/// Calls the library's entry function, which Windows leaves optional.
///
/// # Safety
/// The library must be a VST3 plugin.
#[cfg(windows)]
unsafe fn enter(library: &Library) -> Result<(), String> {
    type Enter = unsafe extern "system" fn() -> bool;
    // SAFETY: as the caller promises.
    match unsafe { library.get::<Enter>(ENTRIES.0).map(|enter| enter()) } {
        Ok(false) => Err(String::from("it refused to be entered")),
        _ => Ok(()),
    }
}

/// Calls the library's entry function. It is given no handle: what is loaded finds itself by its addresses.
///
/// # Safety
/// The library must be a VST3 plugin.
#[cfg(not(windows))]
unsafe fn enter(library: &Library) -> Result<(), String> {
    type Enter = unsafe extern "system" fn(*mut c_void) -> bool;
    // SAFETY: as the caller promises.
    let entered = unsafe {
        let enter = library
            .get::<Enter>(ENTRIES.0)
            .map_err(|error| error.to_string())?;
        enter(std::ptr::null_mut())
    };
    entered
        .then_some(())
        .ok_or_else(|| String::from("it refused to be entered"))
}

/// The library inside a bundle, on this system.
fn library(bundle: &Path) -> Result<PathBuf, String> {
    let name = bundle
        .file_stem()
        .ok_or_else(|| String::from("it has no name"))?
        .to_owned();
    let arch = std::env::consts::ARCH;
    let (folder, suffix) = match std::env::consts::OS {
        "macos" => (String::from("MacOS"), ""),
        "windows" => (format!("{arch}-win"), ".vst3"),
        os => (format!("{arch}-{os}"), ".so"),
    };
    let mut file = name;
    file.push(suffix);
    let path = bundle.join("Contents").join(folder).join(file);
    path.is_file()
        .then_some(path.clone())
        .ok_or_else(|| format!("it holds no {}", path.display()))
}

fn text(bytes: &[c_char]) -> String {
    let bytes: Vec<u8> = bytes
        .iter()
        .map(|&byte| byte as u8)
        .take_while(|&byte| byte != 0)
        .collect();
    String::from_utf8_lossy(&bytes).into_owned()
}
