//! One oscillator.

use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;

use super::clock;
use super::value::{seed, units, word};
use crate::bends::modulation::{Lfo, POINTS, Shape};
use crate::error::PresetError;
use crate::preset::reader::{Reader, given};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Found {
    #[serde(default, deserialize_with = "given")]
    shape: Option<Spanned<String>>,
    #[serde(default, deserialize_with = "given")]
    points: Option<Spanned<Vec<Spanned<f64>>>>,
    #[serde(default, deserialize_with = "given")]
    rate: Option<Spanned<String>>,
    #[serde(default, deserialize_with = "given")]
    hertz: Option<Spanned<f64>>,
    #[serde(default, deserialize_with = "given")]
    phase: Option<Spanned<f64>>,
    #[serde(default, deserialize_with = "given")]
    retrigger: Option<Spanned<String>>,
    #[serde(default, deserialize_with = "given")]
    seed: Option<Spanned<u64>>,
}

pub(super) fn read(reader: &Reader<'_>, found: Option<&Found>) -> Result<Lfo, PresetError> {
    let mut lfo = Lfo::default();
    let Some(found) = found else {
        return Ok(lfo);
    };
    let shapes = Shape::ALL.map(|shape| (shape.name(), shape));
    lfo.shape = word(reader, "shape", found.shape.as_ref(), lfo.shape, shapes)?;
    if let Some(points) = &found.points {
        units(reader, "points", points, &mut lfo.points)?;
    }
    let (rate, hertz) = (found.rate.as_ref(), found.hertz.as_ref());
    lfo.rate = clock::rate(reader, "rate", rate, hertz, lfo.rate)?;
    lfo.phase = reader.unit("phase", found.phase.as_ref(), lfo.phase)?;
    lfo.retrigger = clock::retrigger(reader, found.retrigger.as_ref())?;
    lfo.seed = seed(reader, found.seed.as_ref(), lfo.seed)?;
    Ok(lfo)
}

#[derive(Serialize)]
pub(super) struct Written {
    shape: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    points: Option<[f32; POINTS]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hertz: Option<f32>,
    phase: f32,
    retrigger: &'static str,
    seed: u32,
}

/// The oscillator to write; none where it is as it is at first.
pub(super) fn write(lfo: &Lfo) -> Option<Written> {
    let (rate, hertz) = clock::written(lfo.rate);
    (*lfo != Lfo::default()).then(|| Written {
        shape: lfo.shape.name(),
        points: (lfo.points != Lfo::default().points).then_some(lfo.points),
        rate,
        hertz,
        phase: lfo.phase,
        retrigger: lfo.retrigger.name(),
        seed: lfo.seed,
    })
}
