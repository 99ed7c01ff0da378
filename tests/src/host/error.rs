//! What can go wrong in the host.

use std::path::PathBuf;

/// An error of the host or of the plugin it holds.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HostError {
    /// The file could not be loaded as a bundle.
    #[error("could not open {path} as a plugin: {reason}")]
    Open {
        /// The file.
        path: PathBuf,
        /// The loader's own words.
        reason: String,
    },
    /// The bundle holds no such plugin, or it could not be created.
    #[error("could not create the plugin {id}: {reason}")]
    Create {
        /// The plugin's CLAP id, or the class of a VST3.
        id: String,
        /// What went wrong.
        reason: String,
    },
    /// The plugin lacks an extension or an interface this host relies on.
    #[error("the plugin has no `{0}`")]
    NoExtension(&'static str),
    /// No parameter has this id or name.
    #[error("the plugin has no parameter `{0}`")]
    NoParam(String),
    /// The plugin made no value of this text.
    #[error("the plugin's parameter `{param}` does not understand `{text}`")]
    Text {
        /// The parameter's id.
        param: String,
        /// What it was given.
        text: String,
    },
    /// The plugin has no layout with this number of channels.
    #[error("the plugin has no layout with {0} channels in and out")]
    NoLayout(u32),
    /// The plugin refused to save or load its state.
    #[error("the plugin refused to {0} its state")]
    State(&'static str),
    /// The plugin refused to be activated, to be started or to process.
    #[error("the plugin refused to {action}: {reason}")]
    Refused {
        /// What it was asked to do.
        action: &'static str,
        /// What it answered.
        reason: String,
    },
}
