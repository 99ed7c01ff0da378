//! `cargo xtask install`: the bundles (on macOS the Audio Unit too), copied to where hosts look for them.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::bundle::{self, Bundles};
use crate::files;
use crate::step::step;
use crate::workspace::{RESOURCES, Workspace};

/// Where to install.
#[derive(clap::Args)]
pub struct Options {
    /// Folder for the CLAP plugin and its resources, instead of your own CLAP folder
    #[arg(long, value_name = "FOLDER")]
    clap_dir: Option<PathBuf>,
    /// Folder for the VST3 plugin, instead of your own VST3 folder
    #[arg(long, value_name = "FOLDER")]
    vst3_dir: Option<PathBuf>,
}

/// Bundles and installs.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    bundle::run(workspace, &bundle::Options::default())?;
    let clap = folder(options.clap_dir.as_deref(), "CLAP")?;
    let vst3 = folder(options.vst3_dir.as_deref(), "VST3")?;
    step("install", || {
        let bundles = Bundles::of(workspace);
        place(&bundles.resources, &clap.join(RESOURCES))?;
        place(&bundles.clap, &clap.join("Netbend.clap"))?;
        place(&bundles.vst3, &vst3.join("Netbend.vst3"))?;
        if bundles.audio_unit.is_dir() {
            let components = folder(None, "Components")?;
            place(&bundles.audio_unit, &components.join("Netbend.component"))?;
        }
        Ok(())
    })?;
    println!("\nNetbend is installed: let your host scan its plugins again.");
    Ok(())
}

fn place(from: &Path, to: &Path) -> Result<()> {
    if let Some(folder) = to.parent() {
        files::create_folder(folder)?;
    }
    files::replace(from, to)?;
    println!("    {}", to.display());
    Ok(())
}

/// The folder asked for, or the user's own for this plugin format.
fn folder(asked_for: Option<&Path>, format: &str) -> Result<PathBuf> {
    if let Some(folder) = asked_for {
        return Ok(folder.to_owned());
    }
    let home = |variable: &str| {
        std::env::var_os(variable)
            .map(PathBuf::from)
            .with_context(|| format!("{variable} is not set: give --clap-dir and --vst3-dir"))
    };
    Ok(match std::env::consts::OS {
        "macos" => home("HOME")?.join("Library/Audio/Plug-Ins").join(format),
        "windows" => home("LOCALAPPDATA")?.join("Programs/Common").join(format),
        _ => home("HOME")?.join(format!(".{}", format.to_lowercase())),
    })
}
