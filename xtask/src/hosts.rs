//! The hosts: the built VST3 in pedalboard and DawDreamer, compared with the command line (`tests/hosts`).

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::python::Environment;
use crate::workspace::{Workspace, run_command};

/// Runs them on the bundled plugin, or returns why that cannot be done here.
///
/// # Errors
/// Where a check fails.
pub fn test(workspace: &Workspace) -> Result<Option<String>> {
    let python = match environment(workspace) {
        Ok(python) => python,
        Err(error) => {
            println!("    SKIPPED: {error:#}");
            return Ok(Some(format!("{error:#}")));
        }
    };
    run_command(
        Command::new(python)
            .args(["-B", "-m", "pytest"])
            .current_dir(folder(workspace))
            .env("NETBEND_BUNDLED", workspace.bundled())
            // JUCE asks for screen 0 where none is named, and DawDreamer ends at a screen without a window manager (BadAtom).
            .env("DISPLAY", NO_SCREEN)
            // The plugin is to find what lies in its own bundle.
            .env_remove("NETBEND_RESOURCES"),
    )?;
    Ok(None)
}

/// A screen that nobody has.
const NO_SCREEN: &str = ":65000";

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.root.join("tests/hosts")
}

fn environment(workspace: &Workspace) -> Result<PathBuf> {
    let requirements = folder(workspace).join("requirements.txt");
    Environment {
        folder: workspace.target.join("hosts/venv"),
        stamp: "netbend-requirements.txt",
        wanted: std::fs::read_to_string(&requirements)?,
        what: "pedalboard, DawDreamer and NumPy",
        size: "150 megabytes",
        install: vec!["-r".into(), requirements.display().to_string()],
    }
    .ready()
}
