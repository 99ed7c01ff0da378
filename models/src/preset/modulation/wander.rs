//! Smooth random.

use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;

use super::clock;
use super::value::seed;
use crate::bends::modulation::Wander;
use crate::error::PresetError;
use crate::preset::reader::{Reader, given};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Found {
    #[serde(default, deserialize_with = "given")]
    rate: Option<Spanned<String>>,
    #[serde(default, deserialize_with = "given")]
    hertz: Option<Spanned<f64>>,
    #[serde(default, deserialize_with = "given")]
    retrigger: Option<Spanned<String>>,
    #[serde(default, deserialize_with = "given")]
    seed: Option<Spanned<u64>>,
}

pub(super) fn read(reader: &Reader<'_>, found: Option<&Found>) -> Result<Wander, PresetError> {
    let usual = Wander::default();
    let Some(found) = found else {
        return Ok(usual);
    };
    let (rate, hertz) = (found.rate.as_ref(), found.hertz.as_ref());
    Ok(Wander {
        rate: clock::rate(reader, "rate", rate, hertz, usual.rate)?,
        retrigger: clock::retrigger(reader, found.retrigger.as_ref())?,
        seed: seed(reader, found.seed.as_ref(), usual.seed)?,
    })
}

#[derive(Serialize)]
pub(super) struct Written {
    #[serde(skip_serializing_if = "Option::is_none")]
    rate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hertz: Option<f32>,
    retrigger: &'static str,
    seed: u32,
}

/// What to write; nothing where it is as it is at first.
pub(super) fn write(wander: &Wander) -> Option<Written> {
    let (rate, hertz) = clock::written(wander.rate);
    (*wander != Wander::default()).then(|| Written {
        rate,
        hertz,
        retrigger: wander.retrigger.name(),
        seed: wander.seed,
    })
}
