//! `cargo xtask install`: what an archive holds, installed by the script in it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::bundle;
use crate::dist::gather;
use crate::platform::Platform;
use crate::step::step;
use crate::workspace::{Workspace, run_command};

/// Where to install.
#[derive(clap::Args)]
pub struct Options {
    /// Folder for the CLAP plugin and its resources, instead of your own CLAP folder
    #[arg(long, value_name = "FOLDER")]
    clap_dir: Option<PathBuf>,
    /// Folder for the VST3 plugin, instead of your own VST3 folder
    #[arg(long, value_name = "FOLDER")]
    vst3_dir: Option<PathBuf>,
    /// Folder for the programs, instead of your own
    #[arg(long, value_name = "FOLDER")]
    program_dir: Option<PathBuf>,
}

/// Bundles and installs.
pub fn run(workspace: &Workspace, started_in: &Path, options: &Options) -> Result<()> {
    bundle::run(workspace, &bundle::Options::default())?;
    let platform = Platform::here(false)?;
    let folder = workspace.target.join("install");
    step("install", || {
        gather(workspace, &platform)?.write_folder(&folder)?;
        let mut script = if platform.is_windows() {
            let mut powershell = Command::new("powershell");
            powershell
                .args(["-NoProfile", "-ExecutionPolicy", "Bypass", "-File"])
                .arg(folder.join("install.ps1"));
            powershell
        } else {
            let mut shell = Command::new("sh");
            shell.arg(folder.join("install.sh"));
            shell
        };
        let places = [
            ("--clap-dir", "-ClapDir", &options.clap_dir),
            ("--vst3-dir", "-Vst3Dir", &options.vst3_dir),
            ("--program-dir", "-ProgramDir", &options.program_dir),
        ];
        for (for_shell, for_powershell, place) in places {
            if let Some(place) = place {
                let name = match platform.is_windows() {
                    true => for_powershell,
                    false => for_shell,
                };
                script.arg(name).arg(started_in.join(place));
            }
        }
        run_command(&mut script)
    })
}
