//! `netbend export` of a waveform model.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use netbend_audio_file::refuse_inputs;
use netbend_dsp::number::nearest_f64;
use netbend_models::export::{export_waveform, resolve};
use netbend_models::node::program::Program;
use netbend_models::{Preset, WaveformPackage};

use super::said::{opset, say_what_is_left_out};
use crate::meaning::Meaning;
use crate::print::{note, say};
use crate::replace::{check_ending, replace};
use crate::trial::try_waveform;

/// Writes the model at `path` with a preset, whose file comes with it, to `output`.
pub(super) fn run(
    output: &Path,
    (preset_file, preset): (&Path, &Preset),
    path: &Path,
    decoder: bool,
) -> Result<()> {
    let named = || path.display().to_string();
    if decoder {
        bail!(
            "{}: the decoder alone of a waveform model cannot be written; leave out --decoder",
            named()
        );
    }
    let package = WaveformPackage::load(path).with_context(named)?;
    let inputs = [
        ("the model that is read", path),
        ("the preset that is read", preset_file),
    ];
    refuse_inputs(output, &inputs)?;
    check_ending(output, &["onnx"], "a model")?;
    netbend_atomic_file::check(output).with_context(|| output.display().to_string())?;
    let program = resolve(preset, &package.face())?;
    preset.check_weights(package.weight_layers().len())?;
    for line in Meaning::of_waveform(package.manifest()).warnings(preset) {
        note!("netbend: warning: {line}");
    }
    let model = export_waveform(&package, &program, &preset.weights).with_context(named)?;
    let bytes = model.to_bytes();
    // What is about to be written must be a model, and run.
    let tried = WaveformPackage::from_bytes(output, &bytes).map_err(anyhow::Error::from);
    tried
        .and_then(|package| try_waveform(&package))
        .with_context(|| format!("{} with these bends", path.display()))?;
    replace(output, &bytes)?;
    say!(
        "written: {} ({:.1} MB, opset {}, {} of {} bends act, {} of weights)",
        output.display(),
        nearest_f64(bytes.len()) / 1e6,
        opset(&model),
        Program::entries(program.words()).count(),
        preset.bends.len(),
        preset.weights.len()
    )?;
    say_what_is_left_out(preset)
}
