//! The host's side of CLAP: what a plugin may ask of us. Requests are noted on any thread and
//! served between blocks.

use std::sync::atomic::{AtomicBool, Ordering};

use clack_extensions::audio_ports::{AudioPortRescanFlags, HostAudioPorts, HostAudioPortsImpl};
use clack_extensions::gui::{GuiSize, HostGui, HostGuiImpl};
use clack_extensions::latency::{HostLatency, HostLatencyImpl};
use clack_extensions::params::{
    HostParams, HostParamsImplMainThread, HostParamsImplShared, ParamClearFlags, ParamRescanFlags,
};
use clack_extensions::state::{HostState, HostStateImpl};
use clack_host::prelude::{
    ClapId, HostError, HostExtensions, HostHandlers, MainThreadHandler, SharedHandler,
};

/// Ties the handlers together for clack.
pub struct Handlers;

/// What the plugin has asked for and has not been given yet.
#[derive(Default)]
pub struct Requests {
    restart: AtomicBool,
    callback: AtomicBool,
}

/// The callbacks of the main thread. This host reads latency, values and ports afresh whenever it
/// needs them, so there is nothing to note.
pub struct MainThread;

impl Requests {
    /// Whether the plugin asked to be deactivated and activated again. Asking clears it.
    pub fn take_restart(&self) -> bool {
        self.restart.swap(false, Ordering::AcqRel)
    }

    /// Whether the plugin asked to be called on the main thread. Asking clears it.
    pub fn take_callback(&self) -> bool {
        self.callback.swap(false, Ordering::AcqRel)
    }
}

impl HostHandlers for Handlers {
    type Shared<'a> = Requests;
    type MainThread<'a> = MainThread;
    type AudioProcessor<'a> = ();

    fn declare_extensions(builder: &mut HostExtensions<'_, Self>, _: &Requests) {
        builder
            .register::<HostAudioPorts>()
            .register::<HostGui>()
            .register::<HostLatency>()
            .register::<HostParams>()
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

/// Its editor may have any size, and is shown and hidden by us alone.
impl HostGuiImpl for Requests {
    fn resize_hints_changed(&self) {}

    fn request_resize(&self, _: GuiSize) -> Result<(), HostError> {
        Ok(())
    }

    fn request_show(&self) -> Result<(), HostError> {
        Ok(())
    }

    fn request_hide(&self) -> Result<(), HostError> {
        Ok(())
    }

    fn closed(&self, _: bool) {}
}

impl MainThreadHandler<'_> for MainThread {}

impl HostParamsImplMainThread for MainThread {
    fn rescan(&self, _: ParamRescanFlags) {}

    fn clear(&self, _: ClapId, _: ParamClearFlags) {}
}

impl HostLatencyImpl for MainThread {
    fn changed(&self) {}
}

impl HostStateImpl for MainThread {
    fn mark_dirty(&self) {}
}

impl HostAudioPortsImpl for MainThread {
    fn is_rescan_flag_supported(&self, _: AudioPortRescanFlags) -> bool {
        true
    }

    fn rescan(&self, _: AudioPortRescanFlags) {}
}
