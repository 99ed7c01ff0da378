//! `netbend export`: a preset's bends as part of a model, in standard ONNX operators.

mod said;
mod waveform;

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use netbend_atomic_file::check;
use netbend_audio_file::refuse_inputs;
use netbend_dsp::number::nearest_f64;
use netbend_models::export::{Part, export, resolve};
use netbend_models::node::program::Program;
use netbend_models::node::weights::weight_layers;
use netbend_models::{Manifest, Package, Preset, WaveformPackage};

use crate::inspect::locate;
use crate::print::{note, say};
use crate::replace::{check_ending, refuse_waiting, replace};
use crate::trial::{try_decoder, try_package};
use netbend::offline::{self, DEFAULT_MODEL, Resources, WantedModel};
use said::{opset, say_what_is_left_out};

/// Writes a model with a preset's bends in it, as plain ONNX that any runtime runs and Netbend loads.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Preset, or a plain network-bending file of transforms.
    #[arg(long, value_name = "FILE")]
    preset: PathBuf,
    /// ONNX file to write.
    output: PathBuf,
    /// A model file, or the name of an installed model [default: the one the preset names, or `drums`].
    #[arg(long)]
    model: Option<String>,
    /// Write the decoder alone, from latent to spectrogram. Netbend does not load it: it cannot hear.
    #[arg(long)]
    decoder: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let output = &arguments.output;
    refuse_waiting(output)?;
    let preset = Preset::load(&arguments.preset)?;
    let path = match &arguments.model {
        Some(model) => locate(model)?,
        None => of_preset(&preset)?,
    };
    if WaveformPackage::is_at(&path) {
        let Arguments {
            preset: named,
            decoder,
            ..
        } = arguments;
        return waveform::run(output, (named, &preset), &path, *decoder);
    }
    let package = Package::load(&path).with_context(|| path.display().to_string())?;
    let mut inputs = vec![
        ("the model that is read", path.as_path()),
        ("the preset that is read", arguments.preset.as_path()),
    ];
    inputs.extend(
        package
            .sidecar()
            .map(|file| ("the model's description", file)),
    );
    refuse_inputs(output, &inputs)?;
    check_ending(output, &["onnx"], "a model")?;
    check(output).with_context(|| output.display().to_string())?;
    let is_other = |wanted: &&String| wanted.as_str() != package.sha256();
    if let (None, Some(wanted)) = (
        &arguments.model,
        preset.model_sha256.as_ref().filter(is_other),
    ) {
        note!(
            "netbend: warning: {} is another file than the preset's: its sha256 is {}, the preset's {wanted}; sounds may differ \
             (--model says that this one is meant)",
            path.display(),
            package.sha256()
        );
    }
    let program = resolve(&preset, package.manifest())?;
    try_package(&package).with_context(|| path.display().to_string())?;
    preset.check_weights(weight_layers(&package)?.len())?;
    let part = if arguments.decoder {
        Part::Decoder
    } else {
        Part::Model
    };
    let model = export(&package, &program, &preset.weights, part)
        .with_context(|| path.display().to_string())?;
    let bytes = model.to_bytes();
    // What is about to be written must be a model, and run.
    let tried = match part {
        Part::Model => try_package(&Package::from_bytes(output, &bytes)?),
        Part::Decoder => try_decoder(&model, package.manifest()),
    };
    tried.with_context(|| format!("{} with these bends", path.display()))?;
    replace(output, &bytes)?;
    say!(
        "written: {} ({:.1} MB, opset {}, {} of {} bends act, {} of weights)",
        output.display(),
        nearest_f64(bytes.len()) / 1e6,
        opset(&model),
        acting(&preset, package.manifest())?,
        preset.bends.len(),
        preset.weights.len()
    )?;
    if !preset.parts.is_empty() {
        say!("note: the faders of its parts were written, too")?;
    }
    say_what_is_left_out(&preset)
}

/// The file of the preset's model: that of its name, or the one that has its hash.
fn of_preset(preset: &Preset) -> Result<PathBuf> {
    let name = preset.model.as_deref().unwrap_or(DEFAULT_MODEL);
    let wanted = WantedModel {
        sha256: preset.model_sha256.clone().unwrap_or_default(),
        ..WantedModel::named(name)
    };
    Ok(offline::resolve(&Resources::find(), &wanted)?)
}

/// How many bends of the preset act on the model.
fn acting(preset: &Preset, manifest: &Manifest) -> Result<usize> {
    let mut bends = preset.clone();
    bends.parts.clear();
    let program = resolve(&bends, manifest)?;
    Ok(Program::entries(program.words()).count())
}
