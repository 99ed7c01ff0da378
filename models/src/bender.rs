//! The engine: a model's encoder and its bendable decoder as ONNX Runtime sessions.
//!
//! The decoder is there several times: with constant weights, which ONNX Runtime packs once, for any rows and for the rows that
//! streams ask for; and with weights as inputs, which runs only while weights are bent. All are made when the model is loaded. The encoder is there
//! for whole windows, and for every stride that a stream was opened with.
//!
//! Runs on a worker thread; inference allocates and may take milliseconds. Never call it from an audio
//! thread.

mod decoder;
mod encoder_stream;
mod output;
mod stream_encoder;

use std::borrow::Cow;
use std::sync::Arc;

use ort::inputs;
use ort::session::{Session, SessionInputValue, SessionOutputs};
use ort::value::TensorRef;

use crate::error::ModelError;
use crate::inject::PROGRAM_INPUT;
use crate::manifest::Manifest;
use crate::onnx::extract::subgraph;
use crate::onnx::proto::{Dimension, ModelProto, ValueInfoProto};
use crate::onnx::shapes::Shapes;
use crate::package::Package;
use crate::program::{Program, ProgramBuilder};
use crate::runtime::Runtime;
use crate::stream::can_be_cut;
use crate::stream::decoder_chain::DecoderChain;
use crate::stream::encoder_chain::EncoderChain;
use crate::stream::simplify::simplify;
use crate::stream::stride_plan::StridePlan;
use crate::weights::{BendableWeights, WeightFrame};
use decoder::{Decoder, Weights};
pub use encoder_stream::EncoderStream;
use stream_encoder::StreamEncoder;

/// Frames before the last that streams ask for: a stride of Live and of Tight, and a stride and an overlap of Studio.
const STREAMED: [usize; 3] = [4, 16, 64 + 16];

/// A batch larger than 1, for which shapes are worked out.
const BATCH: usize = 2;

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
    stream_encoders: Vec<(usize, Option<StreamEncoder>)>,
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
    /// refuses it.
    pub fn new(package: &Package, runtime: &Runtime) -> Result<Self, ModelError> {
        Self::with(package, runtime, true)
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
            encoder: session(runtime, &encoder_graph)?,
            encoder_graph,
            encoder_chain,
            stream_encoders: Vec::new(),
            decoder: Decoder::new(decoder_graph, shapes, chain, &manifest, runtime, bends)?,
            manifest: Arc::new(manifest),
            windows: Windows::default(),
        };
        for rows in STREAMED {
            bender.prepare_tail(bender.manifest.last_seen_frame.saturating_sub(rows))?;
        }
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

    /// As [`encode`](Self::encode) for the one window `[frames, bins]` of a stream, keeping in `stream` what the next stride's encoding
    /// shares with this one. The window's newest frame (of those that reach the latent) is number `newest` of the stream.
    ///
    /// Equal to [`encode`](Self::encode) within 1e-5, whatever came before. Only the rows that the stride adds are computed, if the window before was
    /// a stride older and nothing was [forgotten](EncoderStream::forget); otherwise everything is, and more: 1.6 times a whole window's work for a stride of 4
    /// frames of the model that ships. Where the encoder's structure or the stride do not allow it, windows are encoded whole.
    ///
    /// A stride that was not [prepared](Self::prepare_stream) is, which takes as long as loading a model.
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
        self.prepare_stream(stream.stride())?;
        let whole = window.len() == self.window_len();
        let mut encoders = self.stream_encoders.iter_mut();
        match encoders.find(|(stride, _)| *stride == stream.stride()) {
            Some((_, Some(encoder))) if whole => {
                encoder.encode(stream, newest, &self.model, window, latents)?;
                self.windows.encoded += 1;
                Ok(())
            }
            _ => self.encode(window, latents),
        }
    }

    /// Makes the sessions that encode a stream every `stride` frames. Not while sound is waited for: it takes some ten milliseconds.
    ///
    /// # Errors
    /// [`ModelError::Runtime`] where ONNX Runtime refuses them.
    pub fn prepare_stream(&mut self, stride: usize) -> Result<(), ModelError> {
        let mut strides = self.stream_encoders.iter();
        if strides.any(|(prepared, _)| *prepared == stride) {
            return Ok(());
        }
        let encoder = match (&self.encoder_chain, Runtime::loaded()) {
            (Some(chain), Some(runtime)) => {
                StreamEncoder::new(&self.encoder_graph, chain, stride, &self.manifest, runtime)?
            }
            _ => None,
        };
        self.stream_encoders.push((stride, encoder));
        Ok(())
    }

    /// Makes the session that [`decode_from`](Self::decode_from) uses for `first_frame`, with constant weights, in place of one for any first
    /// frame. Those that the streams of the latency modes ask for are made at load. Not while sound is waited for: it takes some ten milliseconds.
    ///
    /// # Errors
    /// [`ModelError::Runtime`] where ONNX Runtime refuses it.
    pub fn prepare_tail(&mut self, first_frame: usize) -> Result<(), ModelError> {
        let Some(runtime) = Runtime::loaded() else {
            return Ok(());
        };
        if self.decoder.prepare(first_frame, &self.manifest, runtime)? {
            // The first run is slower than the rest.
            let latents = vec![0.0; 2 * self.manifest.latent_size];
            let mut windows = Vec::new();
            let before = self.windows;
            self.decode_from(first_frame, None, &latents, &Program::new(), &mut windows)?;
            self.windows = before;
        }
        Ok(())
    }

    /// How many rows of each stage of the encoder are computed for a stride of a stream that goes on, the frames that the first one reads in
    /// front; none where whole windows are. For tests: what is not computed is what is saved.
    #[doc(hidden)]
    pub fn encoded_rows(&self, stride: usize) -> Vec<usize> {
        let chain = self.encoder_chain.as_ref();
        let plan = chain.and_then(|chain| StridePlan::new(chain, stride));
        plan.map_or(Vec::new(), |plan| {
            let stages = plan.stages.iter().map(|stage| stage.new);
            std::iter::once(plan.frames).chain(stages).collect()
        })
    }

    /// As [`encoded_rows`](Self::encoded_rows), of the decoder, for the frames from `first_frame` on of the item `item` that `program` bends.
    #[doc(hidden)]
    pub fn decoded_rows(&self, first_frame: usize, program: &Program, item: usize) -> Vec<usize> {
        self.decoder.rows(first_frame, program, item)
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
        let weights = weights.map_or(Weights::Own, Weights::Bent);
        self.decode_with(first_frame, weights, latents, program, windows)
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
        self.decode(&latent, &Program::new(), &mut windows)?;
        self.decode_with(0, Weights::Set, &latent, &Program::new(), &mut windows)?;
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

pub(crate) fn output<'a>(
    outputs: &'a SessionOutputs<'_>,
    name: &str,
) -> Result<&'a ort::value::DynValue, ModelError> {
    outputs
        .get(name)
        .ok_or_else(|| ModelError::Manifest(format!("output `{name}` is missing")))
}

/// The stages of an encoder, if it has any that can be streamed.
fn encoder_chain(model: &mut ModelProto, manifest: &Manifest) -> Option<EncoderChain> {
    let spectrogram = manifest.tensors.spectrogram.as_str();
    let given = vec![BATCH, 1, manifest.frames, manifest.bins];
    let cut = can_be_cut(model);
    let graph = model.graph.as_mut()?;
    let shapes = Shapes::explore(graph, &[(spectrogram, given)]);
    simplify(graph, &shapes);
    let chain = EncoderChain::find(graph, spectrogram, &shapes, manifest.last_seen_frame + 1);
    chain.filter(|_| cut)
}

/// The shapes of a decoder's tensors, and its stages, if there are any of which a part can be computed.
fn decoder_chain(model: &mut ModelProto, manifest: &Manifest) -> (Shapes, Option<DecoderChain>) {
    let latent = manifest.tensors.latent.as_str();
    let cut = can_be_cut(model);
    let Some(graph) = &mut model.graph else {
        return (Shapes::default(), None);
    };
    let shapes = Shapes::explore(graph, &[(latent, vec![BATCH, manifest.latent_size])]);
    simplify(graph, &shapes);
    let chain = DecoderChain::find(graph, latent, &manifest.layers, &shapes);
    let chain = chain.filter(|chain| cut && chain.frames() == manifest.frames);
    (shapes, chain)
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
