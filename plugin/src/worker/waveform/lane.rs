//! One stream through a waveform model: a channel, or two where the model has two. Pool threads.

use netbend_models::ModelError;
use netbend_models::WaveformPlayer;
use netbend_models::bends::latent_play::LatentPlay;
use netbend_models::node::program::Program;
use netbend_models::package::waveform::LayerKind;
use netbend_models::run::weights::BendableWeights;
use netbend_models::waveform::noise::NoiseAmounts;
use netbend_models::waveform::past::Past;
use netbend_models::waveform::run::Run;
use netbend_models::waveform::states::States;

use super::latents::Latents;
use super::twin::{Twin, Wanted};

/// What is done to a block.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block<'b> {
    /// Its number since the stream began, and when it begins, in seconds.
    pub(super) number: i64,
    pub(super) seconds: f64,
    /// The bends of both halves.
    pub(super) program: &'b Program,
    /// As `program`, with pictures taken on the way.
    pub(super) watched: &'b Program,
    /// Which halves it bends.
    pub(super) bends: Bent,
    /// The bent weights, and which halves they belong to.
    pub(super) weights: &'b BendableWeights,
    pub(super) weight_bends: Bent,
    /// What is decoded.
    pub(super) latent: LatentPlay,
    /// Whether the unbent model is heard, too.
    pub(super) hears_clean: bool,
}

/// Which halves are bent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Bent {
    pub(super) encoder: bool,
    pub(super) decoder: bool,
}

/// What came of a block.
#[derive(Debug, Default)]
pub(super) struct Played {
    /// `[channel, sample]`.
    pub(super) bent: Vec<f32>,
    /// Likewise; the same as `bent` where nothing is bent or nobody hears it.
    pub(super) clean: Vec<f32>,
    /// How often an encoder and a decoder ran.
    pub(super) encoded: u64,
    pub(super) decoded: u64,
}

/// The states of one stream.
#[derive(Debug)]
pub(super) struct Lane {
    encoder: Twin,
    decoder: Twin,
    latents: Latents,
    /// What came out before, unbent by the bends of the sound itself.
    pub(super) sound: Option<Past>,
    /// Those of encoder and decoder at rest, and no sound.
    at_rest: (States, States, Option<Past>),
}

impl Lane {
    /// At rest.
    pub(super) fn new(player: &WaveformPlayer) -> Self {
        let (encoder, decoder) = player.rest();
        let at_rest = (encoder, decoder, no_sound(player));
        let (encoder, decoder, sound) = at_rest.clone();
        Self {
            encoder: Twin::at(encoder),
            decoder: Twin::at(decoder),
            latents: Latents::default(),
            sound,
            at_rest,
        }
    }

    /// Another one that has heard the same.
    pub(super) fn copied(&self) -> Self {
        Self {
            encoder: self.encoder.copied(),
            decoder: self.decoder.copied(),
            latents: self.latents.clone(),
            sound: self.sound.clone(),
            at_rest: self.at_rest.clone(),
        }
    }

    /// Begins anew, at rest.
    pub(super) fn rest(&mut self) {
        let (encoder, decoder, sound) = self.at_rest.clone();
        self.encoder = Twin::at(encoder);
        self.decoder = Twin::at(decoder);
        self.latents.reset();
        self.sound = sound;
    }

    /// Plays `audio`, `[channel, sample]`.
    ///
    /// # Errors
    /// What inference reports.
    pub(super) fn play(
        &mut self,
        player: &mut WaveformPlayer,
        audio: &[f32],
        block: Block<'_>,
    ) -> Result<Played, ModelError> {
        let nothing = Program::new();
        let run = |is_bent: bool, is_shown: bool, bends_weights: bool| Run {
            program: match (is_bent, is_shown) {
                (_, true) => block.watched,
                (true, false) => block.program,
                (false, false) => &nothing,
            },
            weights: (is_bent && bends_weights).then_some(block.weights),
            block: block.number,
            seed: 0,
            noise: NoiseAmounts {
                encoder: block.latent.shape.encoder_noise,
                padding: block.latent.shape.padding_noise,
            },
        };
        let Bent { encoder, decoder } = block.bends;
        let weights = block.weight_bends;
        let wanted = Wanted {
            clean: block.hears_clean,
            bent: encoder || weights.encoder,
        };
        let (mut clean, mut bent) = (Vec::new(), Vec::new());
        let alone = !wanted.bent && self.encoder.is_one();
        let encoded = self.encoder.step(wanted, |states, is_bent| {
            // Where both are one, what the clean one does is what is shown; a program that bends nothing here does nothing.
            let run = run(is_bent, is_bent || alone, weights.encoder);
            let latent = if is_bent { &mut bent } else { &mut clean };
            player.encode(states, audio, run, latent)
        })?;
        let parted = !bent.is_empty();
        if !parted {
            bent.clone_from(&clean);
        }
        let manifest = player.manifest().clone();
        let steps = manifest.steps();
        let step = seconds(manifest.ratio, manifest.sample_rate);
        let played = self
            .latents
            .play(&block.latent, steps, block.seconds, step, &mut bent);
        let wanted = Wanted {
            clean: block.hears_clean && !clean.is_empty(),
            bent: parted || played || decoder || weights.decoder,
        };
        let alone = !wanted.bent && self.decoder.is_one();
        let mut made = Played {
            encoded,
            ..Played::default()
        };
        let (clean_latent, bent_latent) = (clean, bent);
        made.decoded = self.decoder.step(wanted, |states, is_bent| {
            let run = run(is_bent, is_bent || alone, weights.decoder);
            match is_bent {
                true => player.decode(states, &bent_latent, run, &mut made.bent),
                // Where both are one, the latent that there is.
                false if clean_latent.is_empty() => {
                    player.decode(states, &bent_latent, run, &mut made.clean)
                }
                false => player.decode(states, &clean_latent, run, &mut made.clean),
            }
        })?;
        if made.bent.is_empty() {
            made.bent.clone_from(&made.clean);
        } else if made.clean.is_empty() {
            made.clean.clone_from(&made.bent);
        }
        Ok(made)
    }
}

/// Nothing came out so far.
fn no_sound(player: &WaveformPlayer) -> Option<Past> {
    let manifest = player.manifest();
    let mut layers = manifest.layers.iter();
    let sound = layers.find(|layer| layer.kind == LayerKind::Output)?;
    Past::new(manifest, sound)
}

fn seconds(samples: usize, rate: u32) -> f64 {
    netbend_dsp::number::nearest_f64(samples) / f64::from(rate)
}
