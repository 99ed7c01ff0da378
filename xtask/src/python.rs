//! Python: virtual environments inside the build folder, one each for the training package, the oracles and the hosts.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::workspace::{Workspace, run_command};

/// The folder of the training package.
pub fn package(workspace: &Workspace) -> PathBuf {
    workspace.root.join("models/training")
}

/// The training package's Python, made and filled where it is not yet.
///
/// # Errors
/// Where Python is missing or pip cannot get the packages.
pub fn environment(workspace: &Workspace) -> Result<PathBuf> {
    let package = package(workspace);
    // The package is installed by reference, so the environment belongs to this checkout.
    let wanted = format!(
        "# {}\n{}",
        package.display(),
        std::fs::read_to_string(package.join("pyproject.toml"))?
    );
    Environment {
        folder: workspace.target.join("training/venv"),
        stamp: "netbend-pyproject.toml",
        wanted,
        what: "PyTorch and what belongs to it",
        size: "several gigabytes",
        install: vec!["-e".into(), format!("{}[check]", package.display())],
    }
    .ready()
}

/// The Python of [`environment`], where it has been made.
pub fn trained_with(workspace: &Workspace) -> Option<PathBuf> {
    let inside = if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    };
    let python = workspace.target.join("training/venv").join(inside);
    python.is_file().then_some(python)
}

/// A virtual environment, and what is to be in it.
pub struct Environment {
    /// Where it lies.
    pub folder: PathBuf,
    /// Name of the file in it that says what it holds.
    pub stamp: &'static str,
    /// What that file holds when all is there.
    pub wanted: String,
    /// What is fetched, in words.
    pub what: &'static str,
    /// How much that can be, in words.
    pub size: &'static str,
    /// Arguments of `pip install`.
    pub install: Vec<String>,
}

impl Environment {
    /// Its Python, made and filled where it is not yet.
    ///
    /// # Errors
    /// Where Python is missing or pip cannot get the packages.
    pub fn ready(&self) -> Result<PathBuf> {
        let stamp = self.folder.join(self.stamp);
        let python = self.folder.join(if cfg!(windows) {
            "Scripts/python.exe"
        } else {
            "bin/python"
        });
        if std::fs::read_to_string(&stamp).is_ok_and(|found| found == self.wanted) {
            println!("    all there");
            return Ok(python);
        }
        let system = if cfg!(windows) { "python" } else { "python3" };
        run_command(Command::new(system).args(["-m", "venv"]).arg(&self.folder)).context(
            "Python could not make a virtual environment; on Debian install python3-venv",
        )?;
        println!(
            "    fetching {} with pip; this can be {}",
            self.what, self.size
        );
        run_command(
            Command::new(&python)
                .args(["-m", "pip", "install", "--disable-pip-version-check"])
                .args(&self.install),
        )
        .with_context(|| format!("pip could not get {}; is there a network?", self.what))?;
        std::fs::write(&stamp, &self.wanted)?;
        Ok(python)
    }
}

/// A command of the training package.
pub fn module(python: &Path) -> Command {
    module_of(python, "netbend_training")
}

/// A command of one of the packages that [`environment`] installs.
pub fn module_of(python: &Path, package: &str) -> Command {
    let mut command = Command::new(python);
    command.args(["-m", package]).env("PYTHONUNBUFFERED", "1");
    command
}
