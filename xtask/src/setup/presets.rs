//! Gathers the shipped presets into the resources folder.

use anyhow::Result;

use crate::files;
use crate::workspace::Workspace;

/// Makes `Netbend.resources/presets` hold exactly the bank of the checkout.
pub fn gather(workspace: &Workspace) -> Result<()> {
    let gathered = workspace.resources().join("presets");
    files::mirror_folder(&workspace.presets(), &gathered)
}
