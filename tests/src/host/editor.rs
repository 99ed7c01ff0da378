//! The plugin's editor in an X11 window of ours.

use std::ffi::c_ulong;

use clack_extensions::gui::{GuiApiType, GuiConfiguration, PluginGui, Window};

use super::{HostError, Plugin};

impl Plugin {
    /// Opens the plugin's editor inside an X11 window, which is to stay until [`Plugin::close_editor`].
    ///
    /// # Errors
    /// If it has none or does not take the window.
    pub fn open_editor(&mut self, window: u32) -> Result<(), HostError> {
        let gui: PluginGui = self.extension("gui")?;
        let handle = self.instance.plugin_handle();
        let configuration = GuiConfiguration {
            api_type: GuiApiType::X11,
            is_floating: false,
        };
        let parent = Window::from_x11_handle(c_ulong::from(window));
        gui.create(&handle, configuration)
            // SAFETY: the caller keeps the window.
            .and_then(|()| unsafe { gui.set_parent(&handle, parent) })
            .and_then(|()| gui.show(&handle))
            .map_err(|error| HostError::Refused {
                action: "open its editor",
                reason: error.to_string(),
            })?;
        self.pump()
    }

    /// Closes the plugin's editor.
    ///
    /// # Errors
    /// If it has none.
    pub fn close_editor(&mut self) -> Result<(), HostError> {
        let gui: PluginGui = self.extension("gui")?;
        let handle = self.instance.plugin_handle();
        // A plugin may leave hiding to the host's window.
        let _ = gui.hide(&handle);
        gui.destroy(&handle);
        self.pump()
    }
}
