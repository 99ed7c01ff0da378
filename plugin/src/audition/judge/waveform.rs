//! What settings make of a sound by a waveform model.
//!
//! It is what the worker does: the sound is played block by block, the model's output as it is, or what the bends change of it added to the sound.
//! Controls stand still, and the sound goes round, so that the model has heard something when it begins. Transient lock, a held latent, drawn ones
//! and the ceiling are left out. A verdict takes one run of the sound through the decoder, and through the encoder where that is bent.

mod sound;

use netbend_dsp::StftGeometry;
use netbend_dsp::loudness::k_weight;
use netbend_dsp::metrics::BandLevels;
use netbend_dsp::number::{cut, nearest_f32, nearest_f64, signed};
use netbend_dsp::spectrogram::analyze;
use netbend_models::bends::LATENT_LAYER;
use netbend_models::bends::latent_play::LatentShape;
use netbend_models::cluster::SoundClusters;
use netbend_models::node::program::{Program, ProgramBuilder};
use netbend_models::package::waveform::Half;
use netbend_models::run::weights::BendableWeights;
use netbend_models::waveform::noise::NoiseAmounts;
use netbend_models::waveform::run::Run;
use netbend_models::waveform::states::States;
use netbend_models::{ModelError, Runtime, WaveformPackage, WaveformPlayer};

use crate::audition::reference::Reference;
use crate::audition::verdict::{Before, Part, Verdict, loudness};
use crate::error::{Error, TrialError};
use crate::params::NetbendParams;
use crate::params::preset::{fixed_of_state, frames, weight_frames};
use crate::stream::controls::Controls;
use sound::Sound;

/// How much of the sound a glance takes, in seconds.
const GLANCE_SECONDS: f64 = 0.6;
/// Frames of the levels: samples, at this rate.
const FRAME: (usize, u32) = (2_048, 44_100);

/// Tries settings with a model of its own.
pub(super) struct WaveformJudge {
    player: WaveformPlayer,
    programs: ProgramBuilder,
    weights: BendableWeights,
    /// Whether layer number `n` is in the encoder; the latent is in the decoder.
    in_encoder: Vec<bool>,
    /// Whether each weight is read by the encoder and by the decoder.
    readers: Vec<(bool, bool)>,
    heard: Option<Heard>,
}

/// A sound and what is known of it before any bend.
struct Heard {
    reference: Reference,
    /// What the model drew while it heard it.
    noise: NoiseAmounts,
    sound: Sound,
    /// The states where it begins.
    encoder: States,
    decoder: States,
    /// Of each block from there on, unbent.
    latents: Vec<Vec<f32>>,
    /// What the model makes of the sound, unbent.
    clean: Vec<f32>,
    ear: Ear,
    whole: Before,
    /// Of what a glance takes.
    first: Before,
}

/// Which halves are bent.
#[derive(Clone, Copy, Default)]
struct Bent {
    encoder: bool,
    decoder: bool,
}

impl WaveformJudge {
    /// With this model.
    ///
    /// # Errors
    /// Where it does not run.
    pub(super) fn new(
        package: &WaveformPackage,
        runtime: &'static Runtime,
    ) -> Result<Self, ModelError> {
        let player = WaveformPlayer::new(package, runtime)?;
        let layers = player.manifest().numbered_layers();
        let in_encoder = layers.map(|layer| layer.half == Half::Encoder);
        Ok(Self {
            in_encoder: std::iter::once(false).chain(in_encoder).collect(),
            programs: player.program_builder(),
            weights: player.weights().clone(),
            readers: player.weight_readers().collect(),
            heard: None,
            player,
        })
    }

    /// Takes the sound to try on.
    ///
    /// # Errors
    /// Where no frame fits its rate, or inference fails.
    pub(super) fn hear(&mut self, reference: &Reference) -> Result<(), Error> {
        let noise = self.heard.as_ref().map(|heard| heard.noise);
        self.hear_with(reference, noise.unwrap_or_default())
    }

    fn hear_with(&mut self, reference: &Reference, noise: NoiseAmounts) -> Result<(), Error> {
        let is_same = |heard: &Heard| heard.reference == *reference && heard.noise == noise;
        if self.heard.as_ref().is_some_and(is_same) {
            return Ok(());
        }
        let manifest = self.player.manifest().clone();
        let sound = Sound::new(reference, &manifest);
        let ear = Ear::new(nearest_f32(manifest.sample_rate))?;
        let nothing = Program::new();
        let samples = sound.samples.len();
        let (mut encoder, mut decoder) = self.player.rest();
        let mut begin = None;
        let (mut latents, mut made) = (Vec::new(), Vec::new());
        for number in 0..sound.lead + sound.blocks(samples) {
            if number == sound.lead {
                begin = Some((encoder.clone(), decoder.clone()));
            }
            let run = Run {
                program: &nothing,
                weights: None,
                block: signed(number),
                seed: 0,
                noise,
            };
            let (mut latent, mut out) = (Vec::new(), Vec::new());
            let block = sound.block_at(number);
            self.player.encode(&mut encoder, &block, run, &mut latent)?;
            self.player.decode(&mut decoder, &latent, run, &mut out)?;
            if begin.is_some() {
                latents.push(latent);
                made.push(out);
            }
        }
        let glance = cut::<usize>(GLANCE_SECONDS * f64::from(manifest.sample_rate)).min(samples);
        let before = |length: usize| -> Result<Before, Error> {
            let (levels, power) = ear.hear(sound.samples.get(..length).unwrap_or(&[]))?;
            Ok(Before {
                length,
                levels,
                power,
            })
        };
        let (whole, first) = (before(samples)?, before(glance)?);
        let (encoder, decoder) = begin.ok_or(TrialError::Unfinished)?;
        self.heard = Some(Heard {
            reference: reference.clone(),
            noise,
            clean: sound.aligned(&made, manifest.channels_out, samples),
            sound,
            encoder,
            decoder,
            latents,
            ear,
            whole,
            first,
        });
        Ok(())
    }

    /// What these settings make of that part of the sound that was [heard](Self::hear), or of the drum loop that stands in for one.
    ///
    /// # Errors
    /// Where inference fails.
    pub(super) fn verdict(&mut self, params: &NetbendParams, part: Part) -> Result<Verdict, Error> {
        let controls = params.controls();
        let shape = controls.latent.shape;
        let noise = NoiseAmounts {
            encoder: shape.encoder_noise,
            padding: shape.padding_noise,
        };
        let reference = self.heard.as_ref().map(|heard| heard.reference.clone());
        self.hear_with(&reference.unwrap_or_else(Reference::stand_in), noise)?;
        let heard = self.heard.take().ok_or(TrialError::Unfinished)?;
        let before = part.of(&heard.whole, &heard.first);
        let bent = self.played(params, &controls, &heard, before.length);
        let verdict = bent.and_then(|bent| {
            let sound = mixed(&controls, &heard, &bent);
            let (levels, power) = heard.ear.hear(&sound)?;
            Ok(before.verdict(levels, power))
        });
        self.heard = Some(heard);
        verdict
    }

    /// What the bent model makes of the first `samples`.
    fn played(
        &mut self,
        params: &NetbendParams,
        controls: &Controls,
        heard: &Heard,
        samples: usize,
    ) -> Result<Vec<f32>, Error> {
        let (maps, weights) = self.bend(params, controls);
        let shape = &controls.latent.shape;
        let is_encoded = maps.encoder || weights.encoder;
        if !(is_encoded || maps.decoder || weights.decoder || shape.moves()) {
            return Ok(heard.clean.get(..samples).unwrap_or(&heard.clean).to_vec());
        }
        let manifest = self.player.manifest().clone();
        let run = |block: usize, is_bent: bool| Run {
            program: self.programs.program(),
            weights: is_bent.then_some(&self.weights),
            block: signed(block),
            seed: 0,
            noise: heard.noise,
        };
        let (mut encoder, mut decoder) = (heard.encoder.clone(), heard.decoder.clone());
        let mut made = Vec::new();
        let blocks = heard.latents.iter().take(heard.sound.blocks(samples));
        for (number, latent) in (heard.sound.lead..).zip(blocks) {
            let (mut latent, mut out) = (latent.clone(), Vec::new());
            if is_encoded {
                let block = heard.sound.block_at(number);
                let run = run(number, weights.encoder);
                self.player.encode(&mut encoder, &block, run, &mut latent)?;
            }
            put_shape(shape, manifest.steps(), &mut latent);
            let run = run(number, weights.decoder);
            self.player.decode(&mut decoder, &latent, run, &mut out)?;
            made.push(out);
        }
        Ok(heard.sound.aligned(&made, manifest.channels_out, samples))
    }

    /// Puts the bends of maps into the program, and bends the weights. Which halves they are in.
    fn bend(&mut self, params: &NetbendParams, controls: &Controls) -> (Bent, Bent) {
        // What a newer version wrote bends nothing.
        let fixed = fixed_of_state(params).unwrap_or_default();
        let clusters = params.sound_clusters.text();
        let clusters = SoundClusters::from_yaml(&clusters, "sound clusters").ok();
        let groups = clusters
            .as_ref()
            .and_then(|clusters| clusters.for_model(self.player.face()).ok());
        self.programs.set_sound_clusters(groups.unwrap_or(&[]));
        self.programs.clear();
        for (number, slot) in (0..).zip(&controls.slots) {
            self.programs.add(0, number, slot);
        }
        for (number, bend) in &frames(&fixed) {
            self.programs.add(0, *number, bend);
        }
        let mut maps = Bent::default();
        let entries = Program::entries(self.programs.program().words());
        for entry in entries.filter(|entry| entry.amount > 0.0) {
            let in_encoder = self.in_encoder.get(entry.layer).copied();
            match in_encoder.unwrap_or(entry.layer != LATENT_LAYER) {
                true => maps.encoder = true,
                false => maps.decoder = true,
            }
        }
        let mut wanted = controls.weights.to_vec();
        wanted.extend(weight_frames(&fixed));
        self.weights.set(&wanted);
        let mut weights = Bent::default();
        for frame in &wanted {
            if !self.weights.would_change(std::slice::from_ref(frame)) {
                continue;
            }
            let place = usize::from(frame.layer).checked_sub(1);
            if let Some((encoder, decoder)) = place.and_then(|place| self.readers.get(place)) {
                weights.encoder |= encoder;
                weights.decoder |= decoder;
            }
        }
        (maps, weights)
    }
}

/// Moves and scales the first dimensions of a latent `[dimension, step]`.
fn put_shape(shape: &LatentShape, steps: usize, latent: &mut [f32]) {
    let ways = shape.scales.iter().zip(&shape.offsets);
    for (values, (scale, offset)) in latent.chunks_exact_mut(steps.max(1)).zip(ways) {
        for value in values {
            *value = scale * *value + offset;
        }
    }
}

/// What is heard: the sound, and what the bends change of the model's output, or that output.
fn mixed(controls: &Controls, heard: &Heard, bent: &[f32]) -> Vec<f32> {
    let (voice, mix) = (controls.voice.clamp(0.0, 1.0), controls.mix.clamp(0.0, 1.0));
    let samples = heard.sound.samples.iter().zip(&heard.clean).zip(bent);
    let wet = samples.map(|((dry, clean), bent)| {
        let changed = dry + (bent - clean);
        let wet = (1.0 - voice) * changed + voice * bent;
        (1.0 - mix) * dry + mix * wet
    });
    wet.collect()
}

/// Levels and loudness of sound at the model's rate.
struct Ear {
    geometry: StftGeometry,
    k_weights: Vec<f32>,
}

impl Ear {
    fn new(rate_hz: f32) -> Result<Self, Error> {
        let geometry = StftGeometry::for_model(rate_hz, FRAME.0, FRAME.1)?;
        let k_weight = |bin: usize| k_weight(nearest_f32(bin) * Self::bin_hz(geometry));
        Ok(Self {
            geometry,
            k_weights: (0..geometry.bins()).map(k_weight).collect(),
        })
    }

    fn bin_hz(geometry: StftGeometry) -> f32 {
        geometry.sample_rate / nearest_f32(geometry.fft_size)
    }

    /// The levels of a sound, and its K-weighted power.
    fn hear(&self, samples: &[f32]) -> Result<(BandLevels, f64), Error> {
        let spectra = analyze(samples, self.geometry)?;
        let powers: Vec<f32> = spectra.iter().map(|bin| bin.norm_sqr()).collect();
        let frames = powers.chunks_exact(self.geometry.bins().max(1));
        let hop = nearest_f64(self.geometry.hop_samples) / f64::from(self.geometry.sample_rate);
        let levels = BandLevels::of_powers(frames, Self::bin_hz(self.geometry), hop);
        Ok((levels, loudness(&powers, &self.k_weights)))
    }
}
