//! Finding general clusters: by the learned metric, by the effect of single features, or by both.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use netbend_models::cluster::{
    ActivationMaps, Clusterer, LayerPoints, Metric, effect, metric_path,
};
use netbend_models::package::manifest::LayerClusters;
use netbend_models::run::latent::sample_latents;
use netbend_models::{Bender, Package, Runtime};

use super::arguments::Arguments;
use super::latents::{encoded, progress};
use super::report::{Layers, Source, told_apart};
use crate::print::say;
use netbend::offline::Resources;

/// Latents decoded at once: layer 4's maps take a megabyte each.
const BATCH: usize = 8;
/// Share of the effect beside the metric: attacks are found, and maps still have to look alike.
const USUAL_EFFECT: f64 = 0.5;
/// Windows that the effect of single features is measured on: each is decoded once for every feature.
const MOST_MEASURED: usize = 64;
/// Each file that clusters are found on is led by this many more frames of silence than the one before, less whole windows: near the
/// golden section of a window, so that strokes come to lie all over it.
const LEAD_STEP: usize = 77;

/// Clusters by the model's metric, by the effect of its features or by both, and the latents they were found on.
pub(super) fn find(
    arguments: &Arguments,
    path: &Path,
    package: &Package,
) -> Result<(Vec<LayerClusters>, Vec<f32>)> {
    let runtime = Runtime::load(Resources::find().runtime_folders())?;
    let weight = arguments.effect.unwrap_or_else(|| {
        let has_metric = arguments.metric.is_some() || metric_path(path).is_file();
        if has_metric { USUAL_EFFECT } else { 1.0 }
    });
    let mut clusterer = if weight < 1.0 {
        let metric = metric(arguments, path, package, runtime)?;
        let maps = ActivationMaps::new(package, runtime)?;
        Some(Clusterer::new(maps, metric))
    } else {
        None
    };
    let size = package.manifest().latent_size;
    let mut bender = Bender::new(package, runtime)?;
    let samples = arguments.samples as usize;
    let latents = if arguments.data.is_empty() {
        sample_latents(samples, size, arguments.seed)
    } else {
        let data = &arguments.data;
        encoded(data, samples, arguments.seed, LEAD_STEP, &mut bender)?
    };
    say!("{} windows", latents.len() / size)?;
    let embedded = clusterer
        .as_mut()
        .map(|clusterer| embedded(clusterer, &latents, size))
        .transpose()?;
    let measured = (weight > 0.0)
        .then(|| measured(&mut bender, &latents, size))
        .transpose()?;
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
    let found = told_apart(clusters(arguments.seed)?);
    let other_seed = arguments.seed.wrapping_add(1);
    let others = clusters(other_seed)?;
    let layers = Layers::of(package.manifest());
    layers.report(&found, Some((other_seed, &others)), Source::Search)?;
    Ok((found, latents))
}

/// The model's metric.
pub(super) fn metric(
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
            "{}: no such file; train the metric of a model with `python -m netbend_training metric`, or do without one: --effect 1",
            metric_path.display()
        );
    }
    Metric::load(&metric_path, package.manifest(), runtime)
        .with_context(|| metric_path.display().to_string())
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
