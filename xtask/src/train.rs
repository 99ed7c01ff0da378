//! `cargo xtask train`: from a folder of audio to a model with clusters, a metric and a report, in one command.
//!
//! Python does the training (`models/training`), the `netbend` command line finds the clusters. Each
//! stage writes a file into the run's folder, and a stage whose file is newer than those it is made
//! from is not repeated: an interrupted command goes on with `--resume` wherever it was.

mod stage;
mod waveform;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Error, Result, bail};
use clap::ValueEnum;

use crate::bundle::{self, Bundles};
use crate::files;
use crate::python::{environment, module};
use crate::step::step;
use crate::workspace::{Workspace, run_command};
use stage::stage;

/// What to train on, and what for.
#[derive(clap::Args)]
pub struct Options {
    /// Folders of audio: one-shots, loops, or both (WAV, FLAC, AIFF, OGG, MP3)
    #[arg(long, required = true, num_args = 1.., value_name = "FOLDER")]
    data: Vec<PathBuf>,
    /// What the model is of
    #[arg(long, value_enum, default_value_t = Kind::Spectrogram)]
    kind: Kind,
    /// How wide the network is: wider sounds closer to the original and takes longer to train and to run (spectrograms)
    #[arg(long, value_enum, default_value_t = Width::Quarter)]
    preset: Width,
    /// The model file to write; its name becomes the model's name
    #[arg(long, value_name = "FILE.onnx")]
    out: PathBuf,
    /// Training steps; the length of the schedule [default: 4000, for the paper's width 3000, for waveforms 5000]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    steps: Option<u32>,
    /// Latent dimensions: how many numbers a window is squeezed into (spectrograms)
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..))]
    latent: u32,
    /// Where to compute: auto, cpu, cuda or mps
    #[arg(long, default_value = "auto")]
    device: String,
    /// Threads for the arithmetic [default: all cores but one]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    threads: Option<u32>,
    /// Convolve in bfloat16 on a CPU: twice as fast on those with AVX-512 BF16, slower on others (spectrograms)
    #[arg(long)]
    bfloat16: bool,
    /// Seed of everything random
    #[arg(long, default_value_t = 1)]
    seed: u32,
    /// Go on with an interrupted training of the same name
    #[arg(long)]
    resume: bool,
}

/// Kinds of models.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Windows of spectrograms, as the models that ship
    Spectrogram,
    /// Sound itself, in streaming blocks: docs/waveform-models.md
    Waveform,
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
    fn features(self) -> u32 {
        match self {
            Self::Paper => 512,
            Self::Half => 256,
            Self::Quarter => 128,
        }
    }

    /// Steps after which little more is gained for the time.
    fn steps(self) -> u32 {
        match self {
            Self::Paper => 3000,
            Self::Half | Self::Quarter => 4000,
        }
    }
}

/// How much work the metric is worth, so that it never takes longer than the training.
struct MetricEffort {
    /// Share of the usual steps.
    steps_share: f64,
    windows: u32,
}

impl MetricEffort {
    const FULL_STEPS: f64 = 8000.0;
    const FULL_WINDOWS: f64 = 1000.0;
    const FEWEST_WINDOWS: f64 = 50.0;

    /// For a training of `steps` at `features`. Activation maps of all windows lie in memory, 2 MB each for 128 features.
    fn of(steps: u32, features: u32) -> Self {
        let share = (f64::from(steps) / Self::FULL_STEPS).clamp(0.01, 1.0);
        let in_memory = Self::FULL_WINDOWS * 128.0 / f64::from(features);
        let windows = in_memory * (2.0 * share).clamp(0.1, 1.0);
        Self {
            steps_share: share,
            windows: windows.max(Self::FEWEST_WINDOWS).round() as u32,
        }
    }
}

/// The files of one run, in the order they are made.
struct Stages {
    checkpoint: PathBuf,
    exported: PathBuf,
    report: PathBuf,
    metric: PathBuf,
    out: PathBuf,
}

impl Stages {
    fn of(run: &Path, out: &Path) -> Self {
        Self {
            checkpoint: run.join("checkpoint.pt"),
            exported: run.join("model.onnx"),
            report: run.join("report.html"),
            metric: run.join("model.metric.onnx"),
            out: out.to_owned(),
        }
    }

    /// `metric.onnx` or `report.html` beside the model.
    fn beside_out(&self, extension: &str) -> PathBuf {
        self.out.with_extension(extension)
    }
}

/// Sets up the environment and does every stage. Paths are relative to `started_in`.
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
    if options.kind == Kind::Waveform {
        return waveform::run(workspace, &data, &out, &name, options);
    }
    if let Some(folder) = out.parent() {
        files::create_folder(folder)?;
    }
    let run = workspace.target.join("training/runs").join(&name);
    let stages = Stages::of(&run, &out);
    // Interrupted before its first checkpoint, a training has nothing to go on from.
    let begun = stages.checkpoint.exists();
    if begun && !options.resume {
        bail!(earlier_training(&run));
    }
    save_on_interrupt()?;
    let python = step("Python environment", || environment(workspace))?;
    // Now rather than after hours of training: the clusters need it.
    let netbend = Bundles::of(workspace).command_line;
    if !netbend.exists() {
        bundle::run(workspace, &bundle::Options::default())?;
    }
    make(&python, &netbend, &data, &run, &name, &stages, options)
        .map_err(|error| unfinished(error, &stages.checkpoint))?;
    println!(
        "\n{} is ready, with clusters of features.\n\
         How well it learned, with pictures: {}\n\
         {}\n\
         Without a DAW: `{} render LOOP.wav BENT.wav --preset PRESET.yaml`.",
        out.display(),
        stages.beside_out("report.html").display(),
        how_to_use(&name),
        workspace.show(&netbend),
    );
    Ok(())
}

fn make(
    python: &Path,
    netbend: &Path,
    data: &[PathBuf],
    run: &Path,
    name: &str,
    stages: &Stages,
    options: &Options,
) -> Result<()> {
    let features = options.preset.features();
    let steps = options.steps.unwrap_or(options.preset.steps());
    step("training", || {
        let mut train = module(python);
        train
            .args(["train", "--no-report", "--data"])
            .args(data)
            .arg("--run")
            .arg(run)
            .args(["--width", &features.to_string()])
            .args(["--latent", &options.latent.to_string()])
            .args(["--steps", &steps.to_string()])
            .args(["--seed", &options.seed.to_string()])
            .args(["--device", &options.device]);
        if let Some(threads) = options.threads {
            train.args(["--threads", &threads.to_string()]);
        }
        if options.bfloat16 {
            train.arg("--bfloat16");
        }
        if stages.checkpoint.exists() {
            train.arg("--resume");
        }
        run_command(&mut train)
    })?;
    stage("export", &stages.exported, &[&stages.checkpoint], || {
        run_command(
            module(python)
                .arg("export")
                .arg(run)
                .arg("--out")
                .arg(&stages.exported)
                .args(["--name", name]),
        )
    })?;
    stage("report", &stages.report, &[&stages.checkpoint], || {
        run_command(module(python).arg("report").arg(run))
    })?;
    files::copy_file(&stages.report, &stages.beside_out("report.html"))?;
    stage("metric", &stages.metric, &[&stages.exported], || {
        let effort = MetricEffort::of(steps, features);
        run_command(
            module(python)
                .arg("metric")
                .arg(&stages.exported)
                .arg("--data")
                .args(data)
                .args(["--steps-share", &effort.steps_share.to_string()])
                .args(["--windows", &effort.windows.to_string()])
                .args(["--seed", &options.seed.to_string()])
                .args(["--threads", &options.threads.unwrap_or(1).to_string()]),
        )
    })?;
    let made_from = [stages.exported.as_path(), &stages.metric];
    stage("clusters", &stages.out, &made_from, || {
        let mut cluster = Command::new(netbend);
        cluster.arg("cluster").arg(&stages.exported);
        for folder in data {
            cluster.arg("--data").arg(folder);
        }
        cluster
            .arg("--metric")
            .arg(&stages.metric)
            .arg("--out")
            .arg(&stages.out)
            .args(["--seed", &options.seed.to_string()]);
        run_command(&mut cluster)
    })?;
    files::copy_file(&stages.metric, &stages.beside_out("metric.onnx"))?;
    step("look at the model", || {
        run_command(Command::new(netbend).arg("inspect").arg(&stages.out))
    })
}

/// What to do where a run's folder is taken.
fn earlier_training(run: &Path) -> String {
    format!(
        "{} holds an earlier training of that name; add --resume to go on with it, remove the \
         folder to begin anew, or give --out another name",
        run.display()
    )
}

/// What stopped a training, and how to go on where there is something to go on from.
fn unfinished(error: Error, checkpoint: &Path) -> Error {
    if checkpoint.exists() {
        error.context("not finished; run the same command with --resume to go on")
    } else {
        error.context("stopped before anything was trained; what stands above says why")
    }
}

/// Where a model that is ready goes.
fn how_to_use(name: &str) -> String {
    format!(
        "To use it, put {name}.onnx into your models folder (see the README) and name it in a preset: `model: {name}`."
    )
}

/// Ctrl-C reaches what we started as well: lets it save its work, so that we can say how to go on.
fn save_on_interrupt() -> Result<()> {
    ctrlc::set_handler(|| {}).context("could not prepare for Ctrl-C")
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

    #[test]
    fn only_what_left_a_checkpoint_can_be_gone_on_with() {
        let folder = tempfile::tempdir().unwrap();
        let checkpoint = folder.path().join("checkpoint.pt");
        let said = || unfinished(anyhow::anyhow!("no audio"), &checkpoint).to_string();
        assert!(said().contains("before anything was trained"));
        std::fs::write(&checkpoint, "").unwrap();
        assert!(said().contains("--resume"));
    }

    #[test]
    fn the_metrics_effort_grows_with_the_training_and_fits_in_memory() {
        let (short, usual, long) = (
            MetricEffort::of(60, 128),
            MetricEffort::of(4000, 128),
            MetricEffort::of(100_000, 128),
        );
        assert!(short.steps_share < usual.steps_share && usual.steps_share < long.steps_share);
        assert_eq!(
            (short.windows, usual.windows, long.windows),
            (100, 1000, 1000)
        );
        assert_eq!(long.steps_share, 1.0);
        assert_eq!(MetricEffort::of(4000, 512).windows, 250);
    }
}
