//! Saving and loading, as a project does.

use clack_extensions::state::PluginState;

use super::{HostError, Plugin};

impl Plugin {
    /// What the plugin wants kept in a project.
    ///
    /// # Errors
    /// [`HostError::State`] if it refuses.
    pub fn save(&mut self) -> Result<Vec<u8>, HostError> {
        let state: PluginState = self.extension("state")?;
        let mut saved = Vec::new();
        state
            .save(&self.instance.plugin_handle(), &mut saved)
            .map_err(|_| HostError::State("save"))?;
        Ok(saved)
    }

    /// Gives back to the plugin what a project kept.
    ///
    /// # Errors
    /// [`HostError::State`] if it refuses.
    pub fn load(&mut self, mut saved: &[u8]) -> Result<(), HostError> {
        let state: PluginState = self.extension("state")?;
        state
            .load(&self.instance.plugin_handle(), &mut saved)
            .map_err(|_| HostError::State("load"))?;
        self.pump()
    }
}
