//! `netbend cluster`: groups the features of a model and writes the groups into it; with `--sound`, groups them for one sound.

mod sound;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail};
use indicatif::{ProgressBar, ProgressStyle};
use netbend_models::cluster::{
    ActivationMaps, Clusterer, Metric, adjusted_rand, describe, from_yaml, metric_path, store,
    to_yaml,
};
use netbend_models::latent::sample_latents;
use netbend_models::manifest::LayerClusters;
use netbend_models::{Bender, Package, Runtime, package};

use super::cluster_table;
use super::inspect::locate;
use super::windows::{audio_files, windows};
use crate::resources::Resources;

/// Latents decoded at once: layer 4's maps take a megabyte each.
const BATCH: usize = 8;
/// Windows that clusters are described on: each is decoded once for every cluster, and the figures settle long before.
const MOST_DESCRIBED: usize = 200;

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
    #[arg(long, value_name = "N", default_value_t = 500,
        value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    samples: u32,
    /// Seed of every draw.
    #[arg(long, default_value_t = 1)]
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
    #[arg(long, value_name = "FILE", conflicts_with_all = ["metric", "data", "samples", "seed"])]
    import: Option<PathBuf>,
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
        _ => Err("expected seconds, 0 or more".into()),
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let path = locate(&arguments.model)?;
    let named = || path.display().to_string();
    let content = package::read(&path)?;
    let package = Package::from_bytes(&path, &content).with_context(named)?;
    if let Some(file) = &arguments.sound {
        return sound::run(arguments, file, &path, &package);
    }
    let (mut clusters, latents) = match &arguments.import {
        Some(file) => {
            let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
            let clusters = from_yaml(&text, &file.display().to_string(), package.manifest())?;
            report(&clusters, &clusters, None);
            (clusters, Vec::new())
        }
        None => find(arguments, &path, &package)?,
    };
    describe_all(arguments, &package, latents, &mut clusters)?;
    write_yaml(arguments, &clusters)?;
    let written = store(&content, &clusters).with_context(named)?;
    let out = arguments.out.as_ref().unwrap_or(&path);
    // What is about to replace a model must itself be one.
    let sha256 = Package::from_bytes(out, &written)?.sha256().to_owned();
    replace(out, &written)?;
    println!("written: {}\nsha256:  {sha256}", out.display());
    Ok(())
}

fn write_yaml(arguments: &Arguments, clusters: &[LayerClusters]) -> Result<()> {
    if let Some(file) = &arguments.yaml {
        replace(file, to_yaml(clusters).as_bytes())?;
        println!("written: {}", file.display());
    }
    Ok(())
}

/// The model's metric.
fn metric(
    arguments: &Arguments,
    path: &Path,
    package: &Package,
    runtime: &Runtime,
) -> Result<Metric> {
    let metric_path = arguments
        .metric
        .clone()
        .unwrap_or_else(|| metric_path(path));
    if !metric_path.is_file() {
        bail!(
            "{}: no such file; train the metric of a model with `python -m netbend_training metric`",
            metric_path.display()
        );
    }
    Metric::load(&metric_path, package.manifest(), runtime)
        .with_context(|| metric_path.display().to_string())
}

/// Clusters by the model's metric, and the latents they were found on.
fn find(
    arguments: &Arguments,
    path: &Path,
    package: &Package,
) -> Result<(Vec<LayerClusters>, Vec<f32>)> {
    let runtime = Runtime::load(Resources::find().runtime_folders())?;
    let metric = metric(arguments, path, package, runtime)?;
    let mut clusterer = Clusterer::new(ActivationMaps::new(package, runtime)?, metric);
    let size = package.manifest().latent_size;
    let latents = if arguments.data.is_empty() {
        sample_latents(arguments.samples as usize, size, arguments.seed)
    } else {
        let mut bender = Bender::new(package, runtime)?;
        let samples = arguments.samples as usize;
        encoded(&arguments.data, samples, arguments.seed, &mut bender)?
    };
    let bar = progress("clustering", latents.len() / size);
    for batch in latents.chunks(BATCH * size) {
        clusterer.add(batch)?;
        bar.set_position(clusterer.windows() as u64);
    }
    bar.finish_and_clear();
    let clusters = clusterer.clusters(arguments.seed)?;
    let other_seed = arguments.seed.wrapping_add(1);
    println!("{} windows", clusterer.windows());
    report(
        &clusters,
        &clusterer.clusters(other_seed)?,
        Some(other_seed),
    );
    Ok((clusters, latents))
}

/// Measures what each cluster carries, on the folders given or else on the latents the clusters were found on. Without either
/// the clusters stay undescribed.
fn describe_all(
    arguments: &Arguments,
    package: &Package,
    mut latents: Vec<f32>,
    clusters: &mut [LayerClusters],
) -> Result<()> {
    let folders = &arguments.describe_on;
    if folders.is_empty() && latents.is_empty() {
        println!("not described: name a folder of audio with --describe-on");
        return Ok(());
    }
    let mut bender = Bender::new(package, Runtime::load(Resources::find().runtime_folders())?)?;
    if !folders.is_empty() {
        latents = encoded(folders, MOST_DESCRIBED, arguments.seed, &mut bender)?;
    }
    let size = package.manifest().latent_size;
    latents.truncate(MOST_DESCRIBED * size);
    let bar = progress("describing", latents.len() / size);
    describe(&mut bender, &latents, clusters, |done| {
        bar.set_position(done as u64);
    })?;
    bar.finish_and_clear();
    print!("{}", cluster_table::text(clusters));
    Ok(())
}

/// Latents of at most `samples` windows of the audio in `folders`, in an order drawn with `seed`.
fn encoded(
    folders: &[PathBuf],
    samples: usize,
    seed: u64,
    bender: &mut Bender,
) -> Result<Vec<f32>> {
    let manifest = bender.manifest().clone();
    let wanted = samples * manifest.latent_size;
    let (mut latents, mut latent) = (Vec::new(), Vec::new());
    let bar = progress("encoding", samples);
    'files: for file in audio_files(folders, seed)? {
        let windows = match windows(&file, &manifest) {
            Ok(windows) => windows,
            Err(error) => {
                bar.suspend(|| eprintln!("skipped {error:#}"));
                continue;
            }
        };
        for window in windows {
            bender.encode(&window, &mut latent)?;
            latents.extend_from_slice(&latent);
            bar.inc(1);
            if latents.len() >= wanted {
                break 'files;
            }
        }
    }
    bar.finish_and_clear();
    if latents.is_empty() {
        bail!("no file in the folders given holds a sound");
    }
    Ok(latents)
}

fn progress(doing: &'static str, windows: usize) -> ProgressBar {
    ProgressBar::new(windows as u64)
        .with_style(
            ProgressStyle::with_template(
                "{msg} {bar:40} {pos} of {len} windows  {elapsed} elapsed, {eta} left",
            )
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
        )
        .with_message(doing)
}

/// Says how large the clusters are, and how far those of another seed are the same.
fn report(clusters: &[LayerClusters], others: &[LayerClusters], other_seed: Option<u64>) {
    for (layer, other) in clusters.iter().zip(others) {
        let sizes: Vec<_> = layer
            .clusters
            .iter()
            .map(|features| features.len().to_string())
            .collect();
        let agreement = other_seed.map_or_else(String::new, |seed| {
            format!(
                "; agrees with seed {seed} to {:.2} (adjusted Rand index)",
                adjusted_rand(&layer.clusters, &other.clusters)
            )
        });
        println!(
            "layer {}: {} clusters of {} features{agreement}",
            layer.layer,
            layer.clusters.len(),
            sizes.join(", ")
        );
    }
}

/// Writes beside the file, then replaces it: a reader finds the old one or the new one, never half of it.
fn replace(path: &Path, content: &[u8]) -> Result<()> {
    let name = path
        .file_name()
        .ok_or_else(|| anyhow!("{}: not a file's name", path.display()))?;
    let mut beside = name.to_owned();
    beside.push(".part");
    let beside = path.with_file_name(beside);
    let written = std::fs::write(&beside, content).and_then(|()| std::fs::rename(&beside, path));
    if written.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    written.with_context(|| path.display().to_string())
}
