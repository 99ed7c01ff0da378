//! Mono and stereo, and the sidechain.

use clack_extensions::audio_ports::{AudioPortInfoBuffer, PluginAudioPorts};
use clack_extensions::audio_ports_config::{AudioPortsConfigBuffer, PluginAudioPortsConfig};
use clack_host::prelude::ClapId;

use super::{HostError, Plugin};

/// An arrangement of channels that a plugin offers.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The plugin's name for it.
    pub name: String,
    /// Channels of the main input.
    pub input_channels: u32,
    /// Channels of the main output.
    pub output_channels: u32,
    id: ClapId,
}

/// A port as the plugin presents it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// The name shown to users.
    pub name: String,
    /// Its channels.
    pub channels: u32,
}

impl Plugin {
    /// The layouts the plugin offers.
    ///
    /// # Errors
    /// If it offers none.
    pub fn layouts(&mut self) -> Result<Vec<Layout>, HostError> {
        let ports: PluginAudioPortsConfig = self.extension("audio-ports-config")?;
        let handle = self.instance.plugin_handle();
        let layout = |index| {
            let mut buffer = AudioPortsConfigBuffer::new();
            let config = ports.get(&handle, index, &mut buffer)?;
            Some(Layout {
                name: String::from_utf8_lossy(config.name).into_owned(),
                input_channels: config.main_input.map_or(0, |port| port.channel_count),
                output_channels: config.main_output.map_or(0, |port| port.channel_count),
                id: config.id,
            })
        };
        Ok((0..ports.count(&handle)).filter_map(layout).collect())
    }

    /// Chooses the layout with this many channels in and out. The plugin is deactivated for it.
    ///
    /// # Errors
    /// [`HostError::NoLayout`] if there is none.
    pub fn set_channels(&mut self, channels: u32) -> Result<(), HostError> {
        self.deactivate();
        let fits = |layout: &Layout| {
            layout.input_channels == channels && layout.output_channels == channels
        };
        let layout = self
            .layouts()?
            .into_iter()
            .find(fits)
            .ok_or(HostError::NoLayout(channels))?;
        let ports: PluginAudioPortsConfig = self.extension("audio-ports-config")?;
        ports
            .select(&self.instance.plugin_handle(), layout.id)
            .map_err(|_| HostError::NoLayout(channels))
    }

    /// The inputs of the chosen layout, the main one first.
    ///
    /// # Errors
    /// If the plugin has none.
    pub fn inputs(&mut self) -> Result<Vec<Port>, HostError> {
        let ports: PluginAudioPorts = self.extension("audio-ports")?;
        let handle = self.instance.plugin_handle();
        let port = |index| {
            let mut buffer = AudioPortInfoBuffer::new();
            let port = ports.get(&handle, index, true, &mut buffer)?;
            Some(Port {
                name: String::from_utf8_lossy(port.name).into_owned(),
                channels: port.channel_count,
            })
        };
        Ok((0..ports.count(&handle, true)).filter_map(port).collect())
    }

    /// The number of channels of the main output.
    ///
    /// # Errors
    /// If the plugin has none.
    pub fn channels(&mut self) -> Result<u32, HostError> {
        let ports: PluginAudioPorts = self.extension("audio-ports")?;
        let mut buffer = AudioPortInfoBuffer::new();
        let port = ports.get(&self.instance.plugin_handle(), 0, false, &mut buffer);
        port.map(|port| port.channel_count)
            .ok_or(HostError::NoExtension("audio-ports"))
    }
}
