//! A model ready to run: its encoder and its bendable decoder as ONNX Runtime sessions.
//!
//! The decoder is there several times: with constant weights, which ONNX Runtime packs once, for any rows and for the rows that
//! streams ask for; and with weights as inputs, which runs only while weights are bent. All are made when the model is loaded. The encoder is there
//! for whole windows, and for every stride that a stream was opened with.
//!
//! Runs on a pool thread; inference allocates and may take milliseconds. Never call it from an audio
//! thread.

mod chains;
mod decoder;
mod encoder_history;
mod inputs;
mod output_bend;
mod streams;
mod stride_encoder;

use std::sync::Arc;

use ort::inputs;
use ort::value::TensorRef;

use crate::bends::weights::WeightFrame;
use crate::error::ModelError;
use crate::error::fault::contained;
use crate::incremental::encoder_chain::EncoderChain;
use crate::node::program::{Program, ProgramBuilder};
use crate::onnx::proto::ModelProto;
use crate::package::Package;
use crate::package::halves::split;
use crate::package::manifest::Manifest;
use crate::run::runtime::{Runtime, Session, output};
use crate::run::weights::BendableWeights;
use chains::{decoder_chain, encoder_chain};
use decoder::{Decoder, Weights};
pub use encoder_history::EncoderHistory;
use stride_encoder::StrideEncoder;

/// A model ready to run.
pub struct Bender {
    manifest: Arc<Manifest>,
    /// SHA-256 of the model's file.
    model: String,
    encoder: Session,
    /// The encoder's graph, for sessions that are made later.
    encoder_graph: ModelProto,
    /// How its rows depend on each other, where that can be followed.
    encoder_chain: Option<EncoderChain>,
    /// For strides that were prepared; none where a stride shares nothing with the next.
    stride_encoders: Vec<(usize, Option<StrideEncoder>)>,
    decoder: Decoder,
    windows: Windows,
}

/// How many windows went through a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Windows {
    /// Through the encoder.
    pub encoded: u64,
    /// Through the decoder, bent or not.
    pub decoded: u64,
}

impl std::fmt::Debug for Bender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bender")
            .field("model", &self.manifest.name)
            .finish_non_exhaustive()
    }
}

impl Bender {
    /// Splits the model, injects the bend nodes, creates the sessions and runs each once, so that the
    /// first real window is not slower than the rest.
    ///
    /// # Errors
    /// [`ModelError`] where the graph does not have the shape its manifest states or ONNX Runtime
    /// refuses it; [`ModelError::Stopped`] where a library panics.
    pub fn new(package: &Package, runtime: &Runtime) -> Result<Self, ModelError> {
        contained(|| Self::with(package, runtime, true))
    }

    /// A model whose decoder has no bend nodes and ignores programs: what bending is measured against.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    #[doc(hidden)]
    pub fn without_bends(package: &Package, runtime: &Runtime) -> Result<Self, ModelError> {
        Self::with(package, runtime, false)
    }

    fn with(package: &Package, runtime: &Runtime, bends: bool) -> Result<Self, ModelError> {
        let manifest = package.manifest().clone();
        let (mut encoder_graph, mut decoder_graph) = split(package.model(), &manifest)?;
        let encoder_chain = encoder_chain(&mut encoder_graph, &manifest);
        let (shapes, chain) = decoder_chain(&mut decoder_graph, &manifest);
        let mut bender = Self {
            model: package.sha256().to_owned(),
            encoder: runtime.session(&encoder_graph)?,
            encoder_graph,
            encoder_chain,
            stride_encoders: Vec::new(),
            decoder: Decoder::new(decoder_graph, shapes, chain, &manifest, runtime, bends)?,
            manifest: Arc::new(manifest),
            windows: Windows::default(),
        };
        bender.prepare_usual_tails();
        bender.warm_up()?;
        bender.windows = Windows::default();
        Ok(bender)
    }

    /// The model's manifest.
    pub fn manifest(&self) -> &Arc<Manifest> {
        &self.manifest
    }

    /// How much it has run since it was made.
    pub fn windows(&self) -> Windows {
        self.windows
    }

    /// A builder of programs for this model.
    pub fn program_builder(&self) -> ProgramBuilder {
        ProgramBuilder::new(&self.manifest)
    }

    /// Length of one window: `frames × bins`.
    pub fn window_len(&self) -> usize {
        self.manifest.frames * self.manifest.bins
    }

    /// Encodes windows `[batch, frames, bins]` in network units to the posteriors' means
    /// `[batch, latent_size]`.
    ///
    /// # Errors
    /// [`ModelError::Runtime`] where the windows have the wrong length or inference fails.
    pub fn encode(&mut self, windows: &[f32], latents: &mut Vec<f32>) -> Result<(), ModelError> {
        let manifest = &self.manifest;
        let batch = (windows.len() / self.window_len()).max(1);
        let shape = [batch, 1, manifest.frames, manifest.bins];
        let outputs = self.encoder.run(inputs![
            manifest.tensors.spectrogram.as_str() => TensorRef::from_array_view((shape, windows))?
        ])?;
        let (_, mean) =
            output(&outputs, &manifest.tensors.latent_mean)?.try_extract_tensor::<f32>()?;
        if mean.len() != batch * manifest.latent_size {
            return Err(ModelError::Manifest(format!(
                "latent size {} stated, {} found",
                manifest.latent_size,
                mean.len() / batch
            )));
        }
        self.windows.encoded += batch as u64;
        latents.clear();
        latents.extend_from_slice(mean);
        Ok(())
    }

    /// Decodes a batch of latents `[batch, latent_size]`, each item bent by the entries of `program`
    /// that name it, to windows `[batch, frames, bins]` in network units.
    ///
    /// # Errors
    /// [`ModelError::Runtime`] where the latents have the wrong length or inference fails.
    pub fn decode(
        &mut self,
        latents: &[f32],
        program: &Program,
        windows: &mut Vec<f32>,
    ) -> Result<(), ModelError> {
        self.decode_with(0, Weights::Own, latents, program, windows)
    }

    /// As [`decode`](Self::decode), with the decoder's weights bent by `bends`, in order. What was bent by an
    /// earlier call and is not by this one is as it was loaded.
    ///
    /// # Errors
    /// As [`decode`](Self::decode).
    pub fn decode_weighted(
        &mut self,
        bends: &[WeightFrame],
        latents: &[f32],
        program: &Program,
        windows: &mut Vec<f32>,
    ) -> Result<(), ModelError> {
        if !self.bends_weights(bends) {
            return self.decode(latents, program, windows);
        }
        self.decoder.weighted.set(bends);
        self.decode_with(0, Weights::Set, latents, program, windows)
    }

    fn decode_with(
        &mut self,
        first_frame: usize,
        weights: Weights<'_>,
        latents: &[f32],
        program: &Program,
        windows: &mut Vec<f32>,
    ) -> Result<(), ModelError> {
        let manifest = &self.manifest;
        self.decoder
            .decode(manifest, first_frame, weights, latents, program, windows)?;
        self.windows.decoded += (latents.len() / manifest.latent_size) as u64;
        Ok(())
    }

    /// Whether `bends` change any weight of this model.
    pub fn bends_weights(&self, bends: &[WeightFrame]) -> bool {
        self.decoder.weighted.weights().would_change(bends)
    }

    /// The decoder's weights.
    pub fn weights(&self) -> &BendableWeights {
        self.decoder.weighted.weights()
    }

    fn warm_up(&mut self) -> Result<(), ModelError> {
        let (mut latent, mut windows) = (Vec::new(), Vec::new());
        self.encode(&vec![0.0; self.window_len()], &mut latent)?;
        // The larger first: the smaller finds its memory there.
        self.decode(&latent.repeat(2), &Program::new(), &mut windows)?;
        self.decode(&latent, &Program::new(), &mut windows)?;
        self.decode_with(0, Weights::Set, &latent, &Program::new(), &mut windows)
    }
}
