//! `cargo xtask train`: from a folder of audio to a model Netbend loads, in one command.
//!
//! Python does the work (`models/training`), in a virtual environment of its own inside the build
//! folder. An interrupted training goes on with `--resume`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use crate::step::step;
use crate::workspace::{Workspace, run_command};

/// What to train on, and what for.
#[derive(clap::Args)]
pub struct Options {
    /// Folders of audio: one-shots, loops, or both (WAV, FLAC, AIFF, OGG, MP3)
    #[arg(long, required = true, num_args = 1.., value_name = "FOLDER")]
    data: Vec<PathBuf>,
    /// How wide the network is: wider sounds closer to the original and takes longer to train and to run
    #[arg(long, value_enum, default_value_t = Width::Quarter)]
    preset: Width,
    /// The model file to write; its name becomes the model's name
    #[arg(long, value_name = "FILE.onnx")]
    out: PathBuf,
    /// Training steps; the length of the schedule
    #[arg(long, default_value_t = 9_000)]
    steps: u32,
    /// Seed of everything random
    #[arg(long, default_value_t = 1)]
    seed: u32,
    /// Go on with an interrupted training of the same name
    #[arg(long)]
    resume: bool,
}

/// Widths of the network, by the paper's 512 features.
#[derive(Clone, Copy, ValueEnum)]
enum Width {
    /// 512 features, as in the paper
    Paper,
    /// 256 features
    Half,
    /// 128 features, as the model that ships
    Quarter,
}

impl Width {
    fn features(self) -> &'static str {
        match self {
            Self::Paper => "512",
            Self::Half => "256",
            Self::Quarter => "128",
        }
    }
}

/// Sets up the environment, trains and exports. Paths are relative to `started_in`.
pub fn run(workspace: &Workspace, started_in: &Path, options: &Options) -> Result<()> {
    let data: Vec<_> = options
        .data
        .iter()
        .map(|folder| started_in.join(folder))
        .collect();
    for folder in &data {
        if !folder.is_dir() {
            bail!(
                "{} is not a folder; name folders of audio files",
                folder.display()
            );
        }
    }
    let out = started_in.join(&options.out);
    let name = model_name(&out)?;
    let training = workspace.target.join("training");
    let run = training.join("runs").join(&name);
    // Interrupted before its first checkpoint, a training has nothing to go on from.
    let begun = run.join("checkpoint.pt").exists();
    if begun && !options.resume {
        bail!(
            "{} holds an earlier training of that name; add --resume to go on with it, remove the \
             folder to begin anew, or give --out another name",
            run.display()
        );
    }
    let python = step("Python environment", || {
        environment(workspace, &training.join("venv"))
    })?;
    step("training", || {
        let mut train = module(&python);
        train
            .arg("train")
            .arg("--data")
            .args(&data)
            .arg("--run")
            .arg(&run);
        train.args(["--width", options.preset.features()]);
        train.args([
            "--steps",
            &options.steps.to_string(),
            "--seed",
            &options.seed.to_string(),
        ]);
        if begun {
            train.arg("--resume");
        }
        run_command(&mut train)
            .context("training stopped; run the same command with --resume to go on")
    })?;
    step("export", || {
        run_command(
            module(&python)
                .arg("export")
                .arg(&run)
                .arg("--out")
                .arg(&out)
                .args(["--name", &name]),
        )
    })?;
    println!(
        "\n{} is ready. Look at it with `netbend inspect {}`; put it into your models folder (see the \
         README) and name it in a preset: `model: {name}`.",
        out.display(),
        out.display()
    );
    Ok(())
}

/// The file's name without `.onnx`, if a preset can name it.
fn model_name(out: &Path) -> Result<String> {
    let stem = out
        .file_stem()
        .and_then(|stem| stem.to_str())
        .unwrap_or_default();
    let usable = !stem.is_empty()
        && stem
            .chars()
            .all(|c| c.is_alphanumeric() || "-_ ".contains(c));
    if !usable || out.extension().is_none_or(|extension| extension != "onnx") {
        bail!(
            "--out {}: expected a file name of letters, digits, `-`, `_` or spaces that ends in .onnx",
            out.display()
        );
    }
    Ok(stem.to_owned())
}

/// The virtual environment's Python, made and filled where it is not yet.
fn environment(workspace: &Workspace, folder: &Path) -> Result<PathBuf> {
    let package = workspace.root.join("models/training");
    let wanted = std::fs::read_to_string(package.join("pyproject.toml"))?;
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
    run_command(Command::new(system).args(["-m", "venv"]).arg(folder))
        .context("Python could not make a virtual environment; on Debian install python3-venv")?;
    println!("    fetching PyTorch and what belongs to it with pip; this can be several gigabytes");
    run_command(
        Command::new(&python)
            .args(["-m", "pip", "install", "--disable-pip-version-check", "-e"])
            .arg(format!("{}[check]", package.display())),
    )?;
    std::fs::write(&stamp, wanted)?;
    Ok(python)
}

fn module(python: &Path) -> Command {
    let mut command = Command::new(python);
    command
        .args(["-m", "netbend_training"])
        .env("PYTHONUNBUFFERED", "1");
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_models_name_is_its_files_and_must_suit_a_preset() {
        assert_eq!(
            model_name(Path::new("a/my loops-2.onnx")).unwrap(),
            "my loops-2"
        );
        for wrong in ["model", "model.bin", ".onnx", "a:b.onnx", "a.b.onnx"] {
            assert!(model_name(Path::new(wrong)).is_err(), "{wrong}");
        }
    }
}
