//! Brings somebody else's graph into the form of Netbend's own, with the help of a [`sidecar`](crate::package::sidecar).
//!
//! ```text
//! netbend.spectrogram [batch, 1, frames, bins] → axes → encoder → flat → netbend.latent_mean
//! netbend.latent_mean → Identity → netbend.latent [batch, latent] → shape → decoder → axes → netbend.decoded
//! ```
//!
//! `Reshape` and `Transpose` nodes at the cuts do all of it, so that whatever comes after knows one kind of model
//! only. Sizes that the graph computes are written into it where they follow from the window, and floats of other precisions become
//! 32-bit ones. What neither encoder nor decoder needs (sampling, losses) is left out. A layer whose maps are not
//! `[batch, features, time, frequency]` is turned before it is bent, and turned back after.

mod batches;
mod graph;
mod layers;
mod parts;

use std::path::Path;

use crate::error::ModelError;
use crate::onnx::check::check;
use crate::onnx::proto::ModelProto;
use crate::package::manifest::{Manifest, Tensors};
use crate::package::sidecar::Sidecar;
use graph::{Builder, DECODED, LATENT, LATENT_LOG_VARIANCE, LATENT_MEAN, SPECTROGRAM};
use parts::Parts;
pub(super) use parts::is_standard;

/// A model in the form of Netbend's own.
pub(crate) struct Adapted {
    pub(crate) model: ModelProto,
    pub(crate) manifest: Manifest,
    /// The layers' names in the graph it was made from.
    pub(crate) own_layers: Vec<String>,
}

/// The model at `path` in the form of Netbend's own.
///
/// # Errors
/// [`ModelError::Sidecar`] where the sidecar names what the graph does not have, [`ModelError::Structure`] where the
/// graph is refused or is no encoder and decoder joined at the latent.
pub(crate) fn adapt(
    mut model: ModelProto,
    sidecar: &Sidecar,
    path: &Path,
) -> Result<Adapted, ModelError> {
    let parts = Parts::cut(&mut model, sidecar)?;
    let found = parts.layers(sidecar)?;
    let mut builder = Builder::new(&parts);
    builder.spectrogram(&parts.names.spectrogram, &parts.window);
    builder.encoder(&parts.encoder);
    builder.latent(&parts);
    builder.decoder(&parts.decoder, &parts.names.latent);
    let layers = builder.layers(&found, &parts.window);
    builder.decoded(&parts.names.decoded, &parts);
    let tensors = Tensors {
        spectrogram: SPECTROGRAM.into(),
        latent_mean: LATENT_MEAN.into(),
        latent_log_variance: match parts.names.latent_log_variance {
            Some(_) => LATENT_LOG_VARIANCE.into(),
            None => String::new(),
        },
        latent: LATENT.into(),
        decoded: DECODED.into(),
    };
    let manifest = sidecar.manifest(path, &parts.window, parts.latent_size, tensors, layers)?;
    let model = builder.model(&model, &manifest);
    // What was put together passes the checks of a file that was read.
    check(&model)?;
    Ok(Adapted {
        model,
        manifest,
        own_layers: found.into_iter().map(|layer| layer.tensor).collect(),
    })
}
