//! `cargo xtask import`: a streaming waveform model in TorchScript, as nn~ plays it, becomes an ONNX file.
//!
//! Python does it (`models/training/netbend_waveform`), in the environment of `cargo xtask train` unless another is named.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::python::{environment, package};
use crate::step::step;
use crate::workspace::{Workspace, run_command};

/// What to import.
#[derive(clap::Args)]
pub struct Options {
    /// A TorchScript file exported for nn~ with streaming, or a folder of them
    #[arg(value_name = "MODEL.ts")]
    model: PathBuf,
    /// The model's sample rate in hertz [default: what the file says]
    #[arg(long, value_name = "HZ", value_parser = clap::value_parser!(u32).range(8_000..=192_000))]
    rate: Option<u32>,
    /// Play blocks of so many samples, or the next longer ones that the model can: shorter ones are less late and cost more [default: 2048]
    #[arg(long, value_name = "SAMPLES", value_parser = clap::value_parser!(u32).range(64..=32_768))]
    block: Option<u32>,
    /// The file to write, or a folder for several [default: beside MODEL.ts]
    #[arg(long, value_name = "NAME.onnx")]
    out: Option<PathBuf>,
    /// A Python with torch, numpy, onnx and onnxruntime [default: that of `cargo xtask train`]
    #[arg(long, value_name = "PATH")]
    python: Option<PathBuf>,
}

/// Sets up the environment and imports. Paths are relative to `started_in`.
///
/// # Errors
/// Where there is no such file, Python cannot be set up, or a model was refused.
pub fn run(workspace: &Workspace, started_in: &Path, options: &Options) -> Result<()> {
    let model = started_in.join(&options.model);
    // Before gigabytes are fetched for it.
    if !model.exists() {
        bail!(
            "{} is not there; name a .ts file or a folder of them",
            model.display()
        );
    }
    let python = match &options.python {
        Some(python) => started_in.join(python),
        None => step("Python environment", || environment(workspace))?,
    };
    run_command(&mut command(
        workspace, &python, &model, started_in, options,
    ))
}

fn command(
    workspace: &Workspace,
    python: &Path,
    model: &Path,
    started_in: &Path,
    options: &Options,
) -> Command {
    let mut command = Command::new(python);
    command
        .args(["-m", "netbend_waveform"])
        .arg(model)
        .current_dir(package(workspace));
    if let Some(rate) = options.rate {
        command.args(["--rate", &rate.to_string()]);
    }
    if let Some(block) = options.block {
        command.args(["--block", &block.to_string()]);
    }
    if let Some(out) = &options.out {
        command.arg("--out").arg(started_in.join(out));
    }
    command
}
