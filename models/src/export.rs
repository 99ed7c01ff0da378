//! A bent model as a model: a preset's bends written into the graph in standard ONNX operators.
//!
//! A running model bends by the custom operator `netbend.Bend`, whose bends are run-time data. Here they are fixed instead, so that the
//! result runs in any ONNX runtime, knows nothing of Netbend, and still is a Netbend model: manifest and layer tensors keep their
//! names, and a layer's tensor carries the bent activation. The two ways of bending share the formulas only, so each checks the other
//! (`models/tests/export.rs`, `tests/oracles`).
//!
//! Not part of a graph, and so left out: voice, mix, latent play, and the level that is taken out of a window before the encoder. A graph knows no time:
//! what drifts stands as it does where a song begins, and modulators are at rest.
//!
//! Every operator used is understood since opset 7, so the source's operator set stays as it is and no node changes its meaning.
//! Runs offline; needs no runtime.

mod affine;
mod disc;
mod features;
mod map_shape;
mod nodes;
mod part;
mod place;
mod transforms;
mod waveform;
mod weights;

use crate::bends::weights::WeightBend;
use crate::error::ModelError;
use crate::error::PresetError;
use crate::node::program::{Entry, Program, ProgramBuilder};
use crate::onnx::check::check;
use crate::onnx::proto::{ModelProto, StringStringEntryProto};
use crate::package::Package;
use crate::package::halves::split;
use crate::package::manifest::{METADATA_KEY, Manifest};
use crate::preset::Preset;
pub use part::Part;
pub use waveform::export_waveform;
use weights::apply_weight_bends;

/// Oldest file format in which weights need not be listed among the graph's inputs as well.
const IR_VERSION: i64 = 4;

/// The bends of `preset` on the model of `manifest`, as a running model takes them for item 0.
///
/// # Errors
/// [`PresetError`] where the preset does not fit the model.
pub fn resolve(preset: &Preset, manifest: &Manifest) -> Result<Program, PresetError> {
    preset.check(manifest)?;
    let mut builder = ProgramBuilder::new(manifest);
    // Sound clusters of another model select nothing; `check` has refused them where a bend asks for them.
    if let Some(groups) = &preset.sound_clusters
        && let Ok(groups) = groups.for_model(manifest)
    {
        builder.set_sound_clusters(groups);
    }
    for (index, bend) in preset.bends.iter().enumerate() {
        builder.add(0, preset.place(index) as u64, &bend.to_frame(preset.seed));
    }
    builder.add_mix(0, &preset.part_mix(manifest.part_names()));
    Ok(builder.program().clone())
}

/// The model with the entries of `program` for item 0 and the bends of weights written into it. The batch stays dynamic where it was.
///
/// # Errors
/// [`ModelError::Manifest`] where the graph does not have the tensors its manifest names, [`ModelError::Structure`] where the result
/// would break the rules a model must keep, or a bent weight is the encoder's as well and that is to be written, too.
pub fn export(
    package: &Package,
    program: &Program,
    weights: &[WeightBend],
    part: Part,
) -> Result<ModelProto, ModelError> {
    let manifest = package.manifest();
    let mut model = package.model().clone();
    apply_weight_bends(&mut model, package, weights, part)?;
    let Some(graph) = &mut model.graph else {
        return Err(ModelError::Structure("the file holds no graph".into()));
    };
    let entries_of = |layer: usize| -> Vec<Entry<'_>> {
        Program::entries(program.words())
            .filter(|entry| entry.layer == layer && entry.item == 0)
            .collect()
    };
    let prefix = place::free_prefix(graph);
    let tensor = &manifest.tensors.latent;
    place::latent(graph, tensor, manifest.latent_size, &prefix, &entries_of(0))?;
    for layer in &manifest.layers {
        place::layer(graph, layer, &prefix, &entries_of(layer.index))?;
    }
    model.ir_version = model.ir_version.max(Some(IR_VERSION));
    model.producer_name = Some("netbend".to_owned());
    model.producer_version = Some(env!("CARGO_PKG_VERSION").to_owned());
    match part {
        Part::Decoder => model = split(&model, manifest)?.1,
        Part::Model => state(&mut model, manifest)?,
    }
    check(&model)?;
    Ok(model)
}

/// Writes the manifest into a model that has none of its own, as one with a sidecar.
fn state(model: &mut ModelProto, manifest: &Manifest) -> Result<(), ModelError> {
    if model.metadata(METADATA_KEY).is_some() {
        return Ok(());
    }
    let json = serde_json::to_string(manifest);
    model.metadata_props.push(StringStringEntryProto {
        key: Some(METADATA_KEY.to_owned()),
        value: Some(json.map_err(|error| ModelError::Manifest(error.to_string()))?),
    });
    Ok(())
}
