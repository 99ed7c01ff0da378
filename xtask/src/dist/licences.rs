//! The licences of all that an archive holds: ours, those of every crate inside, of Rust, of ONNX Runtime, of the VST 3 SDK and of the models.

mod crates;
mod files;
mod page;
mod standard;

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::entries::Entries;
use crate::files::read_folder;
use crate::platform::Platform;
use crate::setup::RUNTIME_NOTICES;
use crate::workspace::Workspace;

/// Whose VST 3 SDK the plugin's bindings are made from.
const VST3_SDK_HOLDER: &str = "2025, Steinberg Media Technologies GmbH";

/// Adds `LICENSE-*` and the folder `licences`.
///
/// # Errors
/// Where a crate has no licence, or something cannot be read.
pub fn add(workspace: &Workspace, platform: &Platform, entries: &mut Entries) -> Result<()> {
    for name in ["LICENSE-MIT", "LICENSE-APACHE"] {
        entries.add(name, &workspace.root.join(name))?;
    }
    let crates = crates::shipped(workspace, &platform.targets)?;
    entries.add_text("licences/rust-crates.txt", page::write(&crates));
    let standard_library = sysroot()?.join("share/doc/rust/COPYRIGHT-library.html");
    if standard_library.is_file() {
        entries.add("licences/rust-standard-library.html", &standard_library)?;
    } else {
        let text = standard::text("MIT", "The Rust Project Developers")?;
        entries.add_text("licences/rust-standard-library.txt", text);
    }
    for (_, name) in RUNTIME_NOTICES {
        let notice = workspace.resources().join(name);
        entries.add(&format!("licences/{name}"), &notice)?;
    }
    let text = standard::text("MIT", VST3_SDK_HOLDER)?;
    entries.add_text("licences/vst3-sdk.txt", text);
    add_model_cards(&workspace.root.join("models"), entries)
}

/// A model's card says its licence and what it was trained on.
fn add_model_cards(models: &Path, entries: &mut Entries) -> Result<()> {
    for model in read_folder(models)? {
        let card = model.path().with_extension("md");
        let is_model = model.path().extension().is_some_and(|end| end == "onnx");
        if is_model && card.is_file() {
            let name = card.file_name().unwrap_or_default().display().to_string();
            entries.add(&format!("licences/model-{name}"), &card)?;
        }
    }
    Ok(())
}

fn sysroot() -> Result<std::path::PathBuf> {
    let rustc = Command::new("rustc").args(["--print", "sysroot"]).output();
    let said = String::from_utf8(rustc.context("could not start rustc")?.stdout)?;
    Ok(said.trim().into())
}
