//! The graph against its manifest: whether the halves compute what the manifest says, at what cost, for any number of windows.

use crate::error::ModelError;
use crate::onnx::budget::{follow, follow_whole};
use crate::onnx::limits;
use crate::onnx::printed::printed;
use crate::onnx::proto::{GraphProto, ModelProto};
use crate::onnx::shapes::Shapes;
use crate::package::halves::split;
use crate::package::manifest::Manifest;

/// Numbers of windows that a model is followed with: the one that limits are for, one window alone, and more. A size that is right
/// for the first only is found out by the others.
const BATCHES: [usize; 4] = [limits::BATCH, 1, 3, 7];

/// # Errors
/// [`ModelError::Structure`] where the graph cannot be followed or takes too much, [`ModelError::Manifest`] where it is not what
/// the manifest says.
pub(super) fn check(model: &ModelProto, manifest: &Manifest) -> Result<(), ModelError> {
    let (encoder, decoder) = split(model, manifest)?;
    let (Some(encoder), Some(decoder)) = (&encoder.graph, &decoder.graph) else {
        return Err(ModelError::Structure("the file holds no graph".into()));
    };
    for batch in BATCHES {
        check_batch(encoder, decoder, manifest, batch)?;
        if let Some(graph) = &model.graph {
            check_whole(graph, manifest, batch)?;
        }
    }
    Ok(())
}

/// The joined graph, as whoever loads an exported file runs it.
fn check_whole(graph: &GraphProto, manifest: &Manifest, batch: usize) -> Result<(), ModelError> {
    let tensors = &manifest.tensors;
    let window = [batch, 1, manifest.frames, manifest.bins];
    let latent = [batch, manifest.latent_size];
    let shapes = follow_whole(graph, &tensors.spectrogram, &window)?;
    if !tensors.latent_log_variance.is_empty() {
        let name = &tensors.latent_log_variance;
        expect(&shapes, "tensors.latent_log_variance", name, &latent)?;
    }
    expect(&shapes, "tensors.latent", &tensors.latent, &latent)?;
    expect(&shapes, "tensors.decoded", &tensors.decoded, &window)
}

fn check_batch(
    encoder: &GraphProto,
    decoder: &GraphProto,
    manifest: &Manifest,
    batch: usize,
) -> Result<(), ModelError> {
    let tensors = &manifest.tensors;
    let window = [batch, 1, manifest.frames, manifest.bins];
    let latent = [batch, manifest.latent_size];
    let encoded = follow("encoder", encoder, &tensors.spectrogram, &window)?;
    expect(
        &encoded,
        "tensors.latent_mean",
        &tensors.latent_mean,
        &latent,
    )?;
    let decoded = follow("decoder", decoder, &tensors.latent, &latent)?;
    for layer in &manifest.layers {
        let maps = [batch, layer.features, layer.rows, layer.columns];
        expect(
            &decoded,
            &format!("layer {}", layer.index),
            &layer.tensor,
            &maps,
        )?;
    }
    expect(&decoded, "tensors.decoded", &tensors.decoded, &window)
}

fn expect(shapes: &Shapes, what: &str, tensor: &str, dims: &[usize]) -> Result<(), ModelError> {
    let found = match shapes.of(tensor) {
        Some(found) if found == dims => return Ok(()),
        Some(found) => format!(
            "which the graph computes as {found:?} for {} windows",
            dims[0]
        ),
        None => "which its half of the graph does not compute".into(),
    };
    Err(ModelError::Manifest(format!(
        "{what} is the tensor `{}` of {dims:?}, {found}; write what the graph computes",
        printed(tensor)
    )))
}
