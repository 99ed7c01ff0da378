//! One follower.

use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;

use super::value::word;
use crate::bends::modulation::{
    ATTACK_RANGE_MS, FOLLOWER_GAIN_RANGE_DB, Follower, FollowerMode, Hears, RELEASE_RANGE_MS,
};
use crate::bends::sound::BAND_RANGE_HZ;
use crate::error::PresetError;
use crate::preset::reader::{Reader, given};

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Found {
    #[serde(default, deserialize_with = "given")]
    hears: Option<Spanned<String>>,
    #[serde(default, deserialize_with = "given")]
    mode: Option<Spanned<String>>,
    #[serde(default, deserialize_with = "given")]
    band_low: Option<Spanned<f64>>,
    #[serde(default, deserialize_with = "given")]
    band_high: Option<Spanned<f64>>,
    #[serde(default, deserialize_with = "given")]
    gain: Option<Spanned<f64>>,
    #[serde(default, deserialize_with = "given")]
    attack: Option<Spanned<f64>>,
    #[serde(default, deserialize_with = "given")]
    release: Option<Spanned<f64>>,
}

pub(super) fn read(reader: &Reader<'_>, found: Option<&Found>) -> Result<Follower, PresetError> {
    let usual = Follower::default();
    let Some(found) = found else {
        return Ok(usual);
    };
    let number = |key: &str, found: &Option<Spanned<f64>>, default: f32, range, unit: &str| {
        reader.number(key, found.as_ref(), default, range, unit)
    };
    let (low, high) = (&found.band_low, &found.band_high);
    let (attack, release) = (&found.attack, &found.release);
    Ok(Follower {
        hears: word(
            reader,
            "hears",
            found.hears.as_ref(),
            usual.hears,
            Hears::ALL.map(|one| (one.name(), one)),
        )?,
        mode: word(
            reader,
            "mode",
            found.mode.as_ref(),
            usual.mode,
            FollowerMode::ALL.map(|one| (one.name(), one)),
        )?,
        band_low_hz: number("band-low", low, usual.band_low_hz, BAND_RANGE_HZ, "hertz")?,
        band_high_hz: number(
            "band-high",
            high,
            usual.band_high_hz,
            BAND_RANGE_HZ,
            "hertz",
        )?,
        gain_db: number("gain", &found.gain, 0.0, FOLLOWER_GAIN_RANGE_DB, "dB")?,
        attack_ms: number("attack", attack, usual.attack_ms, ATTACK_RANGE_MS, "ms")?,
        release_ms: number("release", release, usual.release_ms, RELEASE_RANGE_MS, "ms")?,
    })
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Written {
    hears: &'static str,
    mode: &'static str,
    band_low: f32,
    band_high: f32,
    gain: f32,
    attack: f32,
    release: f32,
}

/// The follower to write; none where it is as it is at first.
pub(super) fn write(follower: &Follower) -> Option<Written> {
    (*follower != Follower::default()).then(|| Written {
        hears: follower.hears.name(),
        mode: follower.mode.name(),
        band_low: follower.band_low_hz,
        band_high: follower.band_high_hz,
        gain: follower.gain_db,
        attack: follower.attack_ms,
        release: follower.release_ms,
    })
}
