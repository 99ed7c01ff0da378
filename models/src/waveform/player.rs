//! A waveform model ready to run: each half as two sessions, one with constant weights, which ONNX Runtime packs once, and one that takes them as
//! inputs and runs while weights are bent.
//!
//! Runs on a pool thread; inference allocates and may take milliseconds. Never call it from an audio thread.

mod half;

use std::sync::Arc;

use super::noise::NoiseAmounts;
use super::package::WaveformPackage;
use super::run::Run;
use super::states::States;
use crate::error::ModelError;
use crate::error::fault::contained;
use crate::node::program::{Program, ProgramBuilder};
use crate::package::manifest::Manifest;
use crate::package::waveform::{Half, WaveformManifest};
use crate::run::runtime::Runtime;
use crate::run::weights::BendableWeights;
use half::HalfSessions;

/// A model ready to run.
pub struct WaveformPlayer {
    manifest: Arc<WaveformManifest>,
    face: Arc<Manifest>,
    encoder: HalfSessions,
    decoder: HalfSessions,
    weights: BendableWeights,
}

impl std::fmt::Debug for WaveformPlayer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WaveformPlayer")
            .field("model", &self.manifest.name)
            .finish_non_exhaustive()
    }
}

impl WaveformPlayer {
    /// Puts the bend nodes in, makes the sessions and runs each once, so that the first block is not slower than the rest.
    ///
    /// # Errors
    /// [`ModelError`] where ONNX Runtime refuses the model; [`ModelError::Stopped`] where a library panics.
    pub fn new(package: &WaveformPackage, runtime: &Runtime) -> Result<Self, ModelError> {
        contained(|| Self::with(package, runtime))
    }

    fn with(package: &WaveformPackage, runtime: &Runtime) -> Result<Self, ModelError> {
        let manifest = Arc::new(package.manifest().clone());
        let weights = package.weights();
        let tensors = &manifest.tensors;
        let half = |half, graph, input: (&String, [usize; 3]), output| {
            HalfSessions::new(graph, half, &manifest, input, output, &weights, runtime)
        };
        let audio = (&tensors.audio, [1, manifest.channels_in, manifest.block]);
        let latent = (&tensors.latent, [1, manifest.latent_size, manifest.steps()]);
        let encoder = half(Half::Encoder, &package.encoder, audio, &tensors.latent)?;
        let decoder = half(Half::Decoder, &package.decoder, latent, &tensors.output)?;
        let mut player = Self {
            face: Arc::new(package.face()),
            encoder,
            decoder,
            weights: BendableWeights::beside_session(weights, runtime),
            manifest,
        };
        player.warm_up()?;
        Ok(player)
    }

    /// What the model says of itself.
    pub fn manifest(&self) -> &Arc<WaveformManifest> {
        &self.manifest
    }

    /// What the rest of Netbend knows of it.
    pub fn face(&self) -> &Arc<Manifest> {
        &self.face
    }

    /// A builder of programs for this model. All are for item 0.
    pub fn program_builder(&self) -> ProgramBuilder {
        ProgramBuilder::new(&self.face)
    }

    /// The weights, unbent.
    pub fn weights(&self) -> &BendableWeights {
        &self.weights
    }

    /// Whether each weight, in the order of their numbers, is read by the encoder and by the decoder.
    pub fn weight_readers(&self) -> impl Iterator<Item = (bool, bool)> {
        let count = self.weights.layers().len();
        (0..count).map(|place| (self.encoder.reads(place), self.decoder.reads(place)))
    }

    /// The states of the encoder and of the decoder at rest: what silence leads to.
    pub fn rest(&self) -> (States, States) {
        (self.encoder.rest(), self.decoder.rest())
    }

    /// Plays a block `[channels_in, block]` to `latent`, `[latent_size, steps]`, and takes `states` to the next one. After an error they are as
    /// they were.
    ///
    /// # Errors
    /// [`ModelError::Runtime`] where the block has the wrong length or inference fails.
    pub fn encode(
        &mut self,
        states: &mut States,
        audio: &[f32],
        run: Run<'_>,
        latent: &mut Vec<f32>,
    ) -> Result<(), ModelError> {
        self.encoder.run(states, audio, run, latent)
    }

    /// Plays a latent to a block `[channels_out, block]`, as [`encode`](Self::encode).
    ///
    /// # Errors
    /// As [`encode`](Self::encode).
    pub fn decode(
        &mut self,
        states: &mut States,
        latent: &[f32],
        run: Run<'_>,
        audio: &mut Vec<f32>,
    ) -> Result<(), ModelError> {
        self.decoder.run(states, latent, run, audio)
    }

    fn warm_up(&mut self) -> Result<(), ModelError> {
        let audio = vec![0.0; self.manifest.channels_in * self.manifest.block];
        let (mut latent, mut heard) = (Vec::new(), Vec::new());
        let program = Program::new();
        let weights = self.weights.clone();
        for weights in [None, Some(&weights)] {
            let (mut encoder, mut decoder) = self.rest();
            let run = Run {
                program: &program,
                weights,
                block: 0,
                seed: 0,
                noise: NoiseAmounts::default(),
            };
            self.encode(&mut encoder, &audio, run, &mut latent)?;
            self.decode(&mut decoder, &latent, run, &mut heard)?;
            if run.weights.is_none() {
                self.encoder.rested(encoder);
                self.decoder.rested(decoder);
            }
        }
        Ok(())
    }
}
