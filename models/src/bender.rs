//! The engine: a model's encoder and its bendable decoder as ONNX Runtime sessions.
//!
//! The decoder is there twice: with constant weights, which ONNX Runtime packs once, and with weights as
//! inputs, which runs only while weights are bent. Both are made when the model is loaded.
//!
//! Runs on a worker thread; inference allocates and may take milliseconds. Never call it from an audio
//! thread.

mod encoder_stream;
mod output;

use std::borrow::Cow;
use std::sync::Arc;

use ort::inputs;
use ort::session::{Session, SessionInputValue, SessionOutputs};
use ort::value::TensorRef;

use crate::error::ModelError;
use crate::inject::{PROGRAM_INPUT, add_program, inject};
use crate::manifest::Manifest;
use crate::onnx::extract::subgraph;
use crate::onnx::proto::{Dimension, ModelProto, ValueInfoProto};
use crate::package::Package;
use crate::program::{Program, ProgramBuilder};
use crate::runtime::Runtime;
use crate::weights::decoder::WeightedDecoder;
use crate::weights::{BendableWeights, WeightFrame};
pub use encoder_stream::EncoderStream;
use output::OutputBend;

/// A model ready to run.
pub struct Bender {
    manifest: Arc<Manifest>,
    encoder: Session,
    decoder: Session,
    weighted: WeightedDecoder,
    /// Bends the layer that is the decoder's output, where there is one.
    output: Option<OutputBend>,
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
    /// refuses it.
    pub fn new(package: &Package, runtime: &Runtime) -> Result<Self, ModelError> {
        Self::with(package, runtime, |decoder, manifest| {
            let left = inject(decoder, &manifest.tensors.latent, &manifest.layers)?;
            Ok(left.map(|layer| OutputBend::new(layer, manifest)))
        })
    }

    /// A model whose decoder has no bend nodes and ignores programs: what bending is measured against.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    #[doc(hidden)]
    pub fn without_bends(package: &Package, runtime: &Runtime) -> Result<Self, ModelError> {
        Self::with(package, runtime, |decoder, _| {
            add_program(decoder)?;
            Ok(None)
        })
    }

    fn with(
        package: &Package,
        runtime: &Runtime,
        prepare: impl Fn(&mut ModelProto, &Manifest) -> Result<Option<OutputBend>, ModelError>,
    ) -> Result<Self, ModelError> {
        let manifest = package.manifest().clone();
        let (encoder_model, mut decoder_model) = split(package.model(), &manifest)?;
        let output = prepare(&mut decoder_model, &manifest)?;
        let mut bender = Self {
            output,
            encoder: session(runtime, &encoder_model)?,
            decoder: session(runtime, &decoder_model)?,
            weighted: WeightedDecoder::new(decoder_model, runtime)?,
            manifest: Arc::new(manifest),
            windows: Windows::default(),
        };
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
        let inputs = decoder_inputs(&self.manifest, latents, program)?;
        let outputs = self.decoder.run(inputs)?;
        self.windows.decoded += read_windows(&self.manifest, latents, &outputs, windows)?;
        if let Some(output) = &mut self.output {
            output.bend(program, windows);
        }
        Ok(())
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
        let inputs = decoder_inputs(&self.manifest, latents, program)?;
        self.weighted.set(bends);
        let outputs = self.weighted.run(None, inputs)?;
        self.windows.decoded += read_windows(&self.manifest, latents, &outputs, windows)?;
        if let Some(output) = &mut self.output {
            output.bend(program, windows);
        }
        Ok(())
    }

    /// As [`encode`](Self::encode) for the one window `[frames, bins]` of a stream, keeping in `stream` what the next stride's encoding
    /// shares with this one. The window's newest frame (of those that reach the latent) is number `newest` of the stream.
    ///
    /// Equal to [`encode`](Self::encode) within 1e-5, whatever came before.
    ///
    /// # Errors
    /// As [`encode`](Self::encode).
    pub fn encode_stream(
        &mut self,
        stream: &mut EncoderStream,
        newest: i64,
        window: &[f32],
        latents: &mut Vec<f32>,
    ) -> Result<(), ModelError> {
        stream.newest = Some(newest);
        self.encode(window, latents)
    }

    /// As [`decode`](Self::decode), for the frames from `first_frame` on alone: `[batch, frames − first_frame, bins]`. Bent `weights`
    /// take the place of the model's.
    ///
    /// Equal to the same rows of [`decode`](Self::decode) within 1e-5. What is computed is as much as those rows can see through the
    /// layers and through the program's bends.
    ///
    /// # Errors
    /// As [`decode`](Self::decode).
    pub fn decode_from(
        &mut self,
        first_frame: usize,
        weights: Option<&BendableWeights>,
        latents: &[f32],
        program: &Program,
        windows: &mut Vec<f32>,
    ) -> Result<(), ModelError> {
        let inputs = decoder_inputs(&self.manifest, latents, program)?;
        let outputs = match weights {
            None => self.decoder.run(inputs)?,
            Some(_) => self.weighted.run(weights, inputs)?,
        };
        self.windows.decoded += read_windows(&self.manifest, latents, &outputs, windows)?;
        if let Some(output) = &mut self.output {
            output.bend(program, windows);
        }
        let (frames, bins) = (self.manifest.frames, self.manifest.bins);
        let (kept, cut) = (frames.saturating_sub(first_frame), first_frame.min(frames));
        for item in 0..windows.len() / (frames * bins) {
            let from = (item * frames + cut) * bins;
            windows.copy_within(from..from + kept * bins, item * kept * bins);
        }
        windows.truncate(windows.len() / frames * kept);
        Ok(())
    }

    /// Whether `bends` change any weight of this model.
    pub fn bends_weights(&self, bends: &[WeightFrame]) -> bool {
        self.weighted.weights().would_change(bends)
    }

    /// The decoder's weights.
    pub fn weights(&self) -> &BendableWeights {
        self.weighted.weights()
    }

    fn warm_up(&mut self) -> Result<(), ModelError> {
        let (mut latent, mut windows) = (Vec::new(), Vec::new());
        self.encode(&vec![0.0; self.window_len()], &mut latent)?;
        self.decode(&latent, &Program::new(), &mut windows)?;
        let program = Program::new();
        let inputs = decoder_inputs(&self.manifest, &latent, &program)?;
        self.weighted.run(None, inputs)?;
        let pair = latent.repeat(2);
        self.decode(&pair, &Program::new(), &mut windows)
    }
}

type Inputs<'v> = Vec<(Cow<'v, str>, SessionInputValue<'v>)>;

/// What both decoders are given.
fn decoder_inputs<'v>(
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

/// Copies what either decoder made of `latents` to `windows`. Returns their number.
fn read_windows(
    manifest: &Manifest,
    latents: &[f32],
    outputs: &SessionOutputs<'_>,
    windows: &mut Vec<f32>,
) -> Result<u64, ModelError> {
    let batch = latents.len() / manifest.latent_size;
    let (_, decoded) = output(outputs, &manifest.tensors.decoded)?.try_extract_tensor::<f32>()?;
    if decoded.len() != batch * manifest.frames * manifest.bins {
        return Err(ModelError::Manifest(format!(
            "{batch} windows of {} × {} stated, {} values found",
            manifest.frames,
            manifest.bins,
            decoded.len()
        )));
    }
    windows.clear();
    windows.extend_from_slice(decoded);
    Ok(batch as u64)
}

pub(crate) fn output<'a>(
    outputs: &'a SessionOutputs<'_>,
    name: &str,
) -> Result<&'a ort::value::DynValue, ModelError> {
    outputs
        .get(name)
        .ok_or_else(|| ModelError::Manifest(format!("output `{name}` is missing")))
}

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

pub(crate) fn session(runtime: &Runtime, model: &ModelProto) -> Result<Session, ModelError> {
    runtime.session(model)
}
