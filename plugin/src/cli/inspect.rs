//! `netbend inspect`: what a model is made of.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use netbend_models::manifest::NO_LEVEL;
use netbend_models::onnx::printed::{escaped, printed};
use netbend_models::sidecar::template;
use netbend_models::weights::weight_layers;
use netbend_models::{Package, RuntimeError, package};

use super::cluster_table;
use super::trial::try_package;
use crate::resources::{DEFAULT_MODEL, Resources};

/// Runs a model, and prints its manifest, layers, clusters, weights, sizes and hash.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// A model file, or the name of an installed model.
    #[arg(default_value = DEFAULT_MODEL)]
    model: String,
    /// Print the manifest as JSON instead.
    #[arg(long)]
    json: bool,
    /// Print a sidecar for a model that is not Netbend's own, filled with what its graph says: save it as MODEL.yaml
    /// beside MODEL.onnx and check what is marked.
    #[arg(long, conflicts_with = "json")]
    template: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let path = locate(&arguments.model)?;
    if arguments.template {
        let content = package::read(&path)?;
        print!(
            "{}",
            template(&path, &content).with_context(|| path.display().to_string())?
        );
        return Ok(());
    }
    let package = Package::load(&path).with_context(|| path.display().to_string())?;
    let run = match try_package(&package) {
        Ok(()) => "with 1, 2 and 3 windows at once, each as it is alone".to_owned(),
        // Without the runtime a model can still be looked at.
        Err(error) if error.is::<RuntimeError>() => format!("not tried: {error}"),
        Err(error) => return Err(error.context(path.display().to_string())),
    };
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
    if let Some(sidecar) = package.sidecar() {
        println!("  sidecar   {}", sidecar.display());
    }
    let licence = escaped(&manifest.licence);
    println!(
        "  licence   {}",
        if manifest.licence.is_empty() {
            "not stated"
        } else {
            &licence
        }
    );
    println!(
        "  audio     {} Hz, FFT {}, hop {}, windows of {} frames × {} bins",
        manifest.sample_rate, manifest.fft_size, manifest.hop, manifest.frames, manifest.bins
    );
    let level = match manifest.level.kind.as_str() {
        NO_LEVEL => "level left in".to_owned(),
        _ => format!("level out in steps of {} dB", manifest.level.step_db),
    };
    println!(
        "  decibels  {} to {} dB, {level}",
        manifest.decibels.floor_db, manifest.decibels.ceiling_db
    );
    println!("  latent    {}", manifest.latent_size);
    println!("  runs      {run}");
    println!("\n  layer  features  time × frequency  clusters  tensor");
    for (layer, tensor) in manifest.layers.iter().zip(package.own_layers()) {
        let clusters = (0..)
            .take_while(|&k| manifest.cluster(layer.index, k).is_some())
            .count();
        println!(
            "  {:>5}  {:>8}  {:>16}  {:>8}  {}",
            layer.index,
            layer.features,
            format!("{} × {}", layer.rows, layer.columns),
            clusters,
            printed(tensor)
        );
    }
    print!("{}", cluster_table::text(&manifest.clusters));
    print_weights(&package)?;
    if let Some(training) = manifest.training.as_object() {
        println!("\n  training");
        for (key, value) in training {
            println!(
                "    {}: {}",
                printed(key),
                escaped(value.as_str().unwrap_or(&value.to_string()))
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
            printed(&layer.name)
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
