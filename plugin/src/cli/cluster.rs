//! `netbend cluster`: groups the features of a model and writes the groups into it.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail};
use indicatif::{ProgressBar, ProgressStyle};
use netbend_models::cluster::{
    ActivationMaps, Clusterer, LayerPoints, Metric, adjusted_rand, describe, effect, from_yaml,
    sample_latents, store, to_yaml,
};
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
/// Windows that the effect of single features is measured on: each is decoded once for every feature.
const MOST_MEASURED: usize = 64;
/// Each file that clusters are found on is led by this many more frames of silence than the one before, less whole windows: near the
/// golden section of a window, so that strokes come to lie all over it.
const LEAD_STEP: usize = 77;

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
    /// What counts as alike: 0 = the learned metric of the maps alone, as in the paper; 1 = what ablating each feature alone does to
    /// onsets and sustain, for which no metric is needed; between, both by that share.
    #[arg(long, value_name = "0..1", default_value_t = 1.0, value_parser = share)]
    effect: f64,
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
    #[arg(long, value_name = "FILE", conflicts_with_all = ["metric", "data", "samples", "effect", "seed"])]
    import: Option<PathBuf>,
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err("expected a number from 0 to 1".into()),
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let path = locate(&arguments.model)?;
    let named = || path.display().to_string();
    let content = package::read(&path)?;
    let package = Package::from_bytes(&path, &content).with_context(named)?;
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
    if let Some(file) = &arguments.yaml {
        replace(file, to_yaml(&clusters).as_bytes())?;
        println!("written: {}", file.display());
    }
    let written = store(&content, &clusters).with_context(named)?;
    let out = arguments.out.as_ref().unwrap_or(&path);
    // What is about to replace a model must itself be one.
    let sha256 = Package::from_bytes(out, &written)?.sha256().to_owned();
    replace(out, &written)?;
    println!("written: {}\nsha256:  {sha256}", out.display());
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
        .unwrap_or_else(|| path.with_extension("metric.onnx"));
    if !metric_path.is_file() {
        bail!(
            "{}: no such file; train the metric of a model with `python -m netbend_training metric`, or do without one: --effect 1",
            metric_path.display()
        );
    }
    Metric::load(&metric_path, package.manifest(), runtime)
        .with_context(|| metric_path.display().to_string())
}

/// Clusters by the model's metric, by the effect of its features or by both, and the latents they were found on.
fn find(
    arguments: &Arguments,
    path: &Path,
    package: &Package,
) -> Result<(Vec<LayerClusters>, Vec<f32>)> {
    let runtime = Runtime::load(Resources::find().runtime_folders())?;
    let weight = arguments.effect;
    let mut clusterer = match weight < 1.0 {
        true => {
            let metric = metric(arguments, path, package, runtime)?;
            Some(Clusterer::new(
                ActivationMaps::new(package, runtime)?,
                metric,
            ))
        }
        false => None,
    };
    let size = package.manifest().latent_size;
    let mut bender = Bender::new(package, runtime)?;
    let samples = arguments.samples as usize;
    let latents = match arguments.data.is_empty() {
        true => sample_latents(samples, size, arguments.seed),
        false => encoded(
            &arguments.data,
            samples,
            arguments.seed,
            LEAD_STEP,
            &mut bender,
        )?,
    };
    println!("{} windows", latents.len() / size);
    let embedded = match &mut clusterer {
        Some(clusterer) => Some(embedded(clusterer, &latents, size)?),
        None => None,
    };
    let measured = match weight > 0.0 {
        true => Some(measured(&mut bender, &latents, size)?),
        false => None,
    };
    let points = match (embedded, measured) {
        (Some(embedded), Some(measured)) => embedded
            .iter()
            .zip(&measured)
            .map(|(embedded, measured)| embedded.beside(measured, weight))
            .collect::<Result<Vec<_>, _>>()?,
        (Some(points), None) | (None, Some(points)) => points,
        (None, None) => Vec::new(),
    };
    let clusters = |seed| {
        let clusters = points.iter().map(|points| points.clusters(seed));
        clusters.collect::<Result<Vec<_>, _>>()
    };
    let found = clusters(arguments.seed)?;
    let other_seed = arguments.seed.wrapping_add(1);
    report(&found, &clusters(other_seed)?, Some(other_seed));
    Ok((found, latents))
}

/// The mean embedding of every feature over all latents.
fn embedded(clusterer: &mut Clusterer, latents: &[f32], size: usize) -> Result<Vec<LayerPoints>> {
    let bar = progress("clustering", latents.len() / size);
    for batch in latents.chunks(BATCH * size) {
        clusterer.add(batch)?;
        bar.set_position(clusterer.windows() as u64);
    }
    bar.finish_and_clear();
    Ok(clusterer.points()?)
}

/// The effect of ablating every feature, on latents spread evenly over those given.
fn measured(bender: &mut Bender, latents: &[f32], size: usize) -> Result<Vec<LayerPoints>> {
    let windows = latents.len() / size;
    let count = windows.min(MOST_MEASURED);
    let spread: Vec<f32> = (0..count)
        .map(|n| n * windows / count)
        .flat_map(|window| latents[window * size..(window + 1) * size].iter().copied())
        .collect();
    let bar = progress("measuring", count);
    let points = effect(bender, &spread, |done| bar.set_position(done as u64))?;
    bar.finish_and_clear();
    Ok(points)
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
        latents = encoded(folders, MOST_DESCRIBED, arguments.seed, 0, &mut bender)?;
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

/// Latents of at most `samples` windows of the audio in `folders`, in an order drawn with `seed`; each file led by
/// `lead_step` more frames of silence than the one before, less whole windows.
fn encoded(
    folders: &[PathBuf],
    samples: usize,
    seed: u64,
    lead_step: usize,
    bender: &mut Bender,
) -> Result<Vec<f32>> {
    let manifest = bender.manifest().clone();
    let wanted = samples * manifest.latent_size;
    let (mut latents, mut latent) = (Vec::new(), Vec::new());
    let bar = progress("encoding", samples);
    'files: for (number, file) in audio_files(folders, seed)?.into_iter().enumerate() {
        let lead = number * lead_step % (manifest.last_seen_frame + 1);
        let windows = match windows(&file, &manifest, lead) {
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
