//! `cargo xtask parts`: what the parts of the model take out of mixes whose stems are known, and what the faders of both built plugins do to
//! them; rewrites the tables of `docs/parts.md`.
//!
//! The mixes are patterns played from one-shots of yours, which stay where they are. `NETBEND_RESOURCES` names other resources than the
//! bundle's, with another model.

mod mixer;
mod network;
mod tables;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use netbend_tests::audio::Audio;

use crate::bundle::{self, Bundles};
use crate::files;
use crate::page::Page;
use crate::python;
use crate::step::{duration, step};
use crate::workspace::{Workspace, run_command};
use network::Network;

/// What to measure on.
#[derive(clap::Args)]
pub struct Options {
    /// Folders of one-shots to play patterns from: those that a training on these folders holds out
    #[arg(long, required = true, num_args = 1.., value_name = "FOLDER")]
    sounds: Vec<PathBuf>,
    /// Play all of them, since the model never heard any
    #[arg(long)]
    every_sound: bool,
    /// The model in Netbend's resources that is measured
    #[arg(long, value_name = "NAME", default_value = "drums-parts")]
    model: String,
    /// A model to show beside, such as an earlier version
    #[arg(long, value_name = "FILE.onnx")]
    beside: Vec<PathBuf>,
    /// How many patterns the network is asked about
    #[arg(long, default_value_t = 40)]
    patterns: usize,
    /// How many of them are played by the plugins
    #[arg(long, default_value_t = 12)]
    played: usize,
    /// The Python with the training package's needs [default: that of `cargo xtask train`]
    #[arg(long, value_name = "PATH")]
    python: Option<PathBuf>,
    /// Write the tables into this folder instead of `docs`, which must hold the page
    #[arg(long, value_name = "FOLDER")]
    docs: Option<PathBuf>,
    /// Take the plugins of this folder instead of building them
    #[arg(long, value_name = "FOLDER")]
    bundled: Option<PathBuf>,
}

/// Bundles, measures and writes. Paths are relative to `started_in`.
///
/// # Errors
/// Where the model has no parts, a fader does not do what it must, or something cannot be run.
pub fn run(workspace: &Workspace, started_in: &Path, options: &Options) -> Result<()> {
    let start = Instant::now();
    let bundles = match &options.bundled {
        Some(folder) => Bundles::in_folder(&started_in.join(folder)),
        None => {
            bundle::run(workspace, &bundle::Options::default())?;
            Bundles::of(workspace)
        }
    };
    let docs = match &options.docs {
        Some(folder) => started_in.join(folder),
        None => workspace.root.join("docs"),
    };
    let mut page = Page::read(&docs.join("parts.md"))?;
    let python = match &options.python {
        Some(python) => started_in.join(python),
        None => step("Python environment", || python::environment(workspace))?,
    };
    let patterns = Patterns {
        python,
        package: python::package(workspace),
        sounds: options.sounds.iter().map(|f| started_in.join(f)).collect(),
        every_sound: options.every_sound,
    };

    let file = format!("models/{}.onnx", options.model);
    let model = bundles.resources_in_use().join(file);
    if !model.is_file() {
        bail!("{} is missing", model.display());
    }
    let networks = step("network", || {
        let others = options.beside.iter().map(|file| started_in.join(file));
        let models = std::iter::once(model.clone()).chain(others);
        let network = |model: PathBuf| patterns.evaluate(&model, options.patterns);
        models.map(network).collect::<Result<Vec<_>>>()
    })?;
    let [network, beside @ ..] = &networks[..] else {
        bail!("nothing was measured");
    };
    let names = network.part_names();
    if names.is_empty() {
        bail!("{} has no parts: nothing to measure", model.display());
    }
    page.replace("network", &tables::network(network, beside))?;
    page.replace("layers", &tables::layers(network))?;

    let stems = step("patterns", || patterns.stems(&names, options.played))?;
    let faded = step("faders", || {
        mixer::measure(&bundles, &model, &names, &stems)
    })?;
    page.replace("faders", &tables::faders(&faded))?;
    page.write()?;
    println!("\n{}", tables::faders(&faded));
    for fault in mixer::faults(&faded) {
        println!("does not hold: {fault}");
    }
    println!("Measured and written in {}.", duration(start));
    Ok(())
}

/// Patterns that the training package plays.
struct Patterns {
    python: PathBuf,
    package: PathBuf,
    sounds: Vec<PathBuf>,
    every_sound: bool,
}

impl Patterns {
    /// A command of the training package, on these sounds.
    fn command(&self, name: &str, count: usize) -> Command {
        let mut command = python::module(&self.python);
        // Whatever environment it is, the package is this checkout's.
        command.env("PYTHONPATH", &self.package).arg(name);
        command.args(["--patterns", &count.to_string()]);
        if self.every_sound {
            command.arg("--every-sound");
        }
        command.arg("--parts").args(&self.sounds);
        command
    }

    fn evaluate(&self, model: &Path, count: usize) -> Result<Network> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("figures.json");
        let mut command = self.command("evaluate", count);
        run_command(command.arg("--json").arg(&file).arg("--").arg(model))?;
        Network::read(&file)
    }

    /// Of each pattern its stems, a channel for each part.
    fn stems(&self, names: &[&str], count: usize) -> Result<Vec<Audio>> {
        let folder = tempfile::tempdir()?;
        let mut command = self.command("patterns", count);
        command.arg("--names").args(names);
        run_command(command.arg("--out").arg(folder.path()))?;
        let mut paths = Vec::new();
        for entry in files::read_folder(folder.path())? {
            paths.push(entry.path());
        }
        paths.sort();
        let read = |path: &PathBuf| {
            Audio::read_wav(path).with_context(|| format!("could not read {}", path.display()))
        };
        paths.iter().map(read).collect()
    }
}
