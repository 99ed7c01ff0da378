//! `netbend inspect` of a waveform model.

use std::path::Path;

use anyhow::{Context as _, Result};
use netbend_dsp::number::nearest_f64;
use netbend_models::onnx::printed::{escaped, printed};
use netbend_models::package::waveform::{Half, WaveformManifest};
use netbend_models::{RuntimeError, WaveformPackage};

use super::weights::print_weights;
use crate::cluster_table;
use crate::print::{lines, say};
use crate::trial::try_waveform;

pub(super) fn run(path: &Path, json: bool) -> Result<()> {
    let named = || path.display().to_string();
    let package = WaveformPackage::load(path).with_context(named)?;
    let manifest = package.manifest();
    let run = match try_waveform(&package) {
        Ok(()) => "a block, with its own weights and with weights from outside".to_owned(),
        // Without the runtime a model can still be looked at.
        Err(error) if error.is::<RuntimeError>() => format!("not tried: {error}"),
        Err(error) => return Err(error.context(named())),
    };
    if json {
        return say!("{}", serde_json::to_string_pretty(manifest)?);
    }
    say!(
        "{} {}  ({})",
        manifest.name,
        manifest.version,
        path.display()
    )?;
    say!("  kind      waveform: sound itself, block by block")?;
    say!(
        "  size      {:.1} MB, {} weights",
        nearest_f64(package.bytes()) / 1e6,
        package.weight_count()
    )?;
    say!("  sha256    {}", package.sha256())?;
    let licence = manifest
        .licence
        .as_deref()
        .filter(|licence| !licence.is_empty());
    say!(
        "  licence   {}",
        licence.map_or_else(|| "not stated".to_owned(), escaped)
    )?;
    say!(
        "  audio     {} Hz, {} in, {} out, blocks of {} samples ({:.0} ms)",
        manifest.sample_rate,
        channels(manifest.channels_in),
        channels(manifest.channels_out),
        manifest.block,
        milliseconds(manifest, manifest.block)
    )?;
    say!("  latency   {}", latency(manifest))?;
    say!(
        "  latent    {}, a step for {} samples",
        manifest.latent_size,
        manifest.ratio
    )?;
    let kept = manifest
        .states
        .iter()
        .map(|state| state.shape.iter().product::<usize>());
    say!(
        "  states    {}, {} numbers",
        manifest.states.len(),
        kept.sum::<usize>()
    )?;
    say!("  noise     {}", manifest.noise.len())?;
    say!("  runs      {run}")?;
    print_layers(manifest)?;
    lines(&cluster_table::text(&manifest.clusters))?;
    print_weights(&package.weight_layers())?;
    let unused = manifest.weights.iter().filter(|weight| !weight.used);
    for weight in unused {
        say!("           in no block: {}", printed(&weight.name))?;
    }
    Ok(())
}

fn print_layers(manifest: &WaveformManifest) -> Result<()> {
    say!("\n  layer  features  steps  clusters  half     name")?;
    let shown = manifest.shown_layers();
    for (number, layer) in (1..).zip(manifest.numbered_layers()) {
        if number == shown + 1 {
            say!("  fine detail")?;
        }
        let group = manifest.clusters.iter().find(|group| group.layer == number);
        let half = match layer.half {
            Half::Encoder => "encoder",
            Half::Decoder => "decoder",
        };
        say!(
            "  {number:>5}  {:>8}  {:>5}  {:>8}  {half:<7}  {}",
            layer.features,
            layer.steps,
            group.map_or(0, |group| group.clusters.len()),
            printed(&layer.name)
        )?;
    }
    Ok(())
}

fn channels(count: usize) -> &'static str {
    match count {
        1 => "mono",
        _ => "stereo",
    }
}

fn milliseconds(manifest: &WaveformManifest, samples: usize) -> f64 {
    1e3 * nearest_f64(samples) / f64::from(manifest.sample_rate)
}

fn latency(manifest: &WaveformManifest) -> String {
    let Some(samples) = manifest.latency.samples else {
        return "not measured: nothing changes what it plays".to_owned();
    };
    let own = milliseconds(manifest, manifest.latency_samples());
    format!(
        "{samples} samples of its own ({own:.0} ms), measured by {}",
        printed(&manifest.latency.method)
    )
}
