//! How much arithmetic a model is: multiply–accumulates of its convolutions and matrix products, of whole windows and of what a
//! stride of a stream cannot do without. Offline only.
//!
//! What a stride needs is a property of the model, not of how Netbend runs it: rows that were encoded for an earlier stride need
//! no more work, and of a decoded window only the rows that the newest frames see. Whatever is computed beyond shows as a lower
//! speed of the same work. Bends that move time need more; they are not counted.

use super::Package;
use super::halves::split;
use crate::error::ModelError;
use crate::onnx::shapes::Shapes;
use crate::onnx::work::{NeededRows, fresh, whole};

/// Multiply–accumulates per window or stride, of one item of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work {
    /// A whole window encoded.
    pub encode: u64,
    /// A whole window decoded.
    pub decode: u64,
    /// What is new to the encoder in a stride.
    pub encode_stride: u64,
    /// The rows of the decoder that a stride's frames see.
    pub decode_stride: u64,
}

impl Work {
    /// The work of a model, for strides of `stride` frames of which the decoder is asked for those from `first_frame` on.
    ///
    /// # Errors
    /// [`ModelError::Structure`] where the graph is not understood.
    pub fn of(package: &Package, stride: usize, first_frame: usize) -> Result<Self, ModelError> {
        let manifest = package.manifest();
        let (encoder, decoder) = split(package.model(), manifest)?;
        let missing = || ModelError::Structure("the file holds no graph".into());
        let (encoder, decoder) = (
            encoder.graph.ok_or_else(missing)?,
            decoder.graph.ok_or_else(missing)?,
        );
        let tensors = &manifest.tensors;
        let window = vec![1, 1, manifest.frames, manifest.bins];
        let encoder_shapes = Shapes::infer(&encoder, &[(&tensors.spectrogram, window)])?;
        let latent = vec![1, manifest.latent_size];
        let decoder_shapes = Shapes::infer(&decoder, &[(&tensors.latent, latent)])?;
        let rows = first_frame..manifest.last_seen_frame + 1;
        Ok(Self {
            encode: whole(&encoder, &encoder_shapes),
            decode: whole(&decoder, &decoder_shapes),
            encode_stride: fresh(&encoder, &encoder_shapes, &tensors.spectrogram, stride),
            decode_stride: NeededRows::new(&tensors.decoded, rows).work(&decoder, &decoder_shapes),
        })
    }
}
