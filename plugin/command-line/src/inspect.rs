//! `netbend inspect`: what a model is made of.

mod waveform;
mod weights;

use std::io::ErrorKind;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use netbend_dsp::number::nearest_f64;
use netbend_models::node::weights::weight_layers;
use netbend_models::onnx::printed::{escaped, printed};
use netbend_models::package::manifest::NO_LEVEL;
use netbend_models::package::template;
use netbend_models::{Manifest, Package, RuntimeError, WaveformPackage, package};

use crate::cluster_table;
use crate::print::{lines, say};
use crate::trial::try_package;
use netbend::offline::{DEFAULT_MODEL, Resources};
use weights::print_weights;

/// Runs a model, and prints its manifest, layers, clusters, parts, weights, sizes and hash.
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
        let text = template(&path, &content).with_context(|| path.display().to_string())?;
        return lines(&text);
    }
    if WaveformPackage::is_at(&path) {
        return waveform::run(&path, arguments.json);
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
        say!("{}", serde_json::to_string_pretty(manifest)?)?;
        return Ok(());
    }
    say!(
        "{} {}  ({})",
        manifest.name,
        manifest.version,
        path.display()
    )?;
    say!(
        "  size      {:.1} MB, {} weights",
        nearest_f64(package.bytes()) / 1e6,
        package.weight_count()
    )?;
    say!("  sha256    {}", package.sha256())?;
    if let Some(sidecar) = package.sidecar() {
        say!("  sidecar   {}", sidecar.display())?;
    }
    let licence = escaped(&manifest.licence);
    say!(
        "  licence   {}",
        if manifest.licence.is_empty() {
            "not stated"
        } else {
            &licence
        }
    )?;
    say!(
        "  audio     {} Hz, FFT {}, hop {}, windows of {} frames × {} bins",
        manifest.sample_rate,
        manifest.fft_size,
        manifest.hop,
        manifest.frames,
        manifest.bins
    )?;
    let level = match manifest.level.kind.as_str() {
        NO_LEVEL => "level left in".to_owned(),
        _ => format!("level out in steps of {} dB", manifest.level.step_db),
    };
    say!(
        "  decibels  {} to {} dB, {level}",
        manifest.decibels.floor_db,
        manifest.decibels.ceiling_db
    )?;
    say!("  latent    {}", manifest.latent_size)?;
    say!("  runs      {run}")?;
    say!("\n  layer  features  time × frequency  clusters  tensor")?;
    for (layer, tensor) in manifest.layers.iter().zip(package.own_layers()) {
        let clusters = (0..)
            .take_while(|&k| manifest.cluster(layer.index, k).is_some())
            .count();
        say!(
            "  {:>5}  {:>8}  {:>16}  {:>8}  {}",
            layer.index,
            layer.features,
            format!("{} × {}", layer.rows, layer.columns),
            clusters,
            printed(tensor)
        )?;
    }
    lines(&cluster_table::text(&manifest.clusters))?;
    print_parts(manifest)?;
    print_weights(&weight_layers(&package)?)?;
    if let Some(training) = manifest.training.as_object() {
        say!("\n  training")?;
        for (key, value) in training {
            say!(
                "    {}: {}",
                printed(key),
                escaped(value.as_str().unwrap_or(&value.to_string()))
            )?;
        }
    }
    Ok(())
}

/// The parts of the mix and how many features of each layer carry them; nothing where the model has none.
fn print_parts(manifest: &Manifest) -> Result<()> {
    if manifest.parts.is_empty() {
        return Ok(());
    }
    say!("\n  part                              features of layer")?;
    for part in &manifest.parts {
        let layers: Vec<_> = part
            .layers
            .iter()
            .map(|entry| format!("{}: {}", entry.layer, entry.features.len()))
            .collect();
        let name = printed(part.name.as_str());
        say!("  {name:<32}  {}", layers.join(", "))?;
    }
    Ok(())
}

/// Whether a word names a model's file: it is one, or could be nothing else.
pub(super) fn is_file_name(model: &str) -> bool {
    let ends = model.to_ascii_lowercase().ends_with(".onnx");
    // No model is called `.` or `..`.
    let is_dots = !model.is_empty() && model.bytes().all(|byte| byte == b'.');
    ends || is_dots || model.contains(['/', '\\']) || PathBuf::from(model).is_file()
}

/// A file that exists is taken as it is, and so is what looks like a file; anything else is the name of an installed model.
///
/// # Errors
/// What is missing, or what else is there.
pub(super) fn locate(model: &str) -> Result<PathBuf> {
    if is_file_name(model) {
        let path = PathBuf::from(model);
        let named = path.display();
        return match std::fs::metadata(&path) {
            Ok(about) if about.is_file() => Ok(path),
            Ok(about) if about.is_dir() => {
                bail!("{named}: a folder found; expected a model's file")
            }
            Ok(_) => bail!("{named}: a pipe or a device found; expected a model's file"),
            Err(error) if error.kind() == ErrorKind::NotFound => bail!(
                "{named}: there is no such file; expected a model's file, or the name of an installed model without `.onnx`"
            ),
            Err(error) => bail!("{named}: {error}"),
        };
    }
    Ok(Resources::find().model(model)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_from_names_of_models() {
        for (model, is_file) in [
            ("drums", false),
            ("drums.v2", false),
            ("", false),
            ("my.onnx", true),
            ("models/drums", true),
            (".", true),
            ("..", true),
        ] {
            assert_eq!(is_file_name(model), is_file, "{model}");
        }
        let said = locate(".").unwrap_err().to_string();
        assert!(said.contains("a folder found"), "{said}");
    }
}
