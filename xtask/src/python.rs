//! The training package's Python: a virtual environment of its own inside the build folder.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::workspace::{Workspace, run_command};

/// The folder of the training package.
pub fn package(workspace: &Workspace) -> PathBuf {
    workspace.root.join("models/training")
}

/// The virtual environment's Python, made and filled where it is not yet.
///
/// # Errors
/// Where Python is missing or pip cannot get the packages.
pub fn environment(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.target.join("training/venv");
    let package = package(workspace);
    // The package is installed by reference, so the environment belongs to this checkout.
    let wanted = format!(
        "# {}\n{}",
        package.display(),
        std::fs::read_to_string(package.join("pyproject.toml"))?
    );
    let stamp = folder.join("netbend-pyproject.toml");
    let python = folder.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    });
    if std::fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        println!("    all there");
        return Ok(python);
    }
    let system = if cfg!(windows) { "python" } else { "python3" };
    run_command(Command::new(system).args(["-m", "venv"]).arg(&folder))
        .context("Python could not make a virtual environment; on Debian install python3-venv")?;
    println!("    fetching PyTorch and what belongs to it with pip; this can be several gigabytes");
    run_command(
        Command::new(&python)
            .args(["-m", "pip", "install", "--disable-pip-version-check", "-e"])
            .arg(format!("{}[check]", package.display())),
    )
    .context("pip could not get PyTorch and what belongs to it; is there a network?")?;
    std::fs::write(&stamp, wanted)?;
    Ok(python)
}

/// A command of the training package.
pub fn module(python: &Path) -> Command {
    let mut command = Command::new(python);
    command
        .args(["-m", "netbend_training"])
        .env("PYTHONUNBUFFERED", "1");
    command
}
