//! `netbend inspect`: what a model is made of.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use netbend_models::Package;
use netbend_models::weights::weight_layers;

use super::cluster_table;
use crate::resources::{DEFAULT_MODEL, Resources};

/// Prints a model's manifest, layers, clusters, weights, sizes and hash.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// A model file, or the name of an installed model.
    #[arg(default_value = DEFAULT_MODEL)]
    model: String,
    /// Print the manifest as JSON instead.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let path = locate(&arguments.model)?;
    let package = Package::load(&path).with_context(|| path.display().to_string())?;
    let manifest = package.manifest();
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(manifest)?);
        return Ok(());
    }
    println!(
        "{} {}  ({})",
        manifest.name,
        manifest.version,
        path.display()
    );
    println!(
        "  size      {:.1} MB, {} weights",
        package.bytes() as f64 / 1e6,
        package.weight_count()
    );
    println!("  sha256    {}", package.sha256());
    println!(
        "  licence   {}",
        if manifest.licence.is_empty() {
            "not stated"
        } else {
            &manifest.licence
        }
    );
    println!(
        "  audio     {} Hz, FFT {}, hop {}, windows of {} frames × {} bins",
        manifest.sample_rate, manifest.fft_size, manifest.hop, manifest.frames, manifest.bins
    );
    println!(
        "  decibels  {} to {} dB, level out in steps of {} dB",
        manifest.decibels.floor_db, manifest.decibels.ceiling_db, manifest.level.step_db
    );
    println!("  latent    {}", manifest.latent_size);
    println!("\n  layer  features  time × frequency  clusters  tensor");
    for layer in &manifest.layers {
        let clusters = (0..)
            .take_while(|&k| manifest.cluster(layer.index, k).is_some())
            .count();
        println!(
            "  {:>5}  {:>8}  {:>16}  {:>8}  {}",
            layer.index,
            layer.features,
            format!("{} × {}", layer.rows, layer.columns),
            clusters,
            layer.tensor
        );
    }
    print!("{}", cluster_table::text(&manifest.clusters));
    print_weights(&package)?;
    if let Some(training) = manifest.training.as_object() {
        println!("\n  training");
        for (key, value) in training {
            println!(
                "    {key}: {}",
                value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned)
            );
        }
    }
    Ok(())
}

/// The tensors a weight bend may name, by number.
fn print_weights(package: &Package) -> Result<()> {
    println!("\n  weights  shape                    points  deviation  name");
    for layer in weight_layers(package)? {
        let shape: Vec<_> = layer.shape.iter().map(usize::to_string).collect();
        println!(
            "  {:>7}  {:<20}  {:>9}  {:>9.4}  {}",
            layer.number,
            shape.join(" × "),
            layer.points(),
            layer.deviation,
            layer.name
        );
    }
    Ok(())
}

/// A file that exists is taken as it is; anything else is the name of an installed model.
pub(super) fn locate(model: &str) -> Result<PathBuf> {
    let path = PathBuf::from(model);
    if path.is_file() {
        return Ok(path);
    }
    Resources::find().model(model).map_err(anyhow::Error::msg)
}
