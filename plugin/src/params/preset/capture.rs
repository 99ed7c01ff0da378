//! Parameters to a preset.

use netbend_dsp::number::low_bits;
use netbend_models::Preset;
use netbend_models::bends::latent_play::{LatentPlay, LatentShape};
use netbend_models::bends::{Bend, Draw, Selection};
use netbend_models::cluster::SoundClusters;
use netbend_models::error::PresetError;
use nice_plug::prelude::*;

use super::number::shortest;
use super::{fixed_of_state, parts, slot, sound, weight};
use crate::params::NetbendParams;
use crate::params::latent::LatentParams;

/// The preset that sets the parameters to what they are, as far as presets speak of them: slots and weight slots that are on, the
/// fixed bends behind them, the faders of parts, modulators and macros, pads that are not as at first, latent play, voice and the rest of the sound, mix, seed, model, sound clusters and metadata. It sounds the same: each
/// bend keeps what keys its draw, and knobs go back to the very positions. Not for the audio thread.
///
/// # Errors
/// [`PresetError`] where the project holds fixed bends, modulators, pads or sound clusters of a newer version.
pub fn capture(params: &NetbendParams) -> Result<Preset, PresetError> {
    let mut preset = Preset::default();
    preset.metadata = params.preset.metadata();
    preset.model = Some(params.model_name()).filter(|name| !name.is_empty());
    preset.model_sha256 = Some(params.model_sha256.saved()).filter(|hash| !hash.is_empty());
    preset.voice = params.voice.voice.value();
    preset.mix = params.mix.value();
    preset.seed = low_bits::<u32>(params.seed.value().max(0));
    preset.latent = LatentPlay {
        shape: latent_shape(params),
        ..latent(&params.latent)
    };
    preset.modulation = params.modulation.understood()?;
    preset.macros = params.macro_values();
    preset.macro_names = params.modulation.names();
    preset.pads = params.pads.understood()?;
    preset.sound = sound::capture(params);
    preset.parts = parts::capture(params);
    for (place, slot) in params.slots.iter().enumerate() {
        if let Some(mut bend) = slot::capture(slot, &params.part_names) {
            bend.draw.place = (place != preset.bends.len()).then_some(place);
            preset.bends.push(bend);
        }
    }
    preset.weights = params.weights.iter().filter_map(weight::capture).collect();
    let fixed = fixed_of_state(params)?;
    for (index, bend) in fixed.bends.iter().enumerate() {
        let mut bend = bend.clone();
        let (place, seed) = (fixed.place(index), bend.draw.seed.unwrap_or(fixed.seed));
        bend.draw = Draw {
            place: (is_drawn(&bend) && place != preset.bends.len()).then_some(place),
            seed: (is_drawn(&bend) && seed != preset.seed).then_some(seed),
            drift: bend.draw.drift,
        };
        preset.bends.push(bend);
    }
    preset.weights.extend(fixed.weights);
    let clusters = params.sound_clusters.text();
    if !clusters.is_empty() {
        preset.sound_clusters = Some(SoundClusters::from_yaml(&clusters, "sound clusters")?);
    }
    Ok(preset)
}

/// Whether a draw decides which features are bent.
fn is_drawn(bend: &Bend) -> bool {
    match bend.selection {
        Selection::All => false,
        Selection::Random(_) => true,
        Selection::Cluster(_) | Selection::SoundCluster(_) | Selection::Part(_) => {
            bend.cluster_share < 1.0
        }
    }
}

/// The shape of the latent, in numbers as a person would write them.
fn latent_shape(params: &NetbendParams) -> LatentShape {
    let written = |param: &FloatParam| {
        let position = |value: f32| param.preview_normalized(value);
        let value = param.value();
        shortest(value, |shorter| position(shorter) == position(value))
    };
    let dimensions = &params.latent_dimensions;
    LatentShape {
        offsets: std::array::from_fn(|index| written(&dimensions[index].offset)),
        scales: std::array::from_fn(|index| written(&dimensions[index].scale)),
        encoder_noise: params.latent_noise.encoder.value(),
        padding_noise: params.latent_noise.padding.value(),
    }
}

fn latent(params: &LatentParams) -> LatentPlay {
    let play = params.play();
    let position = |rate_hz: f32| params.rate.preview_normalized(rate_hz);
    LatentPlay {
        rate_hz: shortest(play.rate_hz, |rate_hz| {
            position(rate_hz) == position(play.rate_hz)
        }),
        ..play
    }
}
