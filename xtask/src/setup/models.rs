//! Gathers the shipped models into the resources folder.

use anyhow::Result;

use crate::files;
use crate::workspace::Workspace;

/// Makes `Netbend.resources/models` hold exactly the models of the checkout.
pub fn gather(workspace: &Workspace) -> Result<()> {
    let shipped = workspace.root.join("models");
    let gathered = workspace.resources().join("models");
    files::create_folder(&gathered)?;

    let models = onnx_files(&shipped)?;
    for stale in onnx_files(&gathered)?
        .iter()
        .filter(|model| !models.contains(model))
    {
        files::remove(&gathered.join(stale))?;
    }
    for model in &models {
        files::copy_file(&shipped.join(model), &gathered.join(model))?;
    }
    match models.len() {
        0 => println!("    no model in models/: the plugin will pass its input dry and say so"),
        _ => println!("    {}", models.join(", ")),
    }
    Ok(())
}

fn onnx_files(folder: &std::path::Path) -> Result<Vec<String>> {
    Ok(files::read_folder(folder)?
        .iter()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".onnx"))
        .collect())
}
