//! The clean run of a sound through a waveform model, and the states at its moments.

use netbend_dsp::number::{nearest_f64, signed};

use super::ear::Ear;
use crate::bends::transform::{MAX_PARAMETERS, TransformKind};
use crate::error::ModelError;
use crate::node::program::{Entry, Program};
use crate::package::waveform::{Half, WaveformManifest};
use crate::waveform::WaveformPlayer;
use crate::waveform::noise::NoiseAmounts;
use crate::waveform::run::Run;
use crate::waveform::states::States;

/// Windows so far below the loudest are silent: 30 dB, as power.
const AUDIBLE: f64 = 1e-3;
/// Windows that a layer of few features, and a description, is measured on.
pub(super) const MOST_WINDOWS: usize = 8;

/// A sound, and what a model makes of it.
#[derive(Debug)]
pub(super) struct Clean {
    /// `[block][channel × sample]`
    heard: Vec<Vec<f32>>,
    /// `[block][dimension × step]`
    latents: Vec<Vec<f32>>,
    /// `[block][channel × sample]`
    made: Vec<Vec<f32>>,
    /// Blocks ahead of the sound, and at most between a layer and what is heard of it.
    reach: usize,
    /// Blocks of a window.
    length: usize,
    /// The blocks that audible windows begin with, rising.
    windows: Vec<usize>,
    /// Where the last moments were taken.
    cursor: Moment,
}

/// The states before a block.
#[derive(Debug, Clone)]
pub(super) struct Moment {
    pub(super) block: usize,
    encoder: States,
    decoder: States,
}

impl Moment {
    fn rest(player: &WaveformPlayer) -> Self {
        let (encoder, decoder) = player.rest();
        Self {
            block: 0,
            encoder,
            decoder,
        }
    }

    /// Plays a block with this program, from the sound or, where nothing of the encoder is bent, from its latent.
    fn play(
        &mut self,
        player: &mut WaveformPlayer,
        heard: Option<&[f32]>,
        latent: &mut Vec<f32>,
        program: &Program,
        made: &mut Vec<f32>,
    ) -> Result<(), ModelError> {
        let run = Run {
            program,
            weights: None,
            block: signed(self.block),
            seed: 0,
            noise: NoiseAmounts::default(),
        };
        if let Some(heard) = heard {
            player.encode(&mut self.encoder, heard, run, latent)?;
        }
        player.decode(&mut self.decoder, latent, run, made)?;
        self.block += 1;
        Ok(())
    }
}

impl Clean {
    /// Plays `sound`, `[channel, sample]`, led by silence and followed by it until all of it has come out.
    pub(super) fn of(
        player: &mut WaveformPlayer,
        sound: &[Vec<f32>],
        ear: &Ear,
    ) -> Result<Self, ModelError> {
        let manifest = player.manifest().clone();
        let (reach, length) = (reach(&manifest, ear), ear.blocks());
        let longest = sound.iter().map(Vec::len).max().unwrap_or(0);
        let windows = (longest.div_ceil(manifest.block) + reach).div_ceil(length);
        let heard: Vec<Vec<f32>> = (0..reach + windows * length)
            .map(|block| {
                let sample = |channel: usize, n: usize| {
                    let place = (block * manifest.block + n).checked_sub(reach * manifest.block);
                    let channel = sound.get(channel).or(sound.last());
                    let sample = channel.and_then(|channel| channel.get(place?));
                    sample.copied().unwrap_or(0.0)
                };
                (0..manifest.channels_in)
                    .flat_map(|channel| (0..manifest.block).map(move |n| sample(channel, n)))
                    .collect()
            })
            .collect();
        let mut moment = Moment::rest(player);
        let (mut latents, mut made) = (Vec::new(), Vec::new());
        for block in &heard {
            let (mut latent, mut out) = (Vec::new(), Vec::new());
            moment.play(player, Some(block), &mut latent, &Program::new(), &mut out)?;
            latents.push(latent);
            made.push(out);
        }
        let mut clean = Self {
            heard,
            latents,
            made,
            reach,
            length,
            windows: Vec::new(),
            cursor: Moment::rest(player),
        };
        let windows: Vec<usize> = (0..windows).map(|n| reach + n * length).collect();
        clean.windows = clean.audible(&windows)?;
        Ok(clean)
    }

    /// The windows that can be heard, so many at most, spread evenly over all of them.
    fn audible(&self, windows: &[usize]) -> Result<Vec<usize>, ModelError> {
        let powers: Vec<f64> = windows
            .iter()
            .map(|&window| self.made(window).iter().map(|block| power(block)).sum())
            .collect();
        let loudest = powers.iter().copied().filter(|x| x.is_finite());
        let loudest = loudest.fold(0.0, f64::max);
        let pairs = windows.iter().zip(&powers);
        let audible: Vec<usize> = pairs
            .filter(|(_, power)| **power > AUDIBLE * loudest && power.is_finite())
            .map(|(window, _)| *window)
            .collect();
        if audible.is_empty() {
            return Err(ModelError::Clusters(
                "the model makes silence of the sound that was given to listen to; choose another"
                    .into(),
            ));
        }
        let count = audible.len().min(MOST_WINDOWS);
        Ok((0..count)
            .map(|n| audible[n * audible.len() / count])
            .collect())
    }

    pub(super) fn windows(&self) -> &[usize] {
        &self.windows
    }

    pub(super) fn reach(&self) -> usize {
        self.reach
    }

    /// The window that begins with a block.
    pub(super) fn made(&self, window: usize) -> &[Vec<f32>] {
        self.made_from(window, self.length)
    }

    pub(super) fn made_from(&self, block: usize, count: usize) -> &[Vec<f32>] {
        &self.made[block..block + count]
    }

    /// Mean power of a block.
    pub(super) fn mean_power(&self) -> f64 {
        let powers = self.made.iter().map(|block| power(block));
        let finite = powers.filter(|power| power.is_finite());
        finite.sum::<f64>() / nearest_f64(self.made.len().max(1))
    }

    /// The moments that lie so many blocks before a window. Rising windows take the least time.
    pub(super) fn moments(
        &mut self,
        player: &mut WaveformPlayer,
        window: usize,
        lags: &[usize],
    ) -> Result<Vec<Moment>, ModelError> {
        let first = window - self.reach;
        if self.cursor.block > first {
            self.cursor = Moment::rest(player);
        }
        let mut made = Vec::new();
        while self.cursor.block < first {
            let block = self.cursor.block;
            let (heard, mut latent) = (&self.heard[block], Vec::new());
            let program = Program::new();
            self.cursor
                .play(player, Some(heard), &mut latent, &program, &mut made)?;
        }
        let mut moments = Vec::new();
        let mut moment = self.cursor.clone();
        for block in first..=window {
            if lags.contains(&(window - block)) {
                moments.push(moment.clone());
            }
            if block < window {
                let (heard, mut latent) = (&self.heard[block], Vec::new());
                moment.play(player, Some(heard), &mut latent, &Program::new(), &mut made)?;
            }
        }
        Ok(moments)
    }

    /// What is made from a moment on for `count` blocks, with these features of a layer ablated.
    pub(super) fn without(
        &self,
        player: &mut WaveformPlayer,
        from: &Moment,
        layer: usize,
        features: &[f32],
        count: usize,
    ) -> Result<Vec<Vec<f32>>, ModelError> {
        let mut program = Program::new();
        program.push(&Entry {
            layer,
            item: 0,
            transform: TransformKind::Ablate,
            amount: 1.0,
            parameters: [0.0; MAX_PARAMETERS],
            features,
        });
        let manifest = player.manifest();
        let half = manifest.numbered_layers().nth(layer.wrapping_sub(1));
        let is_decoder = half.is_some_and(|layer| layer.half == Half::Decoder);
        let mut moment = from.clone();
        let mut all = Vec::new();
        let begin = from.block;
        let pairs = self.heard.iter().zip(&self.latents);
        for (heard, latent) in pairs.skip(begin).take(count) {
            let (mut latent, mut made) = (latent.clone(), Vec::new());
            let heard = (!is_decoder).then_some(heard.as_slice());
            moment.play(player, heard, &mut latent, &program, &mut made)?;
            all.push(made);
        }
        Ok(all)
    }
}

/// The sum of the samples' squares.
pub(super) fn power(samples: &[f32]) -> f64 {
    samples.iter().map(|x| f64::from(*x).powi(2)).sum()
}

/// Blocks that the model itself is late by, and one more.
fn reach(manifest: &WaveformManifest, ear: &Ear) -> usize {
    match manifest.latency.samples {
        Some(_) => manifest.latency_samples().div_ceil(manifest.block) + 1,
        None => ear.blocks(),
    }
}
