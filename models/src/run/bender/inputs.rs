//! What every session of the decoder is given.

use std::borrow::Cow;

use ort::inputs;
use ort::session::SessionInputValue;
use ort::value::TensorRef;

use crate::error::ModelError;
use crate::node::inject::PROGRAM_INPUT;
use crate::node::program::Program;
use crate::package::manifest::Manifest;

/// Names and tensors.
pub(super) type Inputs<'v> = Vec<(Cow<'v, str>, SessionInputValue<'v>)>;

/// The latents and the program.
pub(super) fn decoder_inputs<'v>(
    manifest: &'v Manifest,
    latents: &'v [f32],
    program: &'v Program,
) -> Result<Inputs<'v>, ModelError> {
    let batch = latents.len() / manifest.latent_size;
    let words = program.words();
    Ok(inputs![
        manifest.tensors.latent.as_str() =>
            TensorRef::from_array_view(([batch, manifest.latent_size], latents))?,
        PROGRAM_INPUT => TensorRef::from_array_view(([words.len()], words))?
    ])
}
