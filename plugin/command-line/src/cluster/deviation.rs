//! Measuring how strong each layer's activation is, for thresholds that count in it.

use anyhow::Result;
use netbend_dsp::number::low_bits;
use netbend_models::cluster::{ActivationMaps, LayerDeviation, deviations};
use netbend_models::run::latent::LatentDraw;
use netbend_models::{Bender, Package, Runtime};

use super::arguments::Arguments;
use super::latents::{encoded, progress};
use crate::print::say;
use netbend::offline::Resources;

/// Windows that the deviation is measured on: it settles to a percent long before.
const MOST_MEASURED: usize = 200;

/// The deviations of all layers, on latents spread evenly over those given; none where none are given.
pub(super) fn measure(package: &Package, latents: &[f32]) -> Result<Vec<LayerDeviation>> {
    let size = package.manifest().latent_size;
    let windows = latents.len() / size;
    if windows == 0 {
        return Ok(Vec::new());
    }
    let count = windows.min(MOST_MEASURED);
    let spread: Vec<f32> = (0..count)
        .map(|n| n * windows / count)
        .flat_map(|window| latents[window * size..(window + 1) * size].iter().copied())
        .collect();
    let runtime = Runtime::load(Resources::find().runtime_folders())?;
    let mut maps = ActivationMaps::of_every_layer(package, runtime)?;
    let bar = progress("measuring layers", count);
    let found = deviations(&mut maps, &spread, |done| bar.set_position(done as u64))?;
    bar.finish_and_clear();
    for layer in &found {
        say!("layer {}: deviation {:.4}", layer.layer, layer.deviation)?;
    }
    Ok(found)
}

/// Typical latents: of the folders given, or else drawn as the plugin draws them.
pub(super) fn typical_latents(arguments: &Arguments, package: &Package) -> Result<Vec<f32>> {
    let samples = (arguments.samples as usize).min(MOST_MEASURED);
    if arguments.data.is_empty() {
        let draw = LatentDraw::new(package.manifest());
        return Ok((0..low_bits::<u32>(samples))
            .flat_map(|seed| draw.random(seed))
            .collect());
    }
    let mut bender = Bender::new(package, Runtime::load(Resources::find().runtime_folders())?)?;
    encoded(&arguments.data, samples, arguments.seed, 0, &mut bender)
}
