//! `netbend cluster`: groups the features of a model and writes the groups into it; with `--sound`, groups them for one sound.

mod describe;
mod deviation;
mod find;
mod latents;
mod sound;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use netbend_atomic_file::check;
use netbend_audio_file::refuse_inputs;
use netbend_models::cluster::{load, store, store_deviations, to_yaml};
use netbend_models::package::manifest::LayerClusters;
use netbend_models::{Package, package};

use crate::inspect::locate;
use crate::print::say;
use crate::replace::{check_ending, refuse_waiting, replace};
use crate::trial::try_package;
use crate::whole::whole;
use describe::describe_all;
use find::{find, report};

/// Finds clusters of features that act alike and writes them into a model.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// A model file, or the name of an installed model.
    model: String,
    /// The model's learned metric [default: MODEL.metric.onnx beside the model].
    #[arg(long, value_name = "FILE")]
    metric: Option<PathBuf>,
    /// Folder of audio to find clusters on; may be given more than once. Without it, latents are drawn at random.
    #[arg(long, value_name = "FOLDER")]
    data: Vec<PathBuf>,
    /// Windows of audio, or random latents.
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = whole(1..=1_000_000_u32, "windows"))]
    samples: u32,
    /// What counts as alike: 0 = the learned metric of the maps alone, as in the paper; 1 = what ablating each feature alone does to
    /// onsets and sustain, for which no metric is needed; between, both by that share [default: 0.5, or 1 where there is no metric].
    #[arg(long, value_name = "0..1", value_parser = share)]
    effect: Option<f64>,
    /// Seed of every draw.
    #[arg(long, default_value_t = 1, value_parser = whole(0..=u64::MAX, ""))]
    seed: u64,
    /// Model file to write [default: the model itself].
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Also write the clusters as a network-bending cluster file.
    #[arg(long, value_name = "FILE")]
    yaml: Option<PathBuf>,
    /// Folder of audio to measure what each cluster carries on; may be given more than once [default: what the clusters were
    /// found on].
    #[arg(long, value_name = "FOLDER")]
    describe_on: Vec<PathBuf>,
    /// Take the clusters from a network-bending cluster file instead of finding them. They are described with --describe-on only.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["metric", "data", "samples", "effect", "seed"])]
    import: Option<PathBuf>,
    /// Only measure how strong each layer's activation is, which thresholds count in; the clusters stay as they are.
    #[arg(long, conflicts_with_all = ["metric", "effect", "yaml", "describe_on", "import", "sound"])]
    deviations_only: bool,
    /// Find the clusters of this sound instead, as *Learn* does in the plugin; the model stays as it is.
    #[arg(long, value_name = "AUDIO", conflicts_with_all = ["data", "samples", "out", "import"])]
    sound: Option<PathBuf>,
    /// Where in the sound the window of 0.7 s begins.
    #[arg(long, value_name = "SECONDS", requires = "sound", default_value_t = 0.0, value_parser = seconds)]
    at: f64,
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(seconds) if (0.0..1e6).contains(&seconds) => Ok(seconds),
        _ => Err("expected seconds from 0 to 1000000".into()),
    }
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err("expected a number from 0 to 1".into()),
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let path = locate(&arguments.model)?;
    check_outputs(arguments, &path)?;
    let named = || path.display().to_string();
    let content = package::read(&path)?;
    let package = Package::from_bytes(&path, &content).with_context(named)?;
    let content = match package.sidecar() {
        Some(_) => package.to_bytes()?,
        None => content,
    };
    if package.sidecar().is_some() && arguments.sound.is_none() && arguments.out.is_none() {
        bail!(
            "{}: clusters are written into the model, and this one is described by a file beside it; name a file with \
             --out for a model that holds everything",
            path.display()
        );
    }
    try_package(&package).with_context(named)?;
    if let Some(file) = &arguments.sound {
        return sound::run(arguments, file, &path, &package);
    }
    if arguments.deviations_only {
        let latents = deviation::typical_latents(arguments, &package)?;
        let deviations = deviation::measure(&package, &latents)?;
        let written = store_deviations(&content, &deviations).with_context(named)?;
        return write_model(arguments.out.as_ref().unwrap_or(&path), &written);
    }
    let (mut clusters, latents) = match &arguments.import {
        Some(file) => {
            let clusters = load(file, package.manifest())?;
            report(&clusters, &clusters, None)?;
            (clusters, Vec::new())
        }
        None => find(arguments, &path, &package)?,
    };
    let deviations = deviation::measure(&package, &latents)?;
    describe_all(arguments, &package, latents, &mut clusters)?;
    write_yaml(arguments, &clusters)?;
    let written = store(&content, &clusters).with_context(named)?;
    let written = store_deviations(&written, &deviations).with_context(named)?;
    write_model(arguments.out.as_ref().unwrap_or(&path), &written)
}

/// Refuses to write onto what is read, and what could not be written, before the work.
fn check_outputs(arguments: &Arguments, model: &Path) -> Result<()> {
    let mut read = Vec::new();
    for (name, file) in [
        ("the file of --metric", &arguments.metric),
        ("the file of --import", &arguments.import),
        ("the file of --sound", &arguments.sound),
    ] {
        read.extend(file.as_deref().map(|file| (name, file)));
    }
    for (_, file) in &read {
        refuse_waiting(file)?;
    }
    for (file, is_yaml) in [(&arguments.out, false), (&arguments.yaml, true)] {
        let Some(file) = file else { continue };
        refuse_waiting(file)?;
        refuse_inputs(file, &read)?;
        if is_yaml {
            refuse_inputs(file, &[("the model", model)])?;
        }
        if is_yaml {
            check_ending(file, &["yaml", "yml"], "clusters")?;
        } else {
            check_ending(file, &["onnx"], "a model")?;
        }
        check(file).with_context(|| file.display().to_string())?;
    }
    Ok(())
}

fn write_model(out: &Path, content: &[u8]) -> Result<()> {
    // What is about to replace a model must itself be one.
    let sha256 = Package::from_bytes(out, content)?.sha256().to_owned();
    replace(out, content)?;
    say!("written: {}\nsha256:  {sha256}", out.display())?;
    Ok(())
}

fn write_yaml(arguments: &Arguments, clusters: &[LayerClusters]) -> Result<()> {
    if let Some(file) = &arguments.yaml {
        replace(file, to_yaml(clusters).as_bytes())?;
        say!("written: {}", file.display())?;
    }
    Ok(())
}
