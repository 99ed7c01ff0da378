//! `netbend cluster --sound`: the clusters of one sound.

use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use netbend_models::cluster::{ActivationMaps, SoundClusterer, adjusted_rand};
use netbend_models::{Bender, Package, Runtime};

use super::arguments::Arguments;
use super::find::metric;
use super::yaml::write_yaml;
use crate::print::say;
use crate::windows::window_at;
use netbend::offline::Resources;

pub(super) fn run(
    arguments: &Arguments,
    file: &Path,
    path: &Path,
    package: &Package,
) -> Result<()> {
    let manifest = package.manifest();
    let runtime = Runtime::load(Resources::find().runtime_folders())?;
    let metric = metric(arguments, path, package, runtime)?;
    let mut clusterer = SoundClusterer::new(ActivationMaps::new(package, runtime)?, metric);
    let window = window_at(file, arguments.at, manifest)?;
    let mut latent = Vec::new();
    Bender::new(package, runtime)?.encode(&window, &mut latent)?;
    let started = Instant::now();
    let clusters = clusterer.clusters(&latent, arguments.seed)?;
    let seconds = started.elapsed().as_secs_f64();
    for layer in &clusters {
        let general = manifest
            .clusters
            .iter()
            .find(|group| group.layer == layer.layer);
        let agreement = general.map_or_else(String::new, |general| {
            format!(
                " (agrees with the general ones to {:.2}, adjusted Rand index)",
                adjusted_rand(&layer.clusters, &general.clusters)
            )
        });
        say!("layer {}{agreement}", layer.layer)?;
        for (cluster, features) in layer.clusters.iter().enumerate() {
            let numbers: Vec<_> = features.iter().map(ToString::to_string).collect();
            say!("  {cluster}: {}", numbers.join(" "))?;
        }
    }
    say!("found in {seconds:.2} s")?;
    write_yaml(arguments, &clusters)
}
