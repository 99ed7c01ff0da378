//! Describing clusters: what ablating each takes away from audio.

use anyhow::Result;
use netbend_models::cluster::describe;
use netbend_models::package::manifest::LayerClusters;
use netbend_models::{Bender, Package, Runtime};

use super::arguments::Arguments;
use super::latents::{encoded, progress};
use crate::cluster_table;
use crate::print::{lines, say};
use netbend::offline::Resources;

/// Windows that clusters are described on: each is decoded once for every cluster, and the figures settle long before.
const MOST_DESCRIBED: usize = 200;

/// Measures what each cluster carries, on the folders given or else on the latents the clusters were found on. Without either
/// the clusters stay undescribed.
pub(super) fn describe_all(
    arguments: &Arguments,
    package: &Package,
    mut latents: Vec<f32>,
    clusters: &mut [LayerClusters],
) -> Result<()> {
    let folders = &arguments.describe_on;
    if folders.is_empty() && latents.is_empty() {
        say!("not described: name a folder of audio with --describe-on")?;
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
    lines(&cluster_table::text(clusters))
}
