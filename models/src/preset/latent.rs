//! The preset's `latent` mapping.

mod shape;

use netbend_dsp::number::nearest_f32;
use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;

use super::reader::{Reader, given};
use crate::bends::latent_play::{LatentPlay, LatentShape, LatentSource, MAX_SEED, RATE_RANGE_HZ};
use crate::error::PresetError;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Found {
    #[serde(default, deserialize_with = "given")]
    freeze: Option<Spanned<bool>>,
    #[serde(default, deserialize_with = "given")]
    source: Option<Spanned<String>>,
    #[serde(default, deserialize_with = "given")]
    blend: Option<Spanned<f64>>,
    #[serde(default, deserialize_with = "given")]
    seed: Option<Spanned<u64>>,
    #[serde(default, deserialize_with = "given")]
    rate: Option<Spanned<f64>>,
    #[serde(default, deserialize_with = "given")]
    offsets: Option<Spanned<Vec<f64>>>,
    #[serde(default, deserialize_with = "given")]
    scales: Option<Spanned<Vec<f64>>>,
    #[serde(default, rename = "encoder-noise", deserialize_with = "given")]
    encoder_noise: Option<Spanned<f64>>,
    #[serde(default, rename = "padding-noise", deserialize_with = "given")]
    padding_noise: Option<Spanned<f64>>,
}

pub(super) fn read(reader: &Reader<'_>, found: Option<&Found>) -> Result<LatentPlay, PresetError> {
    let mut play = LatentPlay::default();
    let Some(found) = found else {
        return Ok(play);
    };
    if let Some(freeze) = &found.freeze {
        play.freeze = freeze.value;
    }
    if let Some(source) = &found.source {
        play.source = LatentSource::from_name(&source.value).ok_or_else(|| {
            let names = LatentSource::ALL.map(LatentSource::name);
            let message = reader.word("source", &source.value, &names);
            reader.error(source, message)
        })?;
    }
    play.blend = reader.unit("blend", found.blend.as_ref(), play.blend)?;
    if let Some(seed) = &found.seed {
        play.seed = u32::try_from(seed.value)
            .ok()
            .filter(|seed| *seed <= MAX_SEED)
            .ok_or_else(|| {
                let message = format!("seed {} found; expected 0 to {MAX_SEED}", seed.value);
                reader.error(seed, message)
            })?;
    }
    if let Some(rate) = &found.rate {
        let (slowest, fastest) = RATE_RANGE_HZ;
        play.rate_hz = nearest_f32(rate.value);
        if !(slowest..=fastest).contains(&play.rate_hz) {
            let message = format!(
                "rate {} found; expected {slowest} to {fastest} (hertz)",
                rate.value
            );
            return Err(reader.error(rate, message));
        }
    }
    let usual = play.shape;
    play.shape = LatentShape {
        encoder_noise: reader.unit(
            "encoder-noise",
            found.encoder_noise.as_ref(),
            usual.encoder_noise,
        )?,
        padding_noise: reader.unit(
            "padding-noise",
            found.padding_noise.as_ref(),
            usual.padding_noise,
        )?,
        ..shape::read(reader, [&found.offsets, &found.scales])?
    };
    Ok(play)
}

#[derive(Serialize)]
pub(super) struct Written {
    freeze: bool,
    source: &'static str,
    blend: f32,
    seed: u32,
    rate: f32,
    #[serde(skip_serializing_if = "Option::is_none")]
    offsets: Option<Vec<f32>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scales: Option<Vec<f32>>,
    #[serde(skip_serializing_if = "Option::is_none", rename = "encoder-noise")]
    encoder_noise: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none", rename = "padding-noise")]
    padding_noise: Option<f32>,
}

/// The mapping to write; none where nothing differs from the default.
pub(super) fn write(play: &LatentPlay) -> Option<Written> {
    (*play != LatentPlay::default()).then(|| Written {
        freeze: play.freeze,
        source: play.source.name(),
        blend: play.blend,
        seed: play.seed,
        rate: play.rate_hz,
        offsets: shape::listed(&play.shape.offsets, 0.0),
        scales: shape::listed(&play.shape.scales, 1.0),
        encoder_noise: Some(play.shape.encoder_noise).filter(|amount| *amount != 1.0),
        padding_noise: Some(play.shape.padding_noise).filter(|amount| *amount != 1.0),
    })
}
