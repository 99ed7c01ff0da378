//! The pages of eight that a plugin has for controllers.

use clack_extensions::remote_controls::{PluginRemoteControls, RemoteControlsPageBuffer};

use super::{HostError, Plugin};

/// A page as a controller shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemotePage {
    /// Its number.
    pub id: u32,
    /// What it belongs to.
    pub section: String,
    /// What it is called.
    pub name: String,
    /// The parameters beneath the eight knobs; `None` where nothing is.
    pub params: [Option<u32>; 8],
}

impl Plugin {
    /// All pages, in the plugin's order.
    ///
    /// # Errors
    /// If the plugin has none at all, or does not give one that it counted.
    pub fn remote_pages(&mut self) -> Result<Vec<RemotePage>, HostError> {
        let pages: PluginRemoteControls = self.extension("remote-controls")?;
        let handle = self.instance.plugin_handle();
        let page = |index| {
            let mut buffer = RemoteControlsPageBuffer::new();
            let page = pages.get(&handle, index, &mut buffer);
            let page = page.ok_or_else(|| HostError::Refused {
                action: "give a page of remote controls",
                reason: format!("page {index}"),
            })?;
            Ok(RemotePage {
                id: page.page_id.get(),
                section: String::from_utf8_lossy(page.section_name).into_owned(),
                name: String::from_utf8_lossy(page.page_name).into_owned(),
                params: page.param_ids.map(|id| id.map(|id| id.get())),
            })
        };
        (0..pages.count(&handle)).map(page).collect()
    }
}
