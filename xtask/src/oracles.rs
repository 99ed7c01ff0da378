//! The oracles: transforms, exported models, phases and audio files checked by OpenCV, NumPy, librosa, Python's own ONNX Runtime, ffmpeg
//! and libsndfile (`tests/oracles`).

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::python::Environment;
use crate::workspace::{Workspace, run_command};

/// Runs them against the bundled programs, or returns why that cannot be done here.
///
/// # Errors
/// Where a check fails, or the examples that the oracles run do not build.
pub fn test(workspace: &Workspace) -> Result<Option<String>> {
    let python = match environment(workspace) {
        Ok(python) => python,
        Err(error) => {
            println!("    SKIPPED: {error:#}");
            return Ok(Some(format!("{error:#}")));
        }
    };
    run_command(
        workspace
            .cargo()
            .args(["build", "--release"])
            .args(["--package", "netbend-models", "--package", "netbend-dsp"])
            .args([
                "--package",
                "netbend-audio-file",
                "--example",
                "decode_audio",
            ])
            .args(["--example", "bend_maps", "--example", "decode"])
            .args(["--example", "phase_oracle"]),
    )?;
    run_command(
        Command::new(python)
            .args(["-B", "-m", "pytest"])
            .current_dir(folder(workspace))
            .env("NETBEND_BUNDLED", workspace.bundled())
            .env(
                "NETBEND_EXAMPLES",
                workspace.target.join("release/examples"),
            ),
    )?;
    Ok(None)
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.root.join("tests/oracles")
}

fn environment(workspace: &Workspace) -> Result<PathBuf> {
    let requirements = folder(workspace).join("requirements.txt");
    Environment {
        folder: workspace.target.join("oracles/venv"),
        stamp: "netbend-requirements.txt",
        wanted: std::fs::read_to_string(&requirements)?,
        what: "OpenCV, librosa, ONNX Runtime and NumPy",
        size: "a quarter of a gigabyte",
        install: vec!["-r".into(), requirements.display().to_string()],
    }
    .ready()
}
