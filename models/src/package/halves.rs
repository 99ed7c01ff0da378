//! A model's two halves, cut out of its graph.

use super::manifest::Manifest;
use crate::error::ModelError;
use crate::onnx::extract::subgraph;
use crate::onnx::proto::{Dimension, ModelProto, ValueInfoProto};

/// The encoder (spectrogram → latent mean) and the decoder (latent → decoded).
pub(crate) fn split(
    model: &ModelProto,
    manifest: &Manifest,
) -> Result<(ModelProto, ModelProto), ModelError> {
    let tensors = &manifest.tensors;
    let fixed = |size: usize| Dimension::Fixed(size as i64);
    let batch = Dimension::Named("batch");
    let window = [
        batch,
        fixed(1),
        fixed(manifest.frames),
        fixed(manifest.bins),
    ];
    let latent = [batch, fixed(manifest.latent_size)];
    let encoder = subgraph(
        model,
        vec![ValueInfoProto::float_tensor(&tensors.spectrogram, &window)],
        vec![ValueInfoProto::float_tensor(&tensors.latent_mean, &latent)],
    )?;
    let decoder = subgraph(
        model,
        vec![ValueInfoProto::float_tensor(&tensors.latent, &latent)],
        vec![ValueInfoProto::float_tensor(&tensors.decoded, &window)],
    )?;
    Ok((encoder, decoder))
}
