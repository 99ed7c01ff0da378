//! A model is run before the program calls it good or writes it.

use anyhow::Result;
use netbend_models::onnx::proto::ModelProto;
use netbend_models::run::trial::{run_decoder_once, run_once};
use netbend_models::{Manifest, Package, Runtime, WaveformPackage, WaveformPlayer};

use netbend::offline::{Resources, strides};

/// Runs `package` as the plugin would load it, with one, two and three windows at once.
pub(super) fn try_package(package: &Package) -> Result<()> {
    let runtime = Runtime::load(Resources::find().runtime_folders())?;
    let strides: Vec<usize> = strides(package.manifest().last_seen_frame).collect();
    Ok(run_once(package, runtime, &strides)?)
}

/// As [`try_package`], of the decoder alone of a model with this manifest.
pub(super) fn try_decoder(decoder: &ModelProto, manifest: &Manifest) -> Result<()> {
    let runtime = Runtime::load(Resources::find().runtime_folders())?;
    Ok(run_decoder_once(decoder, manifest, runtime)?)
}

/// Runs a waveform model as the plugin would load it: a block.
pub(super) fn try_waveform(package: &WaveformPackage) -> Result<()> {
    let runtime = Runtime::load(Resources::find().runtime_folders())?;
    WaveformPlayer::new(package, runtime)?;
    Ok(())
}
