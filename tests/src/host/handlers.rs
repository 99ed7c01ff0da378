//! The host's side of CLAP: what a plugin may ask of us. Requests are noted on any thread and
//! served between blocks.

use std::ffi::CStr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use clack_extensions::audio_ports::{AudioPortRescanFlags, HostAudioPorts, HostAudioPortsImpl};
use clack_extensions::gui::{GuiSize, HostGui, HostGuiImpl};
use clack_extensions::latency::{HostLatency, HostLatencyImpl};
use clack_extensions::params::{
    HostParams, HostParamsImplMainThread, HostParamsImplShared, ParamClearFlags, ParamRescanFlags,
};
use clack_extensions::preset_discovery::HostPresetLoadImpl;
use clack_extensions::preset_discovery::prelude::{HostPresetLoad, Location};
use clack_extensions::state::{HostState, HostStateImpl};
use clack_host::prelude::{
    ClapId, HostError, HostExtensions, HostHandlers, MainThreadHandler, SharedHandler,
};

use super::bundle::text;

/// Ties the handlers together for clack.
pub struct Handlers;

/// What the plugin has asked for and has not been given yet.
#[derive(Default)]
pub struct Requests {
    restart: AtomicBool,
    callback: AtomicBool,
    refuses_sizes: AtomicBool,
    heard: Mutex<Heard>,
}

/// What the plugin has told of presets and of what they changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// The files of presets that it loaded.
    pub loaded: Vec<PathBuf>,
    /// Why presets were not loaded.
    pub errors: Vec<String>,
    /// How often parameters took other values by themselves.
    pub rescans: usize,
    /// How often there was something to save.
    pub dirty: usize,
}

/// The callbacks of the main thread. This host reads latency and ports afresh whenever it needs them, so there is nothing to note.
pub struct MainThread<'a>(pub &'a Requests);

impl Requests {
    /// Whether the plugin asked to be deactivated and activated again. Asking clears it.
    pub fn take_restart(&self) -> bool {
        self.restart.swap(false, Ordering::AcqRel)
    }

    /// From now on editors keep the size that they have, or not.
    pub fn refuse_sizes(&self, refuses: bool) {
        self.refuses_sizes.store(refuses, Ordering::Release);
    }

    /// Whether the plugin asked to be called on the main thread. Asking clears it.
    pub fn take_callback(&self) -> bool {
        self.callback.swap(false, Ordering::AcqRel)
    }
}

impl Requests {
    /// What was told so far.
    pub fn heard(&self) -> Heard {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HostHandlers for Handlers {
    type Shared<'a> = Requests;
    type MainThread<'a> = MainThread<'a>;
    type AudioProcessor<'a> = ();

    fn declare_extensions(builder: &mut HostExtensions<'_, Self>, _: &Requests) {
        builder
            .register::<HostAudioPorts>()
            .register::<HostGui>()
            .register::<HostLatency>()
            .register::<HostParams>()
            .register::<HostPresetLoad>()
            .register::<HostState>();
    }
}

impl SharedHandler<'_> for Requests {
    fn request_restart(&self) {
        self.restart.store(true, Ordering::Release);
    }

    fn request_process(&self) {}

    fn request_callback(&self) {
        self.callback.store(true, Ordering::Release);
    }
}

impl HostParamsImplShared for Requests {
    fn request_flush(&self) {}
}

/// Its editor may have any size, unless sizes are refused, and is shown and hidden by us alone.
impl HostGuiImpl for Requests {
    fn resize_hints_changed(&self) {}

    fn request_resize(&self, _: GuiSize) -> Result<(), HostError> {
        match self.refuses_sizes.load(Ordering::Acquire) {
            true => Err(HostError::Message("no other size")),
            false => Ok(()),
        }
    }

    fn request_show(&self) -> Result<(), HostError> {
        Ok(())
    }

    fn request_hide(&self) -> Result<(), HostError> {
        Ok(())
    }

    fn closed(&self, _: bool) {}
}

impl<'a> MainThreadHandler<'a> for MainThread<'a> {}

impl HostParamsImplMainThread for MainThread<'_> {
    fn rescan(&self, flags: ParamRescanFlags) {
        self.0.lock().rescans += usize::from(flags.contains(ParamRescanFlags::VALUES));
    }

    fn clear(&self, _: ClapId, _: ParamClearFlags) {}
}

impl HostLatencyImpl for MainThread<'_> {
    fn changed(&self) {}
}

impl HostStateImpl for MainThread<'_> {
    fn mark_dirty(&self) {
        self.0.lock().dirty += 1;
    }
}

impl HostPresetLoadImpl for MainThread<'_> {
    fn on_error(&self, _: Location<'_>, _: Option<&CStr>, _: i32, reason: Option<&CStr>) {
        self.0.lock().errors.push(text(reason));
    }

    fn loaded(&self, location: Location<'_>, _: Option<&CStr>) {
        let path = text(location.file_path());
        self.0.lock().loaded.push(path.into());
    }
}

impl HostAudioPortsImpl for MainThread<'_> {
    fn is_rescan_flag_supported(&self, _: AudioPortRescanFlags) -> bool {
        true
    }

    fn rescan(&self, _: AudioPortRescanFlags) {}
}
