//! The plugin's editor in an X11 window of ours.

use std::ffi::c_ulong;

use clack_extensions::gui::{GuiApiType, GuiConfiguration, GuiSize, PluginGui, Window};

use super::{HostError, Plugin};

impl Plugin {
    /// Opens the plugin's editor inside an X11 window, which is to stay until [`Plugin::close_editor`].
    ///
    /// # Errors
    /// If it has none or does not take the window.
    pub fn open_editor(&mut self, window: u32) -> Result<(), HostError> {
        self.open_editor_at(window, None)
    }

    /// As [`Plugin::open_editor`], on a screen of that scale; a plugin may take or leave it.
    ///
    /// # Errors
    /// If it has none or does not take the window.
    pub fn open_editor_at(&mut self, window: u32, scale: Option<f64>) -> Result<(), HostError> {
        let gui: PluginGui = self.extension("gui")?;
        let handle = self.instance.plugin_handle();
        let configuration = GuiConfiguration {
            api_type: GuiApiType::X11,
            is_floating: false,
        };
        let parent = Window::from_x11_handle(c_ulong::from(window));
        gui.create(&handle, configuration)
            .map(|()| {
                if let Some(scale) = scale {
                    let _ = gui.set_scale(&handle, scale);
                }
            })
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

    /// The size that the plugin's editor says it has.
    ///
    /// # Errors
    /// If it has none.
    pub fn editor_size(&mut self) -> Result<(u32, u32), HostError> {
        let gui: PluginGui = self.extension("gui")?;
        let size = gui.get_size(&self.instance.plugin_handle());
        let size = size.ok_or(HostError::NoExtension("size"))?;
        Ok((size.width, size.height))
    }

    /// The size nearest to that one that the plugin's editor takes.
    ///
    /// # Errors
    /// If it has none.
    pub fn adjusted_size(&mut self, (width, height): (u32, u32)) -> Result<(u32, u32), HostError> {
        let gui: PluginGui = self.extension("gui")?;
        let size = gui.adjust_size(&self.instance.plugin_handle(), GuiSize { width, height });
        let size = size.ok_or(HostError::NoExtension("adjusted size"))?;
        Ok((size.width, size.height))
    }

    /// From now on its editor may not have another size, or may.
    pub fn refuse_sizes(&mut self, refuses: bool) {
        self.instance
            .access_shared_handler(|requests| requests.refuse_sizes(refuses));
    }
}
